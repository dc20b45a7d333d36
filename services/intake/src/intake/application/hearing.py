"""What other services tell about a report, for its status page."""

from __future__ import annotations

from uuid import UUID

from chassis.store import Cause, EventStore, retry_on_conflict
from chassis.wrapper import Wrapper
from contracts.events.cases import CaseOpened, CaseStatusChanged, MessageToReporter
from contracts.events.evidence import EvidenceCleared, EvidenceQuarantined, EvidenceReceived
from contracts.events.forwarding import KpkMessageReceived, KpkStatusReceived, ReportDelivered
from contracts.events.identity import IdentityChecked, IdentityReviewed, ReportErased
from contracts.vocabulary import CaseStatus, Route

from intake.application import waits
from intake.domain import Report


class Hearing:
    """A report that this database lacks (it was restored) is begun unopened; its submission is taken back apart."""

    def __init__(self, store: EventStore, wrapper: Wrapper) -> None:
        self._store = store
        self._wrapper = wrapper

    @retry_on_conflict
    def note_case(self, opened: CaseOpened, cause: Cause) -> None:
        """A case that waits for the identity says so from the start."""
        report = self._known_or_begun(opened.report_id, opened.route)
        if opened.status is not CaseStatus.RECEIVED:
            report.change_status(opened.status, None, None)
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def change_status(self, changed: CaseStatusChanged, cause: Cause) -> None:
        report = self._known_or_begun(changed.report_id, changed.route)
        report.change_status(changed.status, changed.letter_id, changed.note_to_reporter)
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def deliver_reply(self, reply: MessageToReporter | KpkMessageReceived, cause: Cause) -> None:
        report = self._known_or_begun(reply.report_id, reply.route)
        report.deliver_reply(reply.letter_id, reply.text)
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def erase_report(self, erased: ReportErased, cause: Cause) -> None:
        self._wrapper.must_be_erased(erased.report_id)
        report = self._known_or_begun(erased.report_id, erased.route)
        report.erase()
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def judge_identity(self, checked: IdentityChecked, cause: Cause) -> None:
        report = self._known_or_begun(checked.report_id, checked.route)
        report.judge_identity(checked.offer_id, checked.outcome, checked.reasons)
        self._store.save(report, cause=cause, also=(waits.end(report.id, checked.offer_id),))

    @retry_on_conflict
    def note_evidence(self, received: EvidenceReceived, cause: Cause) -> None:
        report = self._known_or_begun(received.report_id, received.route)
        report.note_evidence(received.evidence_id, received.kind, received.sha256, received.batch_id)
        waiting = not report.is_submitted and received.evidence_id not in report.judged
        also = (waits.begin(report.id, received.evidence_id),) if waiting else ()
        self._store.save(report, cause=cause, also=also)

    @retry_on_conflict
    def judge_evidence(self, judged: EvidenceCleared | EvidenceQuarantined, cause: Cause) -> None:
        report = self._known_or_begun(judged.report_id, judged.route)
        fault = judged.reason if isinstance(judged, EvidenceQuarantined) else None
        report.judge_evidence(judged.evidence_id, fault)
        self._store.save(report, cause=cause, also=(waits.end(report.id, judged.evidence_id),))

    @retry_on_conflict
    def review_identity(self, reviewed: IdentityReviewed, cause: Cause) -> None:
        report = self._known_or_begun(reviewed.report_id, reviewed.route)
        report.review_identity(reviewed.offer_id, reviewed.verdict, reviewed.reasons)
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def note_delivery(self, delivered: ReportDelivered, cause: Cause) -> None:
        report = self._known_or_begun(delivered.report_id, delivered.route)
        report.note_parcel(
            delivered.parcel_id,
            parcel=delivered.parcel,
            complete=delivered.complete,
            kpk_reference=delivered.kpk_reference,
            receipt=delivered.receipt,
        )
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def change_kpk_status(self, received: KpkStatusReceived, cause: Cause) -> None:
        report = self._known_or_begun(received.report_id, received.route)
        report.change_kpk_status(received.status)
        self._store.save(report, cause=cause)

    def _known_or_begun(self, report_id: UUID, route: Route) -> Report:
        return self._store.find(Report, report_id) or Report.begin(report_id, route)
