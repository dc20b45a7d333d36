"""What can have happened to a case, and what its history adds up to; what may happen is decided in `case`."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from chassis.store import Aggregate
from contracts.vocabulary import CaseStatus, IdentityLevel, ParcelKind, Role


class CaseHistory(Aggregate):
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
            case = cast(CaseHistory, aggregate)
            case.story, case.status = self.story, CaseStatus(self.status)
            case.offer_id, case.level_at_submission = self.offer_id, IdentityLevel(self.identity_level)
            case.submitted_offer_id = self.offer_id
            case.evidence_ids = {UUID(each) for each in self.evidence_ids}

    class IdentityOffered(Aggregate.Event):
        """After the submission: the reporter mends an identity that was found doubtful. The last offer counts."""

        offer_id: UUID

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).offer_id = self.offer_id

    class IdentityJudged(Aggregate.Event):
        """What checks or the Super Admin say of an offer."""

        offer_id: UUID
        level: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).levels[self.offer_id] = IdentityLevel(self.level)

    class EvidenceFiled(Aggregate.Event):
        """`original_key` is a wrapped letter, peeled by the Super Admin and then by casework."""

        evidence_id: UUID
        object: str
        version: str
        sha256: str
        original_key: str | None

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).filed.add(self.evidence_id)

    class CopyFiled(Aggregate.Event):
        """A clean copy; `copy_key` is a wrapped letter to casework."""

        evidence_id: UUID
        object: str
        version: str
        sha256: str
        copy_key: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).copies.add(self.evidence_id)

    class EvidenceQuarantined(Aggregate.Event):
        evidence_id: UUID
        fault: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).quarantined.add(self.evidence_id)

    class EvidenceWithoutCopy(Aggregate.Event):
        """The checks found nothing wrong, and of this type of file no clean copy is made."""

        evidence_id: UUID

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).without_copy.add(self.evidence_id)

    class InvestigatorAssigned(Aggregate.Event):
        """`investigator` is the user name, `entity_id` who that is; empty, as before it was kept, it is nobody."""

        investigator: str
        assigned_by: str
        entity_id: str = ""

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).investigators.add(self.entity_id)

    class StatusChanged(Aggregate.Event):
        """By what happened."""

        status: str

        def apply(self, aggregate: Aggregate) -> None:
            case, status = cast(CaseHistory, aggregate), CaseStatus(self.status)
            if status is CaseStatus.WAITING_FOR_IDENTITY:
                case.status_before_waiting = case.status
            case.status = status

    class MovedOn(Aggregate.Event):
        """By somebody who works on the case; `note` is a letter to the reporter, wrapped."""

        status: str
        moved_by: str
        letter_id: UUID | None
        note: str | None

        def apply(self, aggregate: Aggregate) -> None:
            case = cast(CaseHistory, aggregate)
            case.status = CaseStatus(self.status)
            if self.letter_id and self.note:
                case.letters[self.letter_id] = self.note

    class ConflictDeclared(Aggregate.Event):
        """The report concerns people who could reach it: the case is closed to these roles."""

        declared_by: str
        concerns: list[str]

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).shut_to |= {Role(each) for each in self.concerns}

    class MessageArrived(Aggregate.Event):
        """From the reporter."""

        letter_id: UUID
        text: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).letters[self.letter_id] = self.text

    class MessageWritten(Aggregate.Event):
        """To the reporter."""

        letter_id: UUID
        text: str
        written_by: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).letters[self.letter_id] = self.text

    class Withdrawn(Aggregate.Event):
        """By the reporter. It is noted, and stops nothing."""

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).is_withdrawn = True

    class ForwardingApproved(Aggregate.Event):
        """The Inspektur approved: the report goes to KPK."""

        approved_by: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).is_forwarding_approved = True

    class ParcelDelivered(Aggregate.Event):
        """KPK has signed for a part of the report; `complete`: with it, nothing is owed to KPK any more."""

        parcel_id: UUID
        parcel: str
        complete: bool
        kpk_reference: str

        def apply(self, aggregate: Aggregate) -> None:
            case = cast(CaseHistory, aggregate)
            case.parcel_ids.add(self.parcel_id)
            case.has_all_at_kpk = case.has_all_at_kpk or self.complete
            case.is_at_kpk = case.is_at_kpk or self.parcel == ParcelKind.REPORT.value

    class KpkStatusChanged(Aggregate.Event):
        """Where the report stands at KPK."""

        status: str

    class LetterFoundUnreadable(Aggregate.Event):
        """A letter opened to something else than it must: its other recipients have to know."""

        letter_id: UUID
        purpose: str
        fault: str

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).unreadable.add(self.letter_id)

    class Erased(Aggregate.Event):
        """The report's key is destroyed: nothing of its content can be read any more."""

        def apply(self, aggregate: Aggregate) -> None:
            cast(CaseHistory, aggregate).is_erased = True

    def __init__(self) -> None:
        self.story: str | None = None
        self.offer_id: UUID | None = None
        self.level_at_submission = IdentityLevel.NOT_YET_CHECKED
        self.submitted_offer_id: UUID | None = None
        self.levels: dict[UUID, IdentityLevel] = {}
        self.evidence_ids: set[UUID] = set()
        self.filed: set[UUID] = set()
        self.copies: set[UUID] = set()
        self.quarantined: set[UUID] = set()
        self.without_copy: set[UUID] = set()
        self.unreadable: set[UUID] = set()
        self.is_erased = False
        self.status: CaseStatus | None = None
        self.status_before_waiting: CaseStatus | None = None
        self.shut_to: set[Role] = set()
        self.investigators: set[str] = set()  # by their entities
        self.letters: dict[UUID, str] = {}
        self.is_withdrawn = False
        self.is_forwarding_approved = False
        self.is_at_kpk = False
        self.parcel_ids: set[UUID] = set()
        self.has_all_at_kpk = False
