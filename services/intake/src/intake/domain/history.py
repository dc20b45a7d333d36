"""What can have happened to a report, and what its history adds up to; what may happen is decided in `report`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from chassis.store import Aggregate
from contracts.vocabulary import EvidenceKind, IdentityOutcome, IdentityReason, QuarantineReason, Route

from intake.completeness import Offer, Piece, Verdict


@dataclass(frozen=True)
class OpenBatch:
    """Late evidence that no message has named yet; `opened` is an hour."""

    batch_id: UUID
    opened: datetime


@dataclass(frozen=True)
class LatePiece:
    batch_id: UUID
    kind: EvidenceKind
    sha256: str


class ReportHistory(Aggregate):
    """Its id is the report id, which the reporter's device makes. Letters stay wrapped, under the report's own key."""

    class DraftOpened(Aggregate.Created):
        route: str

    class Begun(Aggregate.Created):
        """Something was heard of a report that this database lacks."""

        route: str

    class IdentityOffered(Aggregate.Event):
        """The letter lies in the inbox as this object and version. `digest`: SHA-256 (hex) of the sealed letter, by
        which the same one is known again; events from before it was kept have none."""

        route: str
        offer_id: UUID
        object: str
        version: str
        review_asked: bool
        digest: str | None = None

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            report.offers[self.offer_id] = self
            if report.submission is not None:
                report.late_offers.append(self.timestamp)
            report.offer = Offer(self.offer_id, report.verdicts.get(self.offer_id))

    class IdentityJudged(Aggregate.Event):
        offer_id: UUID
        outcome: str
        reasons: list[str]

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            reasons = tuple(IdentityReason(each) for each in self.reasons)
            report.verdicts[self.offer_id] = Verdict(IdentityOutcome(self.outcome), reasons)
            if report.offer is not None and report.offer.offer_id == self.offer_id:
                report.offer = Offer(self.offer_id, report.verdicts[self.offer_id])

    class IdentityAccepted(Aggregate.Event):
        """The checks found the offer that counts in order, after the report was submitted."""

    class EvidenceCame(Aggregate.Event):
        """`batch_id` is None for a piece of the draft."""

        evidence_id: UUID
        kind: str
        sha256: str
        batch_id: UUID | None

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            if self.batch_id is not None:
                report.late_pieces[self.evidence_id] = LatePiece(self.batch_id, EvidenceKind(self.kind), self.sha256)
                return
            judged = report.judged.get(self.evidence_id)
            piece = Piece(self.evidence_id, EvidenceKind(self.kind), self.sha256)
            report.pieces[self.evidence_id] = replace(piece, is_checked=True, fault=judged[0]) if judged else piece

    class EvidenceJudged(Aggregate.Event):
        """`fault` is None for a piece that the checks found nothing wrong with."""

        evidence_id: UUID
        fault: str | None

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            fault = QuarantineReason(self.fault) if self.fault else None
            report.judged[self.evidence_id] = (fault,)
            if self.evidence_id in report.pieces:
                report.pieces[self.evidence_id] = replace(report.pieces[self.evidence_id], is_checked=True, fault=fault)

    class Expired(Aggregate.Event):
        route: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).is_expired = True

    class Submitted(Aggregate.Event):
        route: str
        offer_id: UUID
        evidence_ids: list[str]
        originals_to_kpk: bool
        identity_level: str
        facts: str | None
        story: str
        receipt: str
        leaf: str
        promise: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).submission = self

    class BatchOpened(Aggregate.Event):
        """The reporter brings late evidence; the message that names the batch files it."""

        batch_id: UUID

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).batch = OpenBatch(self.batch_id, self.timestamp)

    class BatchExpired(Aggregate.Event):
        route: str
        batch_id: UUID

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).batch = None

    class MessageReceived(Aggregate.Event):
        """From the reporter."""

        route: str
        letter_id: UUID
        text: str
        batch_id: UUID | None
        evidence_ids: list[str]
        leaf: str

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            report.letter_ids.add(self.letter_id)
            report.messages[self.letter_id] = self
            report.unanswered += 1
            if report.batch is not None and report.batch.batch_id == self.batch_id:
                report.batch = None

    class ReplyArrived(Aggregate.Event):
        """To the reporter, from staff or KPK."""

        letter_id: UUID
        text: str

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            report.letter_ids.add(self.letter_id)
            report.unanswered = 0

    class StatusChanged(Aggregate.Event):
        """`note` is a letter to the reporter."""

        status: str
        letter_id: UUID | None
        note: str | None

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).unanswered = 0

    class IdentityReviewed(Aggregate.Event):
        """The Super Admin looked at the offer that counts; `doubtful`: the reporter is asked for another one."""

        offer_id: UUID
        doubtful: bool
        reasons: list[str]

    class ParcelDelivered(Aggregate.Event):
        """KPK has signed for a part of the report; `complete`: with it, nothing is owed to KPK any more."""

        parcel_id: UUID
        parcel: str
        complete: bool
        kpk_reference: str
        receipt: str

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(ReportHistory, aggregate)
            report.parcel_ids.add(self.parcel_id)
            report.has_all_at_kpk = report.has_all_at_kpk or self.complete

    class KpkStatusChanged(Aggregate.Event):
        """Where the report stands at KPK."""

        status: str

    class Withdrawn(Aggregate.Event):
        """By the reporter. It is noted, and stops nothing."""

        route: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).is_withdrawn = True

    class KeyLost(Aggregate.Event):
        """The report's key isn't there, and nobody destroyed it."""

        route: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).is_key_lost = True

    class Erased(Aggregate.Event):
        """The report's key is destroyed: nothing of its content can be read any more."""

        def apply(self, aggregate: Aggregate) -> None:
            cast(ReportHistory, aggregate).is_erased = True

    def __init__(self, route: str) -> None:
        self.route = Route(route)
        self.offer: Offer | None = None
        self.offers: dict[UUID, ReportHistory.IdentityOffered] = {}
        self.late_offers: list[datetime] = []
        self.verdicts: dict[UUID, Verdict] = {}
        self.pieces: dict[UUID, Piece] = {}
        self.judged: dict[UUID, tuple[QuarantineReason | None]] = {}
        self.submission: ReportHistory.Submitted | None = None
        self.is_expired = False
        self.letter_ids: set[UUID] = set()
        self.messages: dict[UUID, ReportHistory.MessageReceived] = {}
        self.unanswered = 0
        self.parcel_ids: set[UUID] = set()
        self.has_all_at_kpk = False
        self.batch: OpenBatch | None = None
        self.late_pieces: dict[UUID, LatePiece] = {}
        self.is_withdrawn = False
        self.is_key_lost = False
        self.is_erased = False
