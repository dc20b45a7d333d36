"""A case: what became of a report at the Inspektorat. Its letters stay wrapped; their content is not known here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self
from uuid import UUID

from contracts.letters import Purpose
from contracts.vocabulary import (
    CaseStatus,
    ConflictSource,
    IdentityLevel,
    KpkStatus,
    LetterFault,
    ParcelKind,
    Role,
)

from case_management.domain.caseworker import Caseworker
from case_management.domain.filed_evidence import FiledEvidence
from case_management.domain.refusals import (
    LetterIdUsed,
    MayNotApprove,
    MayNotAssign,
    MayNotMove,
    NotAssigned,
    NotOpened,
)

ASSIGNERS = frozenset({Role.INSPEKTUR, Role.IRBAN})
ESTABLISHED = frozenset({IdentityLevel.CONSISTENT, IdentityLevel.OFFICER, IdentityLevel.REGISTRY})
BY_PEOPLE = frozenset({IdentityLevel.OFFICER, IdentityLevel.DOUBTFUL})
# From step to step, by whoever works on the case; one step back, by a head, where somebody was too quick.
NEXT = {
    CaseStatus.REVIEW: CaseStatus.CLARIFICATION,
    CaseStatus.CLARIFICATION: CaseStatus.INVESTIGATION,
}
BACK = {later: earlier for earlier, later in NEXT.items()}
IN_HAND = frozenset({CaseStatus.RECEIVED, CaseStatus.REVIEW, *NEXT.values()})


class Case(FiledEvidence):
    """What may be done with a case, and what others tell of it."""

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
            status=self._first_status(offer_id, level).value,
        )

    def _first_status(self, offer_id: UUID, level: IdentityLevel) -> CaseStatus:
        if self.is_at_kpk:
            return CaseStatus.FORWARDED_TO_KPK
        return CaseStatus.WAITING_FOR_IDENTITY if self._waits(offer_id, level) else CaseStatus.RECEIVED

    # ---- identity ----

    @property
    def level(self) -> IdentityLevel:
        """How far the reporter's identity is established; what is said of another offer than the last doesn't count."""
        return self._level(self.offer_id, self._level_unjudged)

    @property
    def waits_for_identity(self) -> bool:
        """While it does, the content is closed."""
        return self.is_open and self._waits(self.offer_id, self._level_unjudged)

    @property
    def _level_unjudged(self) -> IdentityLevel:
        """What was known at the submission is known of the offer that was submitted, of no later one."""
        is_submitted = self.offer_id == self.submitted_offer_id
        return self.level_at_submission if is_submitted else IdentityLevel.NOT_YET_CHECKED

    def _level(self, offer_id: UUID | None, at_submission: IdentityLevel) -> IdentityLevel:
        return self.levels.get(offer_id, at_submission) if offer_id else at_submission

    def _waits(self, offer_id: UUID | None, at_submission: IdentityLevel) -> bool:
        return self._level(offer_id, at_submission) not in ESTABLISHED

    def note_offer(self, offer_id: UUID) -> None:
        """Only of a submitted report: a draft's offers are none of a case's business."""
        if self.is_open and offer_id != self.offer_id:
            self.trigger_event(self.IdentityOffered, offer_id=offer_id)
            self._settle()

    def judge_identity(self, offer_id: UUID, level: IdentityLevel) -> None:
        """A person's word stands; checks that end later don't change it."""
        known = self.levels.get(offer_id)
        if known is level or (known in BY_PEOPLE and level not in BY_PEOPLE):
            return
        self.trigger_event(self.IdentityJudged, offer_id=offer_id, level=level.value)
        self._settle()

    def _settle(self) -> None:
        """The status follows the identity."""
        if self.waits_for_identity and self.status in IN_HAND:
            self._change_status(CaseStatus.WAITING_FOR_IDENTITY)
        elif self.status is CaseStatus.WAITING_FOR_IDENTITY and not self.waits_for_identity:
            self._change_status(self._status_after_waiting())

    def _status_after_waiting(self) -> CaseStatus:
        before = self.status_before_waiting
        if before is not None and before in NEXT.values():
            return before
        return CaseStatus.REVIEW if self.investigators else CaseStatus.RECEIVED

    def _change_status(self, status: CaseStatus) -> None:
        self.trigger_event(self.StatusChanged, status=status.value)

    # ---- people's work ----

    def assign(self, investigator: str, entity_id: str, by: Caseworker) -> None:
        self._must_be_open()
        self._must_not_be_shut_to(by.role)
        if by.role not in ASSIGNERS:
            raise MayNotAssign(by.role)
        if entity_id not in self.investigators:
            self.trigger_event(
                self.InvestigatorAssigned, investigator=investigator, assigned_by=by.user, entity_id=entity_id
            )
        if self.status is CaseStatus.RECEIVED:
            self._change_status(CaseStatus.REVIEW)

    def must_be_readable(self, person: Caseworker) -> None:
        """Raises NotOpened or NotAssigned."""
        self._must_be_open()
        if not self.may_be_read_by(person):
            raise NotAssigned

    def may_be_read_by(self, person: Caseworker) -> bool:
        """The heads lead every case; an investigator reads what is assigned to them; a conflict shuts out either."""
        if person.role in self.shut_to:
            return False
        is_assigned = person.role is Role.INVESTIGATOR and person.entity_id in self.investigators
        return person.role in ASSIGNERS or is_assigned

    def write_message(self, person: Caseworker, letter_id: UUID, text: str) -> None:
        """Raises LetterIdUsed. No letter is sealed twice alike: whether it says the same, the caller has to know."""
        self.must_be_readable(person)
        self._must_be_unused(letter_id)
        self.trigger_event(self.MessageWritten, letter_id=letter_id, text=text, written_by=person.user)

    def next_statuses(self, role: Role) -> tuple[CaseStatus, ...]:
        """Where somebody of this role may move the case; nowhere while its identity waits or once KPK has it."""
        if self.is_erased or self.status is None:
            return ()
        steps = (NEXT.get(self.status), BACK.get(self.status) if role in ASSIGNERS else None)
        return tuple(step for step in steps if step is not None)

    def move_on(
        self, status: CaseStatus, person: Caseworker, letter_id: UUID | None = None, note: str | None = None
    ) -> None:
        """Raises MayNotMove or LetterIdUsed. `note`: a letter to the reporter that goes with it."""
        self.must_be_readable(person)
        if status not in self.next_statuses(person.role):
            raise MayNotMove
        if letter_id is not None:
            self._must_be_unused(letter_id)
        self.trigger_event(self.MovedOn, status=status.value, moved_by=person.user, letter_id=letter_id, note=note)

    def declare_conflict(self, declared_by: ConflictSource, concerns: Collection[Role]) -> None:
        """Closed once is closed for good: what was read stays read, and nobody opens more."""
        news = set(concerns) - self.shut_to
        if news:
            roles = sorted(role.value for role in news)
            self.trigger_event(self.ConflictDeclared, declared_by=declared_by.value, concerns=roles)

    def approve_forwarding(self, person: Caseworker) -> None:
        """Once is for good: what KPK has signed for can't be called back."""
        self._must_be_open()
        self._must_not_be_shut_to(person.role)
        if person.role is not Role.INSPEKTUR:
            raise MayNotApprove
        if not self.is_forwarding_approved:
            self.trigger_event(self.ForwardingApproved, approved_by=person.user)

    def note_withdrawal(self) -> None:
        if not self.is_withdrawn:
            self.trigger_event(self.Withdrawn)

    # ---- at KPK ----

    def note_parcel(self, parcel_id: UUID, *, parcel: ParcelKind, complete: bool, kpk_reference: str) -> None:
        if parcel_id in self.parcel_ids:
            return
        self.trigger_event(
            self.ParcelDelivered,
            parcel_id=parcel_id,
            parcel=parcel.value,
            complete=complete and not self.has_all_at_kpk,
            kpk_reference=kpk_reference,
        )
        if parcel is ParcelKind.REPORT and self.is_open:
            self._change_status(CaseStatus.FORWARDED_TO_KPK)

    def change_kpk_status(self, status: KpkStatus) -> None:
        self.trigger_event(self.KpkStatusChanged, status=status.value)

    # ---- letters ----

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

    def _must_not_be_shut_to(self, role: Role) -> None:
        if role in self.shut_to:
            raise NotAssigned

    def _must_be_unused(self, letter_id: UUID) -> None:
        if letter_id in self.letters:
            raise LetterIdUsed
