"""A report as intake knows it: a draft, then a submitted report with its messages and what others say of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.vocabulary import (
    CaseStatus,
    EvidenceKind,
    IdentityLevel,
    IdentityOutcome,
    IdentityReason,
    KpkStatus,
    ParcelKind,
    QuarantineReason,
    ReviewVerdict,
    Route,
)

from intake.completeness import Lack, Missing, Piece, missing
from intake.domain.history import OpenBatch, ReportHistory


class NotADraft(Exception):
    """The report was submitted already, or its draft has expired."""


class NotSubmitted(Exception):
    """Only a submitted report has a mailbox."""


class NoSuchBatch(Exception):
    """The batch of late evidence is over, or another report's."""


class Incomplete(Exception):
    """The report can't be filed yet; `missing` names each thing."""

    def __init__(self, lacks: tuple[Missing, ...]) -> None:
        super().__init__(", ".join(each.lack.value for each in lacks))
        self.missing = lacks


class Report(ReportHistory):
    """The history begins with the draft. After a restored database it may begin with an event from elsewhere: the
    report is then unopened until its own `ReportSubmitted` has been taken back from the topic.
    """

    @classmethod
    def open_draft(cls, report_id: UUID, route: Route) -> Self:
        return cls._create(cls.DraftOpened, id=report_id, route=route.value)

    @classmethod
    def begin(cls, report_id: UUID, route: Route) -> Self:
        return cls._create(cls.Begun, id=report_id, route=route.value)

    @property
    def is_submitted(self) -> bool:
        return self.submission is not None

    # ---- the draft ----

    def offer_identity(
        self, offer_id: UUID, object_name: str, version: str, review_asked: bool, digest: str | None = None
    ) -> None:
        """The last offer counts. After the submission another one mends what the Super Admin found doubtful."""
        if self.is_expired and not self.is_submitted:
            raise NotADraft
        if offer_id not in self.offers:
            self.trigger_event(
                self.IdentityOffered,
                route=self.route.value,
                offer_id=offer_id,
                object=object_name,
                version=version,
                review_asked=review_asked,
                digest=digest,
            )

    def judge_identity(self, offer_id: UUID, outcome: IdentityOutcome, reasons: Collection[IdentityReason]) -> None:
        if offer_id in self.verdicts:
            return
        told = [reason.value for reason in reasons]
        self.trigger_event(self.IdentityJudged, offer_id=offer_id, outcome=outcome.value, reasons=told)
        counts = self.offer is not None and self.offer.offer_id == offer_id
        if self.is_submitted and counts and outcome is IdentityOutcome.CONSISTENT:
            self.trigger_event(self.IdentityAccepted)

    def note_evidence(self, evidence_id: UUID, kind: EvidenceKind, sha256: str, batch_id: UUID | None = None) -> None:
        if evidence_id not in self.pieces and evidence_id not in self.late_pieces:
            self.trigger_event(
                self.EvidenceCame, evidence_id=evidence_id, kind=kind.value, sha256=sha256, batch_id=batch_id
            )

    def judge_evidence(self, evidence_id: UUID, fault: QuarantineReason | None) -> None:
        if evidence_id not in self.judged:
            told = fault.value if fault else None
            self.trigger_event(self.EvidenceJudged, evidence_id=evidence_id, fault=told)

    def missing(self, named: Collection[UUID], overdue: Collection[UUID]) -> tuple[Missing, ...]:
        return missing(self.offer, self.pieces, named, overdue)

    def must_be_complete(self, offer_id: UUID, named: Collection[UUID], overdue: Collection[UUID]) -> None:
        """Incomplete unless all is there; an older offer than the last one is as good as none."""
        offer = self.offer if self.offer and self.offer.offer_id == offer_id else None
        lacks = missing(offer, self.pieces, named, overdue)
        if lacks:
            raise Incomplete(lacks)

    @property
    def identity_level(self) -> IdentityLevel:
        return self.offer.level if self.offer else IdentityLevel.NOT_YET_CHECKED

    def expire(self) -> None:
        """Only this aggregate decides between expiry and submission; whoever comes second changes nothing."""
        if not self.is_submitted and not self.is_expired:
            self.trigger_event(self.Expired, route=self.route.value)

    def submit(
        self,
        *,
        event_id: UUID,
        hour: datetime,
        offer_id: UUID,
        evidence_ids: tuple[UUID, ...],
        originals_to_kpk: bool,
        identity_level: IdentityLevel,
        facts: str | None,
        story: str,
        receipt: str,
        leaf: str,
        promise: str,
    ) -> None:
        """`event_id` is that of the integration event: a submission taken back from the topic stays the same. `hour`
        is its leaf's."""
        if self.is_submitted:
            raise NotADraft
        self.trigger_event(
            self.Submitted,
            event_id=event_id,
            timestamp=hour,
            route=self.route.value,
            offer_id=offer_id,
            evidence_ids=[str(evidence_id) for evidence_id in evidence_ids],
            originals_to_kpk=originals_to_kpk,
            identity_level=identity_level.value,
            facts=facts,
            story=story,
            receipt=receipt,
            leaf=leaf,
            promise=promise,
        )

    # ---- the submitted report ----

    def must_be_in_batch(self, batch_id: UUID | None, evidence_ids: Collection[UUID]) -> None:
        """NoSuchBatch unless it is the open one; Incomplete, naming each, for pieces that have not come in it."""
        if batch_id is not None and (self.batch is None or self.batch.batch_id != batch_id):
            raise NoSuchBatch
        came = {evidence_id for evidence_id, piece in self.late_pieces.items() if piece.batch_id == batch_id}
        unknown = tuple(Missing(Lack.EVIDENCE_UNKNOWN, each) for each in evidence_ids if each not in came)
        if unknown:
            raise Incomplete(unknown)

    def receive_message(
        self,
        *,
        event_id: UUID,
        hour: datetime,
        letter_id: UUID,
        text: str,
        leaf: str,
        batch_id: UUID | None = None,
        evidence_ids: Collection[UUID] = (),
    ) -> None:
        """A letter that came before changes nothing: its sender may not have seen the answer. `hour` is its leaf's."""
        if not self.is_submitted:
            raise NotSubmitted
        if letter_id not in self.letter_ids:
            self.trigger_event(
                self.MessageReceived,
                event_id=event_id,
                timestamp=hour,
                route=self.route.value,
                letter_id=letter_id,
                text=text,
                batch_id=batch_id,
                evidence_ids=[str(each) for each in evidence_ids],
                leaf=leaf,
            )

    def open_batch(self, batch_id: UUID) -> OpenBatch:
        """The open batch: this one, unless there is one already."""
        if not self.is_submitted:
            raise NotSubmitted
        if self.batch is None:
            self.trigger_event(self.BatchOpened, batch_id=batch_id)
        assert self.batch is not None  # noqa: S101  # opened just now
        return self.batch

    def expire_batch(self) -> None:
        if self.batch is not None:
            self.trigger_event(self.BatchExpired, route=self.route.value, batch_id=self.batch.batch_id)

    @property
    def late_evidence(self) -> tuple[Piece, ...]:
        """The pieces that messages have filed, in their order. One that this database lacks yet is left out."""
        named = (UUID(each) for message in self.messages.values() for each in message.evidence_ids)
        return tuple(self._late_piece(each) for each in named if each in self.late_pieces)

    def _late_piece(self, evidence_id: UUID) -> Piece:
        piece, judged = self.late_pieces[evidence_id], self.judged.get(evidence_id)
        fault = judged[0] if judged else None
        return Piece(evidence_id, piece.kind, piece.sha256, is_checked=judged is not None, fault=fault)

    def review_identity(self, offer_id: UUID, verdict: ReviewVerdict, reasons: Collection[IdentityReason]) -> None:
        """Only of the offer that counts: the reporter may have brought another one meanwhile."""
        if self.offer is None or self.offer.offer_id != offer_id:
            return
        doubtful, told = verdict is ReviewVerdict.DOUBTFUL, [reason.value for reason in reasons]
        self.trigger_event(self.IdentityReviewed, offer_id=offer_id, doubtful=doubtful, reasons=told)

    def deliver_reply(self, letter_id: UUID, text: str) -> None:
        if letter_id not in self.letter_ids:
            self.trigger_event(self.ReplyArrived, letter_id=letter_id, text=text)

    def change_status(self, status: CaseStatus, letter_id: UUID | None, note: str | None) -> None:
        self.trigger_event(self.StatusChanged, status=status.value, letter_id=letter_id, note=note)

    def note_parcel(
        self, parcel_id: UUID, *, parcel: ParcelKind, complete: bool, kpk_reference: str, receipt: str
    ) -> None:
        if parcel_id not in self.parcel_ids:
            self.trigger_event(
                self.ParcelDelivered,
                parcel_id=parcel_id,
                parcel=parcel.value,
                complete=complete and not self.has_all_at_kpk,
                kpk_reference=kpk_reference,
                receipt=receipt,
            )

    def change_kpk_status(self, status: KpkStatus) -> None:
        self.trigger_event(self.KpkStatusChanged, status=status.value)

    def withdraw(self) -> None:
        if not self.is_submitted:
            raise NotSubmitted
        if not self.is_withdrawn:
            self.trigger_event(self.Withdrawn, route=self.route.value)

    def lose_key(self) -> None:
        """Told once: to the reporter, and to KPK."""
        if not self.is_key_lost and not self.is_erased:
            self.trigger_event(self.KeyLost, route=self.route.value)

    def erase(self) -> None:
        self.trigger_event(self.Erased)
