"""What other services tell about a report, in any order."""

from __future__ import annotations

from uuid import UUID

from chassis.store import Cause, EventStore, retry_on_conflict
from contracts.events.definition import ReportEvent
from contracts.events.evidence import CopyFiled, EvidenceFiled, EvidenceQuarantined
from contracts.events.forwarding import KpkStatusReceived, ReportDelivered
from contracts.events.identity import IdentityChecked, IdentityReviewed, ReportErased
from contracts.events.intake import IdentityOffered, MessageFromReporter, ReportSubmitted
from contracts.vocabulary import IdentityLevel, IdentityOutcome, ReviewVerdict, Route

from case_management.domain import Case


class Hearing:
    """In route `kpk` there is no case: such an event is marked as seen, and nothing of it is kept."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    @retry_on_conflict
    def open_case(self, submitted: ReportSubmitted, cause: Cause) -> None:
        if _is_none_of_ours(submitted) or submitted.facts is None:
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(submitted.report_id)
        case.open(
            offer_id=submitted.offer_id,
            evidence_ids=submitted.evidence_ids,
            level=submitted.identity_level,
            facts=submitted.facts,
            story=submitted.story,
        )
        self._store.save(case, cause=cause)

    @retry_on_conflict
    def receive_message(self, message: MessageFromReporter, cause: Cause) -> None:
        if _is_none_of_ours(message):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(message.report_id)
        case.receive_message(message.letter_id, message.text)
        self._store.save(case, cause=cause)

    @retry_on_conflict
    def erase_case(self, erased: ReportErased, cause: Cause) -> None:
        """Kept even when no case is there yet: the report that comes later can't be unwrapped, and that is no alarm."""
        if _is_none_of_ours(erased):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(erased.report_id)
        case.erase()
        self._store.save(case, cause=cause)

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
        self._set_level(checked, checked.offer_id, level, cause)

    def review_identity(self, reviewed: IdentityReviewed, cause: Cause) -> None:
        by_officer = reviewed.verdict is ReviewVerdict.OFFICER
        level = IdentityLevel.OFFICER if by_officer else IdentityLevel.DOUBTFUL
        self._set_level(reviewed, reviewed.offer_id, level, cause)

    @retry_on_conflict
    def _set_level(self, told: ReportEvent, offer_id: UUID, level: IdentityLevel, cause: Cause) -> None:
        if _is_none_of_ours(told):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(told.report_id)
        case.judge_identity(offer_id, level)
        self._store.save(case, cause=cause)

    @retry_on_conflict
    def file_evidence(self, filed: EvidenceFiled, cause: Cause) -> None:
        if _is_none_of_ours(filed):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(filed.report_id)
        case.file_evidence(
            filed.evidence_id,
            object_name=filed.object,
            version=filed.version,
            sha256=filed.sha256,
            original_key=filed.original_key,
        )
        self._store.save(case, cause=cause)

    @retry_on_conflict
    def file_copy(self, filed: CopyFiled, cause: Cause) -> None:
        if _is_none_of_ours(filed):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(filed.report_id)
        case.file_copy(
            filed.evidence_id,
            object_name=filed.object,
            version=filed.version,
            sha256=filed.sha256,
            copy_key=filed.copy_key,
        )
        self._store.save(case, cause=cause)

    @retry_on_conflict
    def quarantine_evidence(self, quarantined: EvidenceQuarantined, cause: Cause) -> None:
        if _is_none_of_ours(quarantined):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(quarantined.report_id)
        case.quarantine_evidence(quarantined.evidence_id, quarantined.reason)
        self._store.save(case, cause=cause)

    @retry_on_conflict
    def note_delivery(self, delivered: ReportDelivered, cause: Cause) -> None:
        if _is_none_of_ours(delivered):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(delivered.report_id)
        case.note_parcel(
            delivered.parcel_id,
            parcel=delivered.parcel,
            complete=delivered.complete,
            kpk_reference=delivered.kpk_reference,
        )
        self._store.save(case, cause=cause)

    @retry_on_conflict
    def change_kpk_status(self, received: KpkStatusReceived, cause: Cause) -> None:
        if _is_none_of_ours(received):
            self._store.save(cause=cause)
            return
        case = self._known_or_begun(received.report_id)
        case.change_kpk_status(received.status)
        self._store.save(case, cause=cause)

    def _known_or_begun(self, report_id: UUID) -> Case:
        return self._store.find(Case, report_id) or Case.begin(report_id)


def _is_none_of_ours(event: ReportEvent) -> bool:
    return event.route is Route.KPK
