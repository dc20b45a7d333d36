"""case-management's worker: each consumed event is one use case."""

from __future__ import annotations

from chassis.consume import HandedIn, consume
from chassis.store import Cause
from contracts.events import Envelope
from contracts.events.identity import ReportErased
from contracts.events.intake import MessageFromReporter, ReportSubmitted

from case_management.application import CaseManagement


class CaseManagementWorker:
    name = "case-management"
    application: CaseManagement = HandedIn()

    @consume(ReportSubmitted)
    def open_case(self, envelope: Envelope[ReportSubmitted], cause: Cause) -> None:
        self.application.open_case(envelope.data, cause)

    @consume(MessageFromReporter)
    def receive_message(self, envelope: Envelope[MessageFromReporter], cause: Cause) -> None:
        self.application.receive_message(envelope.data, cause)

    @consume(ReportErased)
    def erase_case(self, envelope: Envelope[ReportErased], cause: Cause) -> None:
        self.application.erase_case(envelope.data, cause)
