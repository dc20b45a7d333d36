"""Pieces of evidence on their way: uploaded here; names and descriptions are kept for the letter that names them."""

from __future__ import annotations

import hashlib
from typing import BinaryIO
from uuid import UUID

from contracts.letters import EvidenceNote
from contracts.vocabulary import EvidenceKind

from wbs_client.public_api import Problem, Unreachable
from wbs_client.uploads import Upload, Uploads


class Pieces:
    """Those of a draft, which the story names."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._notes: list[EvidenceNote] = []
        self._broken_off: dict[bytes, Upload] = {}

    @property
    def notes(self) -> tuple[EvidenceNote, ...]:
        return tuple(self._notes)

    def add(self, file: BinaryIO, kind: EvidenceKind, name: str, description: str = "") -> UUID:
        """A piece counts once whole. Called again with the same file after a failure, it goes on with the upload."""
        begun = self._begun_before(file, kind)
        upload = begun or self._uploads.begin(file, kind)
        send = self._uploads.go_on if begun else self._uploads.send
        try:
            send(upload, file)
        except (Unreachable, Problem) as error:
            if not (isinstance(error, Problem) and error.is_refusal):
                self._broken_off[_digest(file, kind)] = upload
            raise
        self._name(upload, kind, name, description)
        return upload.evidence_id

    def begin(self, file: BinaryIO, kind: EvidenceKind, name: str, description: str = "") -> Upload:
        """Announces a piece, which counts from now on; `go_on_with` sends it."""
        upload = self._uploads.begin(file, kind)
        self._name(upload, kind, name, description)
        return upload

    def go_on_with(self, upload: Upload, file: BinaryIO, stop_at: int | None = None) -> None:
        """Sends what the service lacks of an upload that broke off; `stop_at`: up to this byte only."""
        self._uploads.go_on(upload, file, stop_at)

    def drop(self, evidence_id: UUID) -> None:
        """Leaves a piece out, e.g. one that was refused."""
        self._notes = [note for note in self._notes if note.evidence_id != evidence_id]

    def _name(self, upload: Upload, kind: EvidenceKind, name: str, description: str) -> None:
        self._notes.append(EvidenceNote(evidence_id=upload.evidence_id, kind=kind, name=name, description=description))

    def _begun_before(self, file: BinaryIO, kind: EvidenceKind) -> Upload | None:
        return self._broken_off.pop(_digest(file, kind), None) if self._broken_off else None


def _digest(file: BinaryIO, kind: EvidenceKind) -> bytes:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").digest() + kind.value.encode()  # type: ignore[arg-type]


class Batch(Pieces):
    """Late evidence of a submitted report: the message that names it files it."""

    def __init__(self, batch_id: UUID, uploads: Uploads) -> None:
        super().__init__(uploads)
        self.batch_id = batch_id
