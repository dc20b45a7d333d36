"""kpk-forwarder's worker: each consumed event is one use case."""

from __future__ import annotations

from chassis.consume import HandedIn, consume
from chassis.store import Cause
from contracts.events import Envelope, cases, intake
from contracts.events.cases import CaseClosed, CaseOpened, CaseStatusChanged, DeadlineMissed, ForwardingApproved
from contracts.events.evidence import CopyFiled, EvidenceCleared, EvidenceFiled, EvidenceQuarantined
from contracts.events.identity import IdentityHandedOver, ReportErased
from contracts.events.intake import (
    MessageFromReporter,
    ObjectionRaised,
    ReportKeyLost,
    ReportSubmitted,
    ReportWithdrawn,
)

from kpk_forwarder.application import Forwarder


class ForwarderWorker:
    name = "kpk-forwarder"
    application: Forwarder = HandedIn()

    @consume(ReportSubmitted)
    def submit(self, envelope: Envelope[ReportSubmitted], cause: Cause) -> None:
        self.application.hearing.submit(envelope.data, cause)

    @consume(MessageFromReporter)
    def receive_message(self, envelope: Envelope[MessageFromReporter], cause: Cause) -> None:
        self.application.hearing.receive_message(envelope.data, cause)

    @consume(ReportKeyLost)
    def lose_key(self, envelope: Envelope[ReportKeyLost], cause: Cause) -> None:
        self.application.hearing.lose_key(envelope.data, cause)

    @consume(ReportWithdrawn)
    def withdraw(self, envelope: Envelope[ReportWithdrawn], cause: Cause) -> None:
        self.application.hearing.withdraw(envelope.data, cause)

    @consume(ObjectionRaised)
    def object(self, envelope: Envelope[ObjectionRaised], cause: Cause) -> None:
        self.application.hearing.object(envelope.data, cause)

    @consume(intake.ConflictDeclared)
    def declare_conflict_by_reporter(self, envelope: Envelope[intake.ConflictDeclared], cause: Cause) -> None:
        self.application.hearing.declare_conflict(envelope.data, cause)

    @consume(IdentityHandedOver)
    def take_identity(self, envelope: Envelope[IdentityHandedOver], cause: Cause) -> None:
        self.application.hearing.take_identity(envelope.data, cause)

    @consume(ReportErased)
    def erase(self, envelope: Envelope[ReportErased], cause: Cause) -> None:
        self.application.hearing.erase(envelope.data, cause)

    @consume(EvidenceFiled)
    def file_original(self, envelope: Envelope[EvidenceFiled], cause: Cause) -> None:
        self.application.hearing.file_original(envelope.data, cause)

    @consume(CopyFiled)
    def file_copy(self, envelope: Envelope[CopyFiled], cause: Cause) -> None:
        self.application.hearing.file_copy(envelope.data, cause)

    @consume(EvidenceCleared)
    def clear(self, envelope: Envelope[EvidenceCleared], cause: Cause) -> None:
        self.application.hearing.clear(envelope.data, cause)

    @consume(EvidenceQuarantined)
    def quarantine(self, envelope: Envelope[EvidenceQuarantined], cause: Cause) -> None:
        self.application.hearing.quarantine(envelope.data, cause)

    @consume(ForwardingApproved)
    def approve(self, envelope: Envelope[ForwardingApproved], cause: Cause) -> None:
        self.application.hearing.approve(envelope.data, cause)

    @consume(DeadlineMissed)
    def miss_deadline(self, envelope: Envelope[DeadlineMissed], cause: Cause) -> None:
        self.application.hearing.miss_deadline(envelope.data, cause)

    @consume(CaseOpened)
    def see_case_opened(self, envelope: Envelope[CaseOpened], cause: Cause) -> None:
        self.application.hearing.see_case_opened(envelope.data, cause)

    @consume(CaseStatusChanged)
    def change_status(self, envelope: Envelope[CaseStatusChanged], cause: Cause) -> None:
        self.application.hearing.change_status(envelope.data, cause)

    @consume(CaseClosed)
    def close(self, envelope: Envelope[CaseClosed], cause: Cause) -> None:
        self.application.hearing.close(envelope.data, cause)

    @consume(cases.ConflictDeclared)
    def declare_conflict_at_the_case(self, envelope: Envelope[cases.ConflictDeclared], cause: Cause) -> None:
        self.application.hearing.declare_conflict(envelope.data, cause)
