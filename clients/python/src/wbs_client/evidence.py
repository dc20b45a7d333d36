"""Pieces of evidence on their way: uploaded here; names and descriptions are kept for the letter that names them."""

from __future__ import annotations

from typing import BinaryIO
from uuid import UUID

from contracts.letters import EvidenceNote
from contracts.vocabulary import EvidenceKind

from wbs_client.uploads import Upload, Uploads


class Pieces:
    """Those of a draft, which the story names."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._notes: list[EvidenceNote] = []

    @property
    def notes(self) -> tuple[EvidenceNote, ...]:
        return tuple(self._notes)

    def add(self, file: BinaryIO, kind: EvidenceKind, name: str, description: str = "") -> UUID:
        upload = self.begin(file, kind, name, description)
        self.go_on_with(upload, file)
        return upload.evidence_id

    def begin(self, file: BinaryIO, kind: EvidenceKind, name: str, description: str = "") -> Upload:
        upload = self._uploads.begin(file, kind)
        self._notes.append(EvidenceNote(evidence_id=upload.evidence_id, kind=kind, name=name, description=description))
        return upload

    def go_on_with(self, upload: Upload, file: BinaryIO, stop_at: int | None = None) -> None:
        """Sends what the service lacks of an upload that broke off; `stop_at`: up to this byte only."""
        self._uploads.go_on(upload, file, stop_at)

    def drop(self, evidence_id: UUID) -> None:
        """Leaves a piece out, e.g. one that was refused."""
        self._notes = [note for note in self._notes if note.evidence_id != evidence_id]


class Batch(Pieces):
    """Late evidence of a submitted report: the message that names it files it."""

    def __init__(self, batch_id: UUID, uploads: Uploads) -> None:
        super().__init__(uploads)
        self.batch_id = batch_id
