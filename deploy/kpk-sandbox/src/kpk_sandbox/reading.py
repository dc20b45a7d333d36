"""Opens what came, with KPK's key, each time it is looked at: nothing is kept in clear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.encoding import strict_json
from contracts.facts import Facts
from contracts.key_pairs import public_members
from contracts.letters import (
    BodyNotUnderstood,
    Expected,
    FiledIdentity,
    FileKey,
    HashMismatch,
    LetterError,
    Message,
    NotALetter,
    Opened,
    ReporterKeys,
    SealedFile,
    Story,
    Unopenable,
    WrongLetterId,
    WrongWriter,
    open_introduction,
    open_letter,
    reporter_writers,
)
from contracts.parcels import Item, Manifest
from contracts.schema import from_json
from contracts.sealed_files import SEGMENT, CannotOpenFile, FileSecret, RangeReader
from contracts.vocabulary import ParcelKind

from kpk_sandbox import shapes
from kpk_sandbox.items import ItemFiles
from kpk_sandbox.keys import Keys

# What a file of an accepted type begins with: offset, bytes, media type.
BEGINNINGS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
)


@dataclass(frozen=True)
class OpenedFile:
    """`reader.read(offset, length)` gives plain bytes; `reader.size` is their number."""

    media_type: str
    reader: RangeReader

    def with_type_by_content(self) -> OpenedFile:
        begins = self.reader.read(0, 12)
        found = (each for offset, start, each in BEGINNINGS if begins.startswith(start, offset))
        return replace(self, media_type=next(found, self.media_type))


@contextmanager
def _faults_of_content() -> Iterator[None]:
    """Whatever a stranger's content makes of those who read it is a fault of its own, named or not. What is ours stays
    an error: a file that can't be read, a key set that doesn't stand."""
    try:
        yield
    except LetterError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise BodyNotUnderstood from None


class Reading:
    """Raises a LetterError for whatever is not as it must be; of a file too, whose key a letter brings."""

    def __init__(self, keys: Keys, items: ItemFiles) -> None:
        self._keys, self._items = keys, items

    @_faults_of_content()
    def story(self, manifest: Manifest) -> Story:
        raw, expected = self._letter(manifest)
        body: Story = open_introduction(raw, expected, self._keys.sealing).body
        return body

    def facts(self, manifest: Manifest) -> Facts | None:
        """None where there are none that can be read: the story stands without them."""
        item = shapes.facts_of(manifest)
        try:
            return from_json(Facts, strict_json(self._bytes(manifest, item))) if item else None
        except ValueError:
            return None

    @_faults_of_content()
    def message(self, manifest: Manifest, reporter: ReporterKeys) -> Message:
        raw, expected = self._letter(manifest)
        body: Message = open_letter(raw, expected, self._keys.sealing, reporter_writers(reporter)).body
        return body

    @_faults_of_content()
    def identity(self, manifest: Manifest, reporter: ReporterKeys) -> FiledIdentity:
        body: FiledIdentity = self._open(manifest).body
        if _keys_of(body.reporter_keys) != _keys_of(reporter):  # somebody else's identity under this report
            raise WrongWriter
        return body

    @_faults_of_content()
    def file(self, manifest: Manifest) -> OpenedFile:
        """The file that a letter of this parcel opens: an original, a clean copy, the photo of an identity."""
        body, item = self._open(manifest).body, shapes.file_of(manifest)
        if isinstance(body, FileKey) and body.evidence_id != manifest.evidence_id:
            raise WrongLetterId
        sealed: SealedFile = body.file if isinstance(body, FileKey) else body.ktp_photo
        if item is None or sealed.sha256 != item.sha256:
            raise HashMismatch
        return OpenedFile(sealed.media_type, _reader(self._items.path(manifest.parcel_id, item), item.size, sealed))

    @_faults_of_content()
    def check_whole(self, manifest: Manifest) -> None:
        """Decrypt the file from its first byte to its last."""
        reader = self.file(manifest).reader
        try:
            for offset in range(0, reader.size, SEGMENT):
                reader.read(offset, SEGMENT)
        except CannotOpenFile:
            raise Unopenable from None

    def check(self, manifest: Manifest, reporter: ReporterKeys | None) -> None:
        """All that a parcel's kind asks for; `reporter` None where no story was read: for the report itself, or pieces,
        which say nothing of the reporter."""
        match manifest.kind:
            case ParcelKind.REPORT:
                self.story(manifest)
            case ParcelKind.ORIGINAL | ParcelKind.COPY:
                self.check_whole(manifest)
            case ParcelKind.MESSAGE if reporter:
                self.message(manifest, reporter)
            case ParcelKind.IDENTITY if reporter:
                self.identity(manifest, reporter)
                self.check_whole(manifest)

    def _open(self, manifest: Manifest) -> Opened:
        raw, expected = self._letter(manifest)
        return open_letter(raw, expected, self._keys.sealing, self._keys.trusted().verification_key)

    def _letter(self, manifest: Manifest) -> tuple[bytes, Expected]:
        item = shapes.letter_of(manifest)
        if item is None or item.purpose is None:
            raise NotALetter
        layer = shapes.innermost(item.purpose, manifest.route)
        expected = Expected(manifest.report_id, manifest.route, item.purpose, layer=layer)
        return self._bytes(manifest, item), expected

    def _bytes(self, manifest: Manifest, item: Item) -> bytes:
        return self._items.path(manifest.parcel_id, item).read_bytes()


def _keys_of(keys: ReporterKeys) -> list[dict[str, str]]:
    return [public_members(jwk) for jwk in (keys.encryption, keys.signing)]


def _reader(path: Path, size: int, sealed: SealedFile) -> RangeReader:
    def read(offset: int, length: int) -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    try:
        return RangeReader(read, size, FileSecret.from_text(sealed.key), sealed.context)
    except CannotOpenFile:
        raise Unopenable from None
    except ValueError:  # the key is none
        raise BodyNotUnderstood from None
