"""Sealed files: any range opens, and nothing that was cut or changed does."""

import hashlib
import io
import os
import random

import pytest
import tink
from contracts.sealed_files import SEGMENT, CannotOpenFile, FileSecret, RangeReader, SealingReader
from tink import secret_key_access, streaming_aead

CONTEXT = "report/evidence/original"
FIRST = SEGMENT - 40 - 16
SECRET = FileSecret(bytes(range(32)))


def seal(plain: bytes, step: int = 100_000) -> bytes:
    reader = SealingReader(io.BytesIO(plain), SECRET, CONTEXT)
    return b"".join(iter(lambda: reader.read(step), b""))


def opener(sealed: bytes, secret: FileSecret = SECRET, context: str = CONTEXT) -> RangeReader:
    return RangeReader(lambda offset, length: sealed[offset : offset + length], len(sealed), secret, context)


@pytest.mark.parametrize("size", [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + SEGMENT - 16, 3 * SEGMENT + 7])
def test_a_file_of_any_length_opens_whole(size: int) -> None:
    plain = os.urandom(size)

    reader = opener(seal(plain))

    assert (reader.size, reader.read(0, size + 10)) == (size, plain)


def test_any_range_opens() -> None:
    plain, numbers = os.urandom(3 * SEGMENT + 12_345), random.Random(7)
    reader = opener(seal(plain))

    for _ in range(60):
        offset, length = numbers.randrange(len(plain) + 10), numbers.randrange(2 * SEGMENT)
        assert reader.read(offset, length) == plain[offset : offset + length]


def test_tink_itself_opens_what_was_sealed() -> None:
    plain = os.urandom(SEGMENT + 5)
    streaming_aead.register()
    handle = tink.proto_keyset_format.parse(SECRET.keyset(), secret_key_access.TOKEN)

    stream = handle.primitive(streaming_aead.StreamingAead).new_decrypting_stream(
        io.BytesIO(seal(plain)), CONTEXT.encode()
    )

    assert stream.read() == plain


def test_size_and_hash_of_the_sealed_bytes_are_known_at_the_end() -> None:
    reader = SealingReader(io.BytesIO(os.urandom(SEGMENT * 2)), SECRET, CONTEXT)

    sealed = reader.read()

    assert (reader.size, reader.sha256) == (len(sealed), hashlib.sha256(sealed).hexdigest())


class Endless(io.RawIOBase):
    """Gives zeros and never ends."""

    def read(self, size: int = -1) -> bytes:
        return bytes(size)


def test_sealing_holds_no_more_than_a_few_segments() -> None:
    reader = SealingReader(Endless(), SECRET, CONTEXT)  # type: ignore[arg-type]

    for _ in range(50):
        assert len(reader.read(SEGMENT)) == SEGMENT
        assert len(reader._sink.buffer) <= 2 * SEGMENT


@pytest.mark.parametrize("cut", [1, 17, SEGMENT // 2, SEGMENT, 2 * SEGMENT])
def test_a_cut_object_is_refused_before_a_byte_is_shown(cut: int) -> None:
    sealed = seal(os.urandom(3 * SEGMENT))

    with pytest.raises(CannotOpenFile):
        opener(sealed[:-cut])


@pytest.mark.parametrize("cut", [b"", b"\x28", bytes(40), bytes(56)])
def test_what_is_no_sealed_file_is_refused(cut: bytes) -> None:
    with pytest.raises(CannotOpenFile):
        opener(cut)


def test_a_changed_or_exchanged_segment_is_refused_where_it_is_read() -> None:
    sealed = bytearray(seal(os.urandom(4 * SEGMENT)))
    sealed[SEGMENT + 5] ^= 1
    sealed[2 * SEGMENT : 4 * SEGMENT] = sealed[3 * SEGMENT : 4 * SEGMENT] + sealed[2 * SEGMENT : 3 * SEGMENT]
    reader = opener(bytes(sealed))

    assert len(reader.read(0, 100)) == 100
    for offset in (SEGMENT, 2 * SEGMENT + 100, 3 * SEGMENT + 100):
        with pytest.raises(CannotOpenFile):
            reader.read(offset, 10)


def test_another_key_or_another_context_opens_nothing() -> None:
    sealed = seal(b"kuitansi")

    with pytest.raises(CannotOpenFile):
        opener(sealed, secret=FileSecret.generate())
    with pytest.raises(CannotOpenFile):
        opener(sealed, context="another report")


def test_a_key_travels_as_text_and_does_not_show_itself() -> None:
    secret = FileSecret.generate()

    assert FileSecret.from_text(secret.text()) == secret
    assert secret.text() not in repr(secret)
    with pytest.raises(ValueError, match="not a file's key"):
        FileSecret.from_text("AAAA")
