"""evidence's worker: each consumed event is one use case."""

from __future__ import annotations

from chassis.consume import HandedIn, consume, every
from chassis.store import Cause
from contracts.events import Envelope
from contracts.events.identity import ReportErased
from contracts.events.intake import DraftExpired, EvidenceExpired, MessageFromReporter, ReportSubmitted

from evidence.application import Evidence


class EvidenceWorker:
    name = "evidence"
    application: Evidence = HandedIn()

    @consume(ReportSubmitted)
    def file_submitted(self, envelope: Envelope[ReportSubmitted], cause: Cause) -> None:
        self.application.hearing.file_submitted(envelope.data, cause)

    @consume(MessageFromReporter)
    def file_batch(self, envelope: Envelope[MessageFromReporter], cause: Cause) -> None:
        self.application.hearing.file_batch(envelope.data, cause)

    @consume(DraftExpired)
    def expire_draft(self, envelope: Envelope[DraftExpired], cause: Cause) -> None:
        self.application.hearing.expire_draft(envelope.data, cause)

    @consume(EvidenceExpired)
    def expire_batch(self, envelope: Envelope[EvidenceExpired], cause: Cause) -> None:
        self.application.hearing.expire_batch(envelope.data, cause)

    @consume(ReportErased)
    def erase_report(self, envelope: Envelope[ReportErased], cause: Cause) -> None:
        self.application.hearing.erase_report(envelope.data, cause)

    @every(60)
    def drop_expired(self) -> None:
        self.application.removing.drop_expired()

    @every(5)
    def sweep(self) -> None:
        self.application.removing.sweep()

    @every(600)
    def rotate_keys(self) -> None:
        self.application.removing.rotate_keys()
