"""intake's worker: each consumed event is one use case."""

from __future__ import annotations

from chassis.consume import HandedIn, consume
from chassis.store import Cause
from contracts.events import Envelope
from contracts.events.cases import CaseStatusChanged, MessageToReporter
from contracts.events.identity import ReportErased

from intake.application import Intake


class IntakeWorker:
    name = "intake"
    application: Intake = HandedIn()

    @consume(CaseStatusChanged)
    def change_status(self, envelope: Envelope[CaseStatusChanged], cause: Cause) -> None:
        self.application.hearing.change_status(envelope.data, cause)

    @consume(MessageToReporter)
    def deliver_reply(self, envelope: Envelope[MessageToReporter], cause: Cause) -> None:
        self.application.hearing.deliver_reply(envelope.data, cause)

    @consume(ReportErased)
    def erase_report(self, envelope: Envelope[ReportErased], cause: Cause) -> None:
        self.application.hearing.erase_report(envelope.data, cause)
