"""A report as intake knows it: a draft, then a submitted report with its messages and what others say of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Self, cast
from uuid import UUID

from chassis.store import Aggregate
from contracts.vocabulary import (
    CaseStatus,
    EvidenceKind,
    IdentityLevel,
    IdentityOutcome,
    IdentityReason,
    KpkStatus,
    ParcelKind,
    QuarantineReason,
    Route,
)

from intake.completeness import Missing, Offer, Piece, Verdict, missing


class NotADraft(Exception):
    """The report was submitted already, or its draft has expired."""


class NotSubmitted(Exception):
    """Only a submitted report has a mailbox."""


class Incomplete(Exception):
    """The report can't be filed yet; `missing` names each thing."""

    def __init__(self, lacks: tuple[Missing, ...]) -> None:
        super().__init__(", ".join(each.lack.value for each in lacks))
        self.missing = lacks


class Report(Aggregate):
    """Its id is the report id, which the reporter's device makes. Letters stay wrapped, under the report's own key.

    The history begins with the draft. After a restored database it may begin with an event from elsewhere: the report
    is then unopened until its own `ReportSubmitted` has been taken back from the topic.
    """

    class DraftOpened(Aggregate.Created):
        route: str

    class Begun(Aggregate.Created):
        """Something was heard of a report that this database lacks."""

        route: str

    class IdentityOffered(Aggregate.Event):
        """The letter lies in the inbox as this object and version."""

        route: str
        offer_id: UUID
        object: str
        version: str
        review_asked: bool

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(Report, aggregate)
            report.offer_ids.add(self.offer_id)
            report.offer = Offer(self.offer_id, report.verdicts.get(self.offer_id))

    class IdentityJudged(Aggregate.Event):
        offer_id: UUID
        outcome: str
        reasons: list[str]

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(Report, aggregate)
            reasons = tuple(IdentityReason(each) for each in self.reasons)
            report.verdicts[self.offer_id] = Verdict(IdentityOutcome(self.outcome), reasons)
            if report.offer is not None and report.offer.offer_id == self.offer_id:
                report.offer = Offer(self.offer_id, report.verdicts[self.offer_id])

    class EvidenceCame(Aggregate.Event):
        evidence_id: UUID
        kind: str
        sha256: str

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(Report, aggregate)
            judged = report.judged.get(self.evidence_id)
            piece = Piece(self.evidence_id, EvidenceKind(self.kind), self.sha256)
            report.pieces[self.evidence_id] = replace(piece, is_checked=True, fault=judged[0]) if judged else piece

    class EvidenceJudged(Aggregate.Event):
        """`fault` is None for a piece that the checks found nothing wrong with."""

        evidence_id: UUID
        fault: str | None

        def apply(self, aggregate: Aggregate) -> None:
            report = cast(Report, aggregate)
            fault = QuarantineReason(self.fault) if self.fault else None
            report.judged[self.evidence_id] = (fault,)
            if self.evidence_id in report.pieces:
                report.pieces[self.evidence_id] = replace(report.pieces[self.evidence_id], is_checked=True, fault=fault)

    class Expired(Aggregate.Event):
        route: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(Report, aggregate).is_expired = True

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
            cast(Report, aggregate).submission = self

    class MessageReceived(Aggregate.Event):
        """From the reporter."""

        route: str
        letter_id: UUID
        text: str
        leaf: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(Report, aggregate).letter_ids.add(self.letter_id)

    class ReplyArrived(Aggregate.Event):
        """To the reporter, from staff or KPK."""

        letter_id: UUID
        text: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(Report, aggregate).letter_ids.add(self.letter_id)

    class StatusChanged(Aggregate.Event):
        """`note` is a letter to the reporter."""

        status: str
        letter_id: UUID | None
        note: str | None

    class ParcelDelivered(Aggregate.Event):
        """KPK has signed for a part of the report; `complete`: nothing of it is owed to KPK."""

        parcel_id: UUID
        parcel: str
        complete: bool
        kpk_reference: str
        receipt: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(Report, aggregate).parcel_ids.add(self.parcel_id)

    class KpkStatusChanged(Aggregate.Event):
        """Where the report stands at KPK."""

        status: str

    class Withdrawn(Aggregate.Event):
        """By the reporter. It is noted, and stops nothing."""

        route: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(Report, aggregate).is_withdrawn = True

    class Erased(Aggregate.Event):
        """The report's key is destroyed: nothing of its content can be read any more."""

    def __init__(self, route: str) -> None:
        self.route = Route(route)
        self.offer: Offer | None = None
        self.offer_ids: set[UUID] = set()
        self.verdicts: dict[UUID, Verdict] = {}
        self.pieces: dict[UUID, Piece] = {}
        self.judged: dict[UUID, tuple[QuarantineReason | None]] = {}
        self.submission: Report.Submitted | None = None
        self.is_expired = False
        self.letter_ids: set[UUID] = set()
        self.parcel_ids: set[UUID] = set()
        self.is_withdrawn = False

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

    def offer_identity(self, offer_id: UUID, object_name: str, version: str, review_asked: bool) -> None:
        """The last offer counts. After the submission another one mends what the Super Admin found doubtful."""
        if self.is_expired and not self.is_submitted:
            raise NotADraft
        if offer_id not in self.offer_ids:
            self.trigger_event(
                self.IdentityOffered,
                route=self.route.value,
                offer_id=offer_id,
                object=object_name,
                version=version,
                review_asked=review_asked,
            )

    def judge_identity(self, offer_id: UUID, outcome: IdentityOutcome, reasons: Collection[IdentityReason]) -> None:
        if offer_id not in self.verdicts:
            told = [reason.value for reason in reasons]
            self.trigger_event(self.IdentityJudged, offer_id=offer_id, outcome=outcome.value, reasons=told)

    def note_evidence(self, evidence_id: UUID, kind: EvidenceKind, sha256: str) -> None:
        if evidence_id not in self.pieces:
            self.trigger_event(self.EvidenceCame, evidence_id=evidence_id, kind=kind.value, sha256=sha256)

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
        """`event_id` is that of the integration event: a submission taken back from the topic stays the same."""
        if self.is_submitted:
            raise NotADraft
        self.trigger_event(
            self.Submitted,
            event_id=event_id,
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

    def receive_message(self, *, event_id: UUID, letter_id: UUID, text: str, leaf: str) -> None:
        """A letter that came before changes nothing: its sender may not have seen the answer."""
        if not self.is_submitted:
            raise NotSubmitted
        if letter_id not in self.letter_ids:
            self.trigger_event(
                self.MessageReceived,
                event_id=event_id,
                route=self.route.value,
                letter_id=letter_id,
                text=text,
                leaf=leaf,
            )

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
                complete=complete,
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

    def erase(self) -> None:
        self.trigger_event(self.Erased)
