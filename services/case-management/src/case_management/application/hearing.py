"""What other services tell about a report, in any order."""

from __future__ import annotations

from collections.abc import Callable

from chassis.store import Cause, EventStore, retry_on_conflict
from chassis.wrapper import Wrapper
from contracts.events import forwarding, intake
from contracts.events.definition import ReportEvent
from contracts.events.evidence import CopyFiled, EvidenceCleared, EvidenceFiled, EvidenceQuarantined
from contracts.events.forwarding import KpkStatusReceived, ReportDelivered
from contracts.events.identity import IdentityChecked, IdentityReviewed, ReportErased
from contracts.events.intake import IdentityOffered, MessageFromReporter, ReportSubmitted, ReportWithdrawn
from contracts.vocabulary import IdentityLevel, IdentityOutcome, ReviewVerdict, Route

from case_management.domain import Case


class Hearing:
    """Each event is one change of one case, which begins with whichever comes first."""

    def __init__(self, store: EventStore, wrapper: Wrapper) -> None:
        self._store = store
        self._wrapper = wrapper

    def open_case(self, submitted: ReportSubmitted, cause: Cause) -> None:
        def tell(case: Case) -> None:
            if submitted.facts is not None:
                case.open(
                    offer_id=submitted.offer_id,
                    evidence_ids=submitted.evidence_ids,
                    level=submitted.identity_level,
                    facts=submitted.facts,
                    story=submitted.story,
                )

        self._hear(submitted, cause, tell)

    def receive_message(self, message: MessageFromReporter, cause: Cause) -> None:
        self._hear(message, cause, lambda case: case.receive_message(message.letter_id, message.text))

    def note_withdrawal(self, withdrawn: ReportWithdrawn, cause: Cause) -> None:
        self._hear(withdrawn, cause, Case.note_withdrawal)

    def erase_case(self, erased: ReportErased, cause: Cause) -> None:
        """Kept even when no case is there yet: the report that comes later can't be unwrapped, and that is no alarm."""
        self._wrapper.must_be_erased(erased.report_id)
        self._hear(erased, cause, Case.erase)

    @retry_on_conflict
    def note_offer(self, offered: IdentityOffered, cause: Cause) -> None:
        """Of a draft there is no case, and none is begun."""
        case = self._store.find(Case, offered.report_id)
        if case is None:
            self._store.save(cause=cause)
            return
        case.note_offer(offered.offer_id)
        self._store.save(case, cause=cause)

    def judge_identity(self, checked: IdentityChecked, cause: Cause) -> None:
        """After a submission nothing is inconsistent any more, only unsure."""
        consistent = checked.outcome is IdentityOutcome.CONSISTENT
        level = IdentityLevel.CONSISTENT if consistent else IdentityLevel.UNSURE
        self._hear(checked, cause, lambda case: case.judge_identity(checked.offer_id, level))

    def review_identity(self, reviewed: IdentityReviewed, cause: Cause) -> None:
        by_officer = reviewed.verdict is ReviewVerdict.OFFICER
        level = IdentityLevel.OFFICER if by_officer else IdentityLevel.DOUBTFUL
        self._hear(reviewed, cause, lambda case: case.judge_identity(reviewed.offer_id, level))

    def file_evidence(self, filed: EvidenceFiled, cause: Cause) -> None:
        self._hear(
            filed,
            cause,
            lambda case: case.file_evidence(
                filed.evidence_id,
                object_name=filed.object,
                version=filed.version,
                sha256=filed.sha256,
                original_key=filed.original_key,
            ),
        )

    def file_copy(self, filed: CopyFiled, cause: Cause) -> None:
        self._hear(
            filed,
            cause,
            lambda case: case.file_copy(
                filed.evidence_id,
                object_name=filed.object,
                version=filed.version,
                sha256=filed.sha256,
                copy_key=filed.copy_key,
            ),
        )

    def quarantine_evidence(self, quarantined: EvidenceQuarantined, cause: Cause) -> None:
        self._hear(
            quarantined,
            cause,
            lambda case: case.quarantine_evidence(quarantined.evidence_id, quarantined.reason),
        )

    def clear_evidence(self, cleared: EvidenceCleared, cause: Cause) -> None:
        """Only news where no copy will follow."""
        if cleared.has_copy:
            self._store.save(cause=cause)
        else:
            self._hear(cleared, cause, lambda case: case.note_no_copy(cleared.evidence_id))

    def note_delivery(self, delivered: ReportDelivered, cause: Cause) -> None:
        self._hear(
            delivered,
            cause,
            lambda case: case.note_parcel(
                delivered.parcel_id,
                parcel=delivered.parcel,
                complete=delivered.complete,
                kpk_reference=delivered.kpk_reference,
            ),
        )

    def change_kpk_status(self, received: KpkStatusReceived, cause: Cause) -> None:
        self._hear(received, cause, lambda case: case.change_kpk_status(received.status))

    def declare_conflict(self, told: intake.ConflictDeclared | forwarding.ConflictDeclared, cause: Cause) -> None:
        self._hear(told, cause, lambda case: case.declare_conflict(told.declared_by, told.concerns))

    @retry_on_conflict
    def _hear(self, event: ReportEvent, cause: Cause, tell: Callable[[Case], None]) -> None:
        """In route `kpk` there is no case: such an event is marked as seen, and nothing of it is kept."""
        if event.route is Route.KPK:
            self._store.save(cause=cause)
            return
        case = self._store.find(Case, event.report_id) or Case.begin(event.report_id)
        tell(case)
        self._store.save(case, cause=cause)
