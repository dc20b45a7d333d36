"""What can have happened to the evidence of a report, and what its history adds up to; what may happen is decided in
`report`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from chassis.store import Aggregate
from contracts.vocabulary import EvidenceKind, QuarantineReason, Route


@dataclass(frozen=True)
class Place:
    """A sealed object: its name and version in a bucket, and the SHA-256 of what lies there (ciphertext)."""

    object: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Piece:
    """A received piece. `batch_id` is None for one of the draft; `copy` is None where no clean copy was made."""

    evidence_id: UUID
    kind: EvidenceKind
    batch_id: UUID | None
    original: Place
    is_checked: bool = False
    fault: QuarantineReason | None = None
    copy: Place | None = None
    is_filed: bool = False
    is_copy_filed: bool = False

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do with its keys."""
        return self.is_filed and self.is_checked and (self.copy is None or self.is_copy_filed)


class ReportHistory(Aggregate):
    """Its id is the report id. It begins with whichever event comes first: a piece, a submission, an expiry."""

    class Begun(Aggregate.Created):
        route: str

    class PieceReceived(Aggregate.Event):
        """The upload is whole and lies sealed as one object."""

        route: str
        evidence_id: UUID
        kind: str
        batch_id: UUID | None
        object: str
        version: str
        sha256: str

        def apply(self, aggregate: Aggregate) -> None:
            original = Place(self.object, self.version, self.sha256)
            piece = Piece(self.evidence_id, EvidenceKind(self.kind), self.batch_id, original)
            cast(ReportHistory, aggregate).pieces[self.evidence_id] = piece

    class PieceCleared(Aggregate.Event):
        """The checks found nothing wrong; `copy_version` is None for a type that no clean copy is made of."""

        route: str
        evidence_id: UUID
        copy_object: str | None
        copy_version: str | None
        copy_sha256: str | None

        def apply(self, aggregate: Aggregate) -> None:
            made = self.copy_object, self.copy_version, self.copy_sha256
            copy = Place(*cast(tuple[str, str, str], made)) if all(made) else None
            cast(ReportHistory, aggregate)._change(self.evidence_id, is_checked=True, copy=copy)

    class PieceQuarantined(Aggregate.Event):
        route: str
        evidence_id: UUID
        reason: str

        def apply(self, aggregate: Aggregate) -> None:
            fault = QuarantineReason(self.reason)
            cast(ReportHistory, aggregate)._change(self.evidence_id, is_checked=True, fault=fault)

    class Submitted(Aggregate.Event):
        """The report names these pieces: they are filed, whatever the checks say."""

        evidence_ids: list[str]
        originals_to_kpk: bool

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            report.is_submitted = True
            report.originals_to_kpk = self.originals_to_kpk
            report.named |= {UUID(each) for each in self.evidence_ids}

    class BatchSubmitted(Aggregate.Event):
        """A message of the reporter names late pieces."""

        batch_id: UUID | None
        evidence_ids: list[str]

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            report.named |= {UUID(each) for each in self.evidence_ids}
            if self.batch_id is not None:
                report.batches_over.add(self.batch_id)

    class OriginalFiled(Aggregate.Event):
        """It is locked; its keys are letters, wrapped under the report's key."""

        route: str
        evidence_id: UUID
        object: str
        version: str
        sha256: str
        original_key: str | None
        original_key_for_kpk: str | None

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate)._change(self.evidence_id, is_filed=True)

    class CopyFiled(Aggregate.Event):
        route: str
        evidence_id: UUID
        object: str
        version: str
        sha256: str
        copy_key: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate)._change(self.evidence_id, is_copy_filed=True)

    class Expired(Aggregate.Event):
        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).is_expired = True

    class BatchExpired(Aggregate.Event):
        batch_id: UUID

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).batches_over.add(self.batch_id)

    class Erased(Aggregate.Event):
        """The report's key is destroyed: nothing of its content can be read any more."""

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).is_erased = True

    def __init__(self, route: str) -> None:
        self.route = Route(route)
        self.pieces: dict[UUID, Piece] = {}
        self.named: set[UUID] = set()
        self.batches_over: set[UUID] = set()
        self.is_submitted = False
        self.originals_to_kpk = True
        self.is_expired = False
        self.is_erased = False

    def _change(self, evidence_id: UUID, **changes: object) -> None:
        self.pieces[evidence_id] = replace(self.pieces[evidence_id], **changes)  # type: ignore[arg-type]
