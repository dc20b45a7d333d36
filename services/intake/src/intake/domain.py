"""A report as intake knows it: a draft, then a submitted report with its messages and what others say of it."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from chassis.store import Aggregate
from contracts.vocabulary import CaseStatus, IdentityLevel, Route


class NotADraft(Exception):
    """The report was submitted already, or its draft never was here."""


class NotSubmitted(Exception):
    """Only a submitted report has a mailbox."""


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
            assert isinstance(aggregate, Report)  # noqa: S101  # the library's signature is wider
            aggregate.submission = self

    class MessageReceived(Aggregate.Event):
        """From the reporter."""

        route: str
        letter_id: UUID
        text: str
        leaf: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Report)  # noqa: S101
            aggregate.letter_ids.add(self.letter_id)

    class ReplyArrived(Aggregate.Event):
        """To the reporter, from staff or KPK."""

        letter_id: UUID
        text: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Report)  # noqa: S101
            aggregate.letter_ids.add(self.letter_id)

    class StatusChanged(Aggregate.Event):
        """`note` is a letter to the reporter."""

        status: str
        letter_id: UUID | None
        note: str | None

    class Erased(Aggregate.Event):
        """The report's key is destroyed: nothing of its content can be read any more."""

    def __init__(self, route: str) -> None:
        self.route = Route(route)
        self.submission: Report.Submitted | None = None
        self.letter_ids: set[UUID] = set()

    @classmethod
    def open_draft(cls, report_id: UUID, route: Route) -> Self:
        return cls._create(cls.DraftOpened, id=report_id, route=route.value)

    @classmethod
    def begin(cls, report_id: UUID, route: Route) -> Self:
        return cls._create(cls.Begun, id=report_id, route=route.value)

    @property
    def is_submitted(self) -> bool:
        return self.submission is not None

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

    def erase(self) -> None:
        self.trigger_event(self.Erased)
