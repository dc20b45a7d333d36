"""Sealed files: Tink's AES256_GCM_HKDF_1MB, sealed as they stream in and opened by ranges.

Tink writes the format; its Python stream can't seek, so ranges are read here. The format (Tink, "AES-GCM-HKDF
Streaming AEAD"): a header of 40 bytes = its length, a salt of 32, a nonce prefix of 7; then segments, each ending with
a tag of 16 bytes, segment i in the ciphertext's bytes [i MiB, (i+1) MiB), the first one after the header.
Key = HKDF-SHA-256(secret, salt, associated data); nonce = prefix, i as uint32, 1 for the last segment and else 0.
"""

import hashlib
import io
import secrets as random_source
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

import tink
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tink import secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

from contracts.encoding import b64u, from_b64u

SEGMENT = 1 << 20
HEADER = 40
TAG = 16
_SALT = slice(1, 33)
_PREFIX = slice(33, 40)
_TYPE_URL = "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey"
ReadRange = Callable[[int, int], bytes]  # offset and length in the sealed object -> its bytes

streaming_aead.register()


class CannotOpenFile(Exception):
    """The sealed file was cut or changed, or is sealed with another key or for another purpose."""


@dataclass(frozen=True)
class FileSecret:
    """The key of one sealed file: 32 bytes, used for nothing else."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> "FileSecret":
        return cls(random_source.token_bytes(32))

    @classmethod
    def from_text(cls, text: str) -> "FileSecret":
        """Read the key as it stands in a letter (43 characters of base64url); ValueError otherwise."""
        secret = from_b64u(text)
        if len(secret) != 32:
            raise ValueError("not a file's key")
        return cls(secret)

    def text(self) -> str:
        return b64u(self.secret)

    def keyset(self) -> bytes:
        """Give it as a Tink keyset in binary form, which any Tink reads."""
        params = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
            ciphertext_segment_size=SEGMENT, derived_key_size=32, hkdf_hash_type=common_pb2.SHA256
        )
        key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(params=params, key_value=self.secret)
        data = tink_pb2.KeyData(
            type_url=_TYPE_URL, value=key.SerializeToString(), key_material_type=tink_pb2.KeyData.SYMMETRIC
        )
        entry = tink_pb2.Keyset.Key(key_data=data, status=tink_pb2.ENABLED, key_id=1, output_prefix_type=tink_pb2.RAW)
        serialized: bytes = tink_pb2.Keyset(primary_key_id=1, key=[entry]).SerializeToString()
        return serialized

    def primitive(self) -> streaming_aead.StreamingAead:
        handle = tink.proto_keyset_format.parse(self.keyset(), secret_key_access.TOKEN)
        return handle.primitive(streaming_aead.StreamingAead)


class _Sink(io.RawIOBase):
    """Where Tink writes; closing Tink's stream must not close it."""

    def __init__(self) -> None:
        self.buffer = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | memoryview") -> int:  # type: ignore[override]
        self.buffer += data
        return len(data)


class SealingReader(io.RawIOBase):
    """A readable stream of the sealed bytes of `source`: seals as it is read, holding about two segments in memory.

    After the end was read, `sha256` (hex, of the sealed bytes) and `size` (of the sealed bytes) are those of the whole.
    """

    def __init__(self, source: IO[bytes], secret: FileSecret, context: str) -> None:
        self._source = source
        self._sink = _Sink()
        self._stream: IO[bytes] | None = secret.primitive().new_encrypting_stream(self._sink, context.encode())
        self._digest = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, size: int | None = -1) -> bytes:
        wanted = None if size is None or size < 0 else size
        while self._stream is not None and (wanted is None or len(self._sink.buffer) < wanted):
            self._seal_more(self._stream)
        taken = bytes(self._sink.buffer[:wanted])
        del self._sink.buffer[: len(taken)]
        self._digest.update(taken)
        self.size += len(taken)
        return taken

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        taken = self.read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)

    def _seal_more(self, stream: IO[bytes]) -> None:
        if piece := self._source.read(SEGMENT):
            stream.write(piece)
        else:
            stream.close()
            self._stream = None


class RangeReader:
    """Opens any range of a sealed object of `sealed_size` bytes, reading only the segments that it lies in.

    The last segment is opened first: its nonce says that it is the last, so a cut object is refused before a byte of it
    is shown. `size` is that of the plain file. CannotOpenFile when anything does not fit.
    """

    def __init__(self, read: ReadRange, sealed_size: int, secret: FileSecret, context: str) -> None:
        self._read, self._sealed_size = read, sealed_size
        header = self._exactly(0, HEADER)
        if header[0] != HEADER or sealed_size < HEADER + TAG:
            raise CannotOpenFile
        self._prefix = header[_PREFIX]
        derived = HKDF(algorithm=SHA256(), length=32, salt=header[_SALT], info=context.encode())
        self._cipher = AESGCM(derived.derive(secret.secret))
        self._last = (sealed_size - 1) // SEGMENT
        self.size = sealed_size - HEADER - TAG * (self._last + 1)
        self._segment(self._last)

    def read(self, offset: int, length: int) -> bytes:
        """Give the plain bytes of [offset, offset + length), fewer at the end of the file."""
        end = min(offset + length, self.size)
        if offset < 0 or offset >= end:
            return b""
        first, last = _segment_of(offset), _segment_of(end - 1)
        plain = b"".join(self._segment(number) for number in range(first, last + 1))
        start = offset - _plain_start(first)
        return plain[start : start + end - offset]

    def _segment(self, number: int) -> bytes:
        start = max(number * SEGMENT, HEADER)
        sealed = self._exactly(start, min((number + 1) * SEGMENT, self._sealed_size) - start)
        nonce = self._prefix + number.to_bytes(4) + bytes([number == self._last])
        try:
            return self._cipher.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError):
            raise CannotOpenFile from None

    def _exactly(self, offset: int, length: int) -> bytes:
        data = self._read(offset, length)
        if len(data) != length:
            raise CannotOpenFile
        return data


def _segment_of(plain_offset: int) -> int:
    first = SEGMENT - HEADER - TAG
    return 0 if plain_offset < first else 1 + (plain_offset - first) // (SEGMENT - TAG)


def _plain_start(segment: int) -> int:
    return 0 if segment == 0 else segment * (SEGMENT - TAG) - HEADER
