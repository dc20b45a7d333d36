"""A case: what became of a report at the Inspektorat. Its letters stay wrapped; their content is not known here."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from contracts.letters import Purpose
from contracts.vocabulary import (
    CaseStatus,
    IdentityLevel,
    KpkStatus,
    LetterFault,
    ParcelKind,
    QuarantineReason,
    Role,
)

from case_management.domain.history import CaseHistory

ASSIGNERS = frozenset({Role.INSPEKTUR, Role.IRBAN})
ESTABLISHED = frozenset({IdentityLevel.CONSISTENT, IdentityLevel.OFFICER, IdentityLevel.REGISTRY})
BY_PEOPLE = frozenset({IdentityLevel.OFFICER, IdentityLevel.DOUBTFUL})


class NotOpened(Exception):
    """The report of this case has not arrived."""


class NotAssigned(Exception):
    """The person has nothing to do with this case."""


class MayNotAssign(Exception):
    def __init__(self, role: Role) -> None:
        super().__init__(f"{role.value} may not assign cases")


class MayNotApprove(Exception):
    """Only the Inspektur approves that a report goes to KPK."""


class Case(CaseHistory):
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

    # ---- identity and evidence ----

    @property
    def level(self) -> IdentityLevel:
        """How far the reporter's identity is established; what is said of another offer than the last doesn't count."""
        return self._level(self.offer_id, self.level_at_submission)

    @property
    def waits_for_identity(self) -> bool:
        """While it does, the content is closed."""
        return self.is_open and self._waits(self.offer_id, self.level_at_submission)

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
        if self.waits_for_identity and self.status in (CaseStatus.RECEIVED, CaseStatus.REVIEW):
            self._change_status(CaseStatus.WAITING_FOR_IDENTITY)
        elif self.status is CaseStatus.WAITING_FOR_IDENTITY and not self.waits_for_identity:
            self._change_status(CaseStatus.REVIEW if self.investigators else CaseStatus.RECEIVED)

    def _change_status(self, status: CaseStatus) -> None:
        self.trigger_event(self.StatusChanged, status=status.value)

    def file_evidence(
        self, evidence_id: UUID, *, object_name: str, version: str, sha256: str, original_key: str | None
    ) -> None:
        if evidence_id not in self.filed:
            self.trigger_event(
                self.EvidenceFiled,
                evidence_id=evidence_id,
                object=object_name,
                version=version,
                sha256=sha256,
                original_key=original_key,
            )

    def file_copy(self, evidence_id: UUID, *, object_name: str, version: str, sha256: str, copy_key: str) -> None:
        if evidence_id not in self.copies:
            self.trigger_event(
                self.CopyFiled,
                evidence_id=evidence_id,
                object=object_name,
                version=version,
                sha256=sha256,
                copy_key=copy_key,
            )

    def quarantine_evidence(self, evidence_id: UUID, fault: QuarantineReason) -> None:
        if evidence_id not in self.quarantined:
            self.trigger_event(self.EvidenceQuarantined, evidence_id=evidence_id, fault=fault.value)

    def note_no_copy(self, evidence_id: UUID) -> None:
        if evidence_id not in self.without_copy:
            self.trigger_event(self.EvidenceWithoutCopy, evidence_id=evidence_id)

    # ---- people's work ----

    def assign(self, investigator: str, by: str, role: Role) -> None:
        self._must_be_open()
        if role not in ASSIGNERS:
            raise MayNotAssign(role)
        if investigator not in self.investigators:
            self.trigger_event(self.InvestigatorAssigned, investigator=investigator, assigned_by=by)
        if self.status is CaseStatus.RECEIVED:
            self._change_status(CaseStatus.REVIEW)

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

    def approve_forwarding(self, person: str, role: Role) -> None:
        """Once is for good: what KPK has signed for can't be called back."""
        self._must_be_open()
        if role is not Role.INSPEKTUR:
            raise MayNotApprove
        if not self.is_forwarding_approved:
            self.trigger_event(self.ForwardingApproved, approved_by=person)

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
