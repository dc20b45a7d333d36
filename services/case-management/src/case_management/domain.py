"""A case: what became of a report at the Inspektorat. Its letters stay wrapped; their content is not known here."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from chassis.store import Aggregate
from contracts.letters import Purpose
from contracts.vocabulary import CaseStatus, IdentityLevel, LetterFault, Role

ASSIGNERS = frozenset({Role.INSPEKTUR, Role.IRBAN})


class NotOpened(Exception):
    """The report of this case has not arrived."""


class NotAssigned(Exception):
    """The person has nothing to do with this case."""


class MayNotAssign(Exception):
    def __init__(self, role: Role) -> None:
        super().__init__(f"{role.value} may not assign cases")


class Case(Aggregate):
    """Its id is the report id. It begins with whichever event comes first, unopened; the submitted report opens it."""

    class Begun(Aggregate.Created):
        pass

    class Opened(Aggregate.Event):
        offer_id: UUID
        evidence_ids: list[str]
        identity_level: str
        facts: str
        story: str
        status: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Case)  # noqa: S101  # the library's signature is wider
            aggregate.story = self.story
            aggregate.status = CaseStatus(self.status)

    class InvestigatorAssigned(Aggregate.Event):
        investigator: str
        assigned_by: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Case)  # noqa: S101
            aggregate.investigators.add(self.investigator)

    class StatusChanged(Aggregate.Event):
        status: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Case)  # noqa: S101
            aggregate.status = CaseStatus(self.status)

    class MessageArrived(Aggregate.Event):
        """From the reporter."""

        letter_id: UUID
        text: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Case)  # noqa: S101
            aggregate.letters[self.letter_id] = self.text

    class MessageWritten(Aggregate.Event):
        """To the reporter."""

        letter_id: UUID
        text: str
        written_by: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Case)  # noqa: S101
            aggregate.letters[self.letter_id] = self.text

    class LetterFoundUnreadable(Aggregate.Event):
        """A letter opened to something else than it must: its other recipients have to know."""

        letter_id: UUID
        purpose: str
        fault: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Case)  # noqa: S101
            aggregate.unreadable.add(self.letter_id)

    class Erased(Aggregate.Event):
        """The report's key is destroyed: nothing of its content can be read any more."""

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, Case)  # noqa: S101
            aggregate.is_erased = True

    def __init__(self) -> None:
        self.story: str | None = None
        self.unreadable: set[UUID] = set()
        self.is_erased = False
        self.status: CaseStatus | None = None
        self.investigators: set[str] = set()
        self.letters: dict[UUID, str] = {}

    @classmethod
    def begin(cls, report_id: UUID) -> Self:
        return cls._create(cls.Begun, id=report_id)

    @property
    def is_open(self) -> bool:
        return self.story is not None

    def open(
        self, *, offer_id: UUID, evidence_ids: tuple[UUID, ...], level: IdentityLevel, facts: str, story: str
    ) -> None:
        """Opening a second time changes nothing: the report is the same."""
        if self.is_open:
            return
        self.trigger_event(
            self.Opened,
            offer_id=offer_id,
            evidence_ids=[str(evidence_id) for evidence_id in evidence_ids],
            identity_level=level.value,
            facts=facts,
            story=story,
            status=CaseStatus.RECEIVED.value,
        )

    def assign(self, investigator: str, by: str, role: Role) -> None:
        self._must_be_open()
        if role not in ASSIGNERS:
            raise MayNotAssign(role)
        if investigator not in self.investigators:
            self.trigger_event(self.InvestigatorAssigned, investigator=investigator, assigned_by=by)
        if self.status is CaseStatus.RECEIVED:
            self.trigger_event(self.StatusChanged, status=CaseStatus.REVIEW.value)

    def must_be_readable(self, person: str, role: Role) -> None:
        """Raises NotOpened or NotAssigned."""
        self._must_be_open()
        if not self.may_be_read_by(person, role):
            raise NotAssigned

    def may_be_read_by(self, person: str, role: Role) -> bool:
        """The heads lead every case; an investigator reads what is assigned to them."""
        return role in ASSIGNERS or (role is Role.INVESTIGATOR and person in self.investigators)

    def write_message(self, person: str, role: Role, letter_id: UUID, text: str) -> None:
        """The same letter a second time changes nothing: somebody pressed the button twice."""
        self.must_be_readable(person, role)
        if letter_id not in self.letters:
            self.trigger_event(self.MessageWritten, letter_id=letter_id, text=text, written_by=person)

    def tell_unreadable(self, letter_id: UUID, purpose: Purpose, fault: LetterFault) -> None:
        if letter_id not in self.unreadable:
            self.trigger_event(
                self.LetterFoundUnreadable, letter_id=letter_id, purpose=purpose.value, fault=fault.value
            )

    def erase(self) -> None:
        if not self.is_erased:
            self.trigger_event(self.Erased)

    def receive_message(self, letter_id: UUID, text: str) -> None:
        if letter_id not in self.letters:
            self.trigger_event(self.MessageArrived, letter_id=letter_id, text=text)

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise NotOpened
