"""What other services tell: a report was submitted or its draft expired, late evidence is named or not, erasure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.store import Cause, EventStore, Statement, retry_on_conflict
from chassis.wrapper import Wrapper
from contracts.events.identity import ReportErased
from contracts.events.intake import DraftExpired, EvidenceExpired, MessageFromReporter, ReportSubmitted
from contracts.vocabulary import Route

from evidence import held
from evidence.application import jobs
from evidence.domain import Report
from evidence.sealed_objects import COPIES, ORIGINALS

# A draft that has expired is removed so much later: a submission, which beats an expiry, may come behind it.
GRACE_GRAINS = 24


class Hearing:
    """A report may be heard of before any piece of it, or never have one: its history begins with what comes first."""

    def __init__(self, store: EventStore, clock: Clock, wrapper: Wrapper) -> None:
        self._store = store
        self._wrapper = wrapper
        self._clock = clock

    @retry_on_conflict
    def file_submitted(self, submitted: ReportSubmitted, cause: Cause) -> None:
        """Each named piece is filed, whatever the checks say; what isn't named is dropped."""
        report = self._known_or_begun(submitted.report_id, submitted.route)
        report.submit(submitted.evidence_ids, submitted.originals_to_kpk)
        self._store.save(
            report,
            cause=cause,
            also=(*self._filing(report), held.dropping(report.id, None, report.named), _ended(report.id)),
        )

    @retry_on_conflict
    def file_batch(self, message: MessageFromReporter, cause: Cause) -> None:
        report = self._known_or_begun(message.report_id, message.route)
        report.submit_batch(message.batch_id, message.evidence_ids)
        batch = message.batch_id
        dropped = () if batch is None else (held.dropping(report.id, batch, report.named), _ended(report.id))
        self._store.save(report, cause=cause, also=(*self._filing(report), *dropped))

    @retry_on_conflict
    def expire_draft(self, expired: DraftExpired, cause: Cause) -> None:
        report = self._known_or_begun(expired.report_id, expired.route)
        report.expire()
        after = self._clock.hour() + timedelta(seconds=GRACE_GRAINS * self._clock.grain)
        mark = Statement("UPDATE held.drafts SET remove_after = %s WHERE report_id = %s", (after, report.id))
        self._store.save(report, cause=cause, also=() if report.is_submitted else (mark,))

    @retry_on_conflict
    def expire_batch(self, expired: EvidenceExpired, cause: Cause) -> None:
        report = self._known_or_begun(expired.report_id, expired.route)
        report.expire_batch(expired.batch_id)
        self._store.save(
            report, cause=cause, also=(held.dropping(report.id, expired.batch_id, report.named), _ended(report.id))
        )

    @retry_on_conflict
    def erase_report(self, erased: ReportErased, cause: Cause) -> None:
        """Keys that were still held go, and all that isn't locked. What is locked can't be opened by anybody."""
        self._wrapper.must_be_erased(erased.report_id)
        report = self._known_or_begun(erased.report_id, erased.route)
        report.erase()
        keys = Statement("DELETE FROM held.uploads WHERE report_id = %s", (report.id,))
        copies = (held.wiping(COPIES, piece.copy.object) for piece in report.pieces.values() if piece.copy)
        originals = (
            held.wiping(ORIGINALS, piece.original.object) for piece in report.pieces.values() if not piece.is_filed
        )
        self._store.save(report, cause=cause, also=(keys, _ended(report.id), *copies, *originals))

    def _known_or_begun(self, report_id: UUID, route: Route) -> Report:
        return self._store.find(Report, report_id) or Report.begin(report_id, route)

    @staticmethod
    def _filing(report: Report) -> tuple[Statement, ...]:
        queue: Callable[[UUID], Statement] = lambda each: jobs.queue_filing(report.id, each, jobs.FILE)  # noqa: E731
        return tuple(queue(each) for each in report.waiting_to_be_filed)


def _ended(report_id: UUID) -> Statement:
    """What pieces were compared by isn't needed any more."""
    return Statement("DELETE FROM held.drafts WHERE report_id = %s", (report_id,))
