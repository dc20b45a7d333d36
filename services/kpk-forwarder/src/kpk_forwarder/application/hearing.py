"""What other services tell about a report, in any order; what becomes due by it is queued in the same transaction."""

from __future__ import annotations

from collections.abc import Callable

from chassis.clock import process_hour
from chassis.store import Cause, EventStore, Statement, retry_on_conflict
from chassis.wrapper import Wrapper
from contracts.events import cases, intake
from contracts.events.cases import CaseClosed, CaseOpened, CaseStatusChanged, DeadlineMissed, ForwardingApproved
from contracts.events.definition import ReportEvent
from contracts.events.evidence import CopyFiled, EvidenceCleared, EvidenceFiled, EvidenceQuarantined
from contracts.events.identity import IdentityHandedOver, ReportErased
from contracts.events.intake import (
    MessageFromReporter,
    ObjectionRaised,
    ReportKeyLost,
    ReportSubmitted,
    ReportWithdrawn,
)
from contracts.vocabulary import CaseOutcome, CaseStatus, Ground, Notice, Route

from kpk_forwarder import case_watch, held
from kpk_forwarder.domain import KEY_LOST, Delivery, Filed, Told


class Hearing:
    """A report may be heard of before it is here, and be here long before KPK is to have it: all is collected."""

    def __init__(self, store: EventStore, wrapper: Wrapper) -> None:
        self._store = store
        self._wrapper = wrapper

    # ---- the report and what belongs to it ----

    def submit(self, told: ReportSubmitted, cause: Cause) -> None:
        watched = (case_watch.submitted(told.report_id, process_hour()),) if told.route is Route.INSPEKTORAT else ()
        self._hear(told, cause, lambda each: each.submit(told.evidence_ids, told.story, told.facts), *watched)

    def receive_message(self, told: MessageFromReporter, cause: Cause) -> None:
        self._hear(told, cause, lambda each: each.receive_message(told.letter_id, told.text, told.evidence_ids))

    def file_original(self, told: EvidenceFiled, cause: Cause) -> None:
        filed = Filed(told.object, told.version, told.sha256, told.original_key_for_kpk)
        self._hear(told, cause, lambda each: each.file_original(told.evidence_id, filed))

    def file_copy(self, told: CopyFiled, cause: Cause) -> None:
        filed = Filed(told.object, told.version, told.sha256, told.copy_key)
        self._hear(told, cause, lambda each: each.file_copy(told.evidence_id, filed))

    def quarantine(self, told: EvidenceQuarantined, cause: Cause) -> None:
        self._hear(told, cause, lambda each: each.quarantine(told.evidence_id))

    def clear(self, told: EvidenceCleared, cause: Cause) -> None:
        self._hear(told, cause, lambda each: each.clear(told.evidence_id, told.has_copy))

    def take_identity(self, told: IdentityHandedOver, cause: Cause) -> None:
        handed = Filed(told.object, told.version, told.sha256)
        self._hear(told, cause, lambda each: each.take_identity(handed))

    # ---- what sends it to KPK ----

    def approve(self, told: ForwardingApproved, cause: Cause) -> None:
        self._hear(told, cause, lambda each: each.start(Ground.APPROVED))

    def miss_deadline(self, told: DeadlineMissed, cause: Cause) -> None:
        """Only the last deadline goes past everybody at the Inspektorat."""
        if told.escalates_to_kpk:
            self._hear(told, cause, lambda each: each.start(Ground.DEADLINE))
        else:
            self._store.save(cause=cause)

    def object(self, told: ObjectionRaised, cause: Cause) -> None:
        notice = Told(Notice.OBJECTION)
        self._hear(told, cause, lambda each: each.start_or_tell(Ground.OBJECTION, str(cause.event_id), notice))

    def declare_conflict(self, told: intake.ConflictDeclared | cases.ConflictDeclared, cause: Cause) -> None:
        notice = Told(Notice.CONFLICT)
        self._hear(told, cause, lambda each: each.start_or_tell(Ground.CONFLICT, str(cause.event_id), notice))

    # ---- what KPK is told of ----

    def see_case_opened(self, told: CaseOpened, cause: Cause) -> None:
        self._store.save(cause=cause, also=(case_watch.opened(told.report_id),))

    def change_status(self, told: CaseStatusChanged, cause: Cause) -> None:
        notice = Told(Notice.STATUS, status=told.status)
        self._hear(told, cause, lambda each: each.tell(str(cause.event_id), notice))

    def close(self, told: CaseClosed, cause: Cause) -> None:
        """Of a report that KPK hasn't, it is remembered. Closed as forwarded, it has to be there: nobody can say so of
        a report that they keep."""
        about, notice = str(cause.event_id), Told(Notice.CLOSED, _STATUS_OF[told.outcome], told.outcome)
        if told.outcome is CaseOutcome.FORWARDED_TO_KPK:
            self._hear(told, cause, lambda each: each.start_or_tell(Ground.CLOSED, about, notice))
        else:
            self._hear(told, cause, lambda each: each.tell(about, notice))

    def withdraw(self, told: ReportWithdrawn, cause: Cause) -> None:
        """A withdrawal stops nothing."""
        self._hear(told, cause, lambda each: each.tell("withdrawn", Told(Notice.WITHDRAWN)))

    def lose_key(self, told: ReportKeyLost, cause: Cause) -> None:
        """KPK hears of it also where it hasn't the report."""
        self._hear(told, cause, lambda each: each.tell(KEY_LOST, Told(Notice.KEY_LOST)))

    @retry_on_conflict
    def erase(self, told: ReportErased, cause: Cause) -> None:
        self._wrapper.must_be_erased(told.report_id)
        delivery = self._known_or_begun(told)
        delivery.erase()
        self._store.save(delivery, cause=cause, also=(held.removal(delivery.id), case_watch.removal(delivery.id)))

    @retry_on_conflict
    def _hear(self, told: ReportEvent, cause: Cause, change: Callable[[Delivery], None], *also: Statement) -> None:
        delivery = self._known_or_begun(told)
        change(delivery)
        self._store.save(delivery, cause=cause, also=(*_queued(delivery), *also))

    def _known_or_begun(self, told: ReportEvent) -> Delivery:
        return self._store.find(Delivery, told.report_id) or Delivery.begin(told.report_id, told.route)


_STATUS_OF = {
    CaseOutcome.PROVEN: CaseStatus.FINISHED,
    CaseOutcome.NOT_PROVEN: CaseStatus.FINISHED,
    CaseOutcome.REJECTED: CaseStatus.REJECTED,
    CaseOutcome.HANDED_TO_APH: CaseStatus.HANDED_TO_APH,
    CaseOutcome.FORWARDED_TO_KPK: CaseStatus.FORWARDED_TO_KPK,
}


def _queued(delivery: Delivery) -> tuple[Statement, ...]:
    owed = delivery.owed
    return (held.queue(delivery.id, owed),) if owed else ()
