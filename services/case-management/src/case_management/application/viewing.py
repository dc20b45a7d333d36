"""Clean copies of evidence, opened with the reader's own token, range by range: nothing is kept in clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from chassis.store import EventStore
from chassis.wrapper import Erased, Wrapped
from contracts.keys import KeySet
from contracts.letters import Expected, FileKey, LetterError, Purpose, SealedFile
from contracts.sealed_files import FileSecret, RangeReader
from contracts.vocabulary import Route

from case_management import read_model
from case_management.application.casework import CASEWORK, Casework, casework_version
from case_management.application.opened import ContentMissing, Person
from contracts import letters

ReadObject = Callable[[SealedFile, int, int], bytes]  # (where it lies, offset, length) -> ciphertext
SizeOf = Callable[[SealedFile], int]


class NoSuchCopy(Exception):
    """There is no clean copy of this piece, or it is none of this person's business."""


@dataclass(frozen=True)
class OpenedCopy:
    """`reader.read(offset, length)` gives plain bytes; `reader.size` is their number."""

    media_type: str
    reader: RangeReader = field(repr=False)


class Viewing:
    """`read` and `size_of` reach the sealed object in its bucket, read-only."""

    def __init__(
        self,
        store: EventStore,
        keys: KeySet,
        casework: Casework,
        read: ReadObject,
        size_of: SizeOf,
    ) -> None:
        self._store = store
        self._keys = keys
        self._casework = casework
        self._read = read
        self._size_of = size_of

    def open_copy(self, report_id: UUID, evidence_id: UUID, person: Person) -> OpenedCopy:
        """One call to OpenBao with the person's token, which stands in its audit log. Raises NoSuchCase, NoSuchCopy."""
        self._casework.must_be_open_to(report_id, person)
        found = read_model.find_copy(self._store, report_id, evidence_id)
        if found is None or found.copy_key is None:
            raise NoSuchCopy
        file = self._file_in(report_id, self._letter(report_id, found.copy_key), person)
        secret = FileSecret.from_text(file.key)
        reader = RangeReader(
            lambda offset, length: self._read(file, offset, length), self._size_of(file), secret, file.context
        )
        return OpenedCopy(file.media_type, reader)

    def _letter(self, report_id: UUID, copy_key: str) -> bytes:
        try:
            plain = self._casework.unwrap(report_id, [Wrapped(Purpose.COPY_KEY.value, copy_key)])
        except ContentMissing:
            raise NoSuchCopy from None
        if isinstance(plain, Erased):
            raise NoSuchCopy
        return plain[0]

    def _file_in(self, report_id: UUID, letter: bytes, person: Person) -> SealedFile:
        expected = Expected(report_id, Route.INSPEKTORAT, Purpose.COPY_KEY)
        try:
            opener = person.openbao.opener(CASEWORK, casework_version(letter))
            opened = letters.open_letter(letter, expected, opener, self._keys.verification_key)
        except LetterError:
            raise NoSuchCopy from None
        body: FileKey = opened.body
        return body.file
