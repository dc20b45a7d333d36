"""After a restore: the topic has what got its 202, and heads of the log that are signed; this database lacks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from chassis.store import AggregateNotFound, Cause, ConstraintViolated, EventStore, Statement, retry_on_conflict
from chassis.telemetry import log
from chassis.wrapper import Erased, KeyMissing, NotWrapped, Wrapper
from contracts.encoding import strict_json
from contracts.events import INTAKE, Envelope, Event
from contracts.events.intake import LogHeadSigned, MessageFromReporter, ReportSubmitted, ReportWithdrawn
from contracts.facts import ReceiptRecord
from contracts.leaves import LogHead, as_hour
from contracts.schema import NotUnderstood, from_json

from intake.application import receipts
from intake.domain import LOG_ID, DoesNotExtend, Log, NotSubmitted, Report

# The receipt doesn't open, a message's report isn't there, another report has its locator, or a head forks the log.
NOT_TAKEN_BACK = (
    NotWrapped,
    KeyMissing,
    NotUnderstood,
    AggregateNotFound,
    NotSubmitted,
    ConstraintViolated,
    DoesNotExtend,
)


class Restoring:
    """`published`: all that stands on intake's own topic; `epoch` grows with each restore."""

    def __init__(
        self,
        store: EventStore,
        wrapper: Wrapper,
        epoch: int,
        published: Callable[[], Iterable[Envelope[Event]]],
    ) -> None:
        self._store = store
        self._wrapper = wrapper
        self._epoch = epoch
        self._published = published

    def take_back(self) -> None:
        """Once an epoch, before any event is handled and any timer runs."""
        if self._store.row("SELECT 1 FROM held.epochs WHERE epoch = %s", (self._epoch,)):
            return
        for envelope in self._published():
            if self._store.has_handled(envelope.id):
                continue
            try:
                self._take_back(envelope)
            except NOT_TAKEN_BACK as error:
                # People have to know which; the others must not wait for it.
                log.error("not_taken_back", subject=envelope.subject, error=type(error).__name__)
        self._store.execute(Statement("INSERT INTO held.epochs VALUES (%s)", (self._epoch,)))

    def _take_back(self, envelope: Envelope[Event]) -> None:
        cause = Cause(INTAKE, envelope.id)
        if isinstance(envelope.data, ReportSubmitted):
            self._take_back_report(envelope.data, envelope.time, cause)
        elif isinstance(envelope.data, MessageFromReporter):
            self._take_back_message(envelope.data, envelope.time, cause)
        elif isinstance(envelope.data, LogHeadSigned):
            self._take_back_head(envelope.data, cause)
        elif isinstance(envelope.data, ReportWithdrawn):
            self._take_back_withdrawal(envelope.data, cause)

    @retry_on_conflict
    def _take_back_report(self, submitted: ReportSubmitted, hour: datetime, cause: Cause) -> None:
        report = self._store.find(Report, submitted.report_id) or Report.begin(submitted.report_id, submitted.route)
        if report.is_submitted:
            self._store.save(cause=cause)
            return
        receipt, is_key_lost = self._receipt_or_loss(submitted)
        report.submit(
            event_id=cause.event_id,
            hour=hour,
            offer_id=submitted.offer_id,
            evidence_ids=submitted.evidence_ids,
            originals_to_kpk=submitted.originals_to_kpk,
            identity_level=submitted.identity_level,
            facts=submitted.facts,
            story=submitted.story,
            receipt=submitted.receipt,
            leaf=submitted.leaf,
            promise=receipt.promise if receipt else "",
        )
        if is_key_lost:
            report.lose_key()
        lacks = receipt is not None and not receipts.exists(self._store, submitted.report_id)
        also = (receipts.insertion(submitted.report_id, receipt),) if receipt and lacks else ()
        self._store.save(report, cause=cause, also=also)

    @retry_on_conflict
    def _take_back_message(self, message: MessageFromReporter, hour: datetime, cause: Cause) -> None:
        report = self._store.load(Report, message.report_id)
        report.receive_message(
            event_id=cause.event_id,
            hour=hour,
            letter_id=message.letter_id,
            text=message.text,
            batch_id=message.batch_id,
            evidence_ids=message.evidence_ids,
            leaf=message.leaf,
        )
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def _take_back_head(self, signed: LogHeadSigned, cause: Cause) -> None:
        """A restored log goes on from the last head that was published: another one would be a fork."""
        log = self._store.find(Log, LOG_ID) or Log.begin()
        if signed.size > log.frontier.size:
            head = LogHead(size=signed.size, root=signed.root, hour=as_hour(signed.hour))
            log.extend(signed.leaves, head, signed.head, cause.event_id)
        self._store.save(log, cause=cause)

    @retry_on_conflict
    def _take_back_withdrawal(self, withdrawn: ReportWithdrawn, cause: Cause) -> None:
        report = self._store.load(Report, withdrawn.report_id)
        report.withdraw()
        self._store.save(report, cause=cause)

    def _receipt_or_loss(self, submitted: ReportSubmitted) -> tuple[ReceiptRecord | None, bool]:
        """Where OpenBao was restored too, the key may be lost, and the mailbox with it: the report isn't."""
        try:
            return self._receipt_in(submitted), False
        except KeyMissing:
            log.error("mailbox_not_taken_back", subject=submitted.subject)
            return None, True

    def _receipt_in(self, submitted: ReportSubmitted) -> ReceiptRecord | None:
        """None once the report is erased."""
        receipt = self._wrapper.unwrap(submitted.report_id, receipts.RECEIPT, submitted.receipt)
        return None if isinstance(receipt, Erased) else from_json(ReceiptRecord, strict_json(receipt))
