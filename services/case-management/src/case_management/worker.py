"""case-management's worker: each consumed event is one use case."""

from __future__ import annotations

from chassis.consume import HandedIn, consume
from chassis.store import Cause
from contracts.events import Envelope, forwarding, intake
from contracts.events.evidence import CopyFiled, EvidenceCleared, EvidenceFiled, EvidenceQuarantined
from contracts.events.forwarding import KpkStatusReceived, ReportDelivered
from contracts.events.identity import IdentityChecked, IdentityReviewed, ReportErased
from contracts.events.intake import IdentityOffered, MessageFromReporter, ReportSubmitted, ReportWithdrawn

from case_management.application import CaseManagement


class CaseManagementWorker:
    name = "case-management"
    application: CaseManagement = HandedIn()

    @consume(ReportSubmitted)
    def open_case(self, envelope: Envelope[ReportSubmitted], cause: Cause) -> None:
        self.application.hearing.open_case(envelope.data, cause)

    @consume(MessageFromReporter)
    def receive_message(self, envelope: Envelope[MessageFromReporter], cause: Cause) -> None:
        self.application.hearing.receive_message(envelope.data, cause)

    @consume(ReportWithdrawn)
    def note_withdrawal(self, envelope: Envelope[ReportWithdrawn], cause: Cause) -> None:
        self.application.hearing.note_withdrawal(envelope.data, cause)

    @consume(IdentityOffered)
    def note_offer(self, envelope: Envelope[IdentityOffered], cause: Cause) -> None:
        self.application.hearing.note_offer(envelope.data, cause)

    @consume(IdentityChecked)
    def judge_identity(self, envelope: Envelope[IdentityChecked], cause: Cause) -> None:
        self.application.hearing.judge_identity(envelope.data, cause)

    @consume(IdentityReviewed)
    def review_identity(self, envelope: Envelope[IdentityReviewed], cause: Cause) -> None:
        self.application.hearing.review_identity(envelope.data, cause)

    @consume(EvidenceFiled)
    def file_evidence(self, envelope: Envelope[EvidenceFiled], cause: Cause) -> None:
        self.application.hearing.file_evidence(envelope.data, cause)

    @consume(CopyFiled)
    def file_copy(self, envelope: Envelope[CopyFiled], cause: Cause) -> None:
        self.application.hearing.file_copy(envelope.data, cause)

    @consume(EvidenceCleared)
    def clear_evidence(self, envelope: Envelope[EvidenceCleared], cause: Cause) -> None:
        self.application.hearing.clear_evidence(envelope.data, cause)

    @consume(EvidenceQuarantined)
    def quarantine_evidence(self, envelope: Envelope[EvidenceQuarantined], cause: Cause) -> None:
        self.application.hearing.quarantine_evidence(envelope.data, cause)

    @consume(ReportDelivered)
    def note_delivery(self, envelope: Envelope[ReportDelivered], cause: Cause) -> None:
        self.application.hearing.note_delivery(envelope.data, cause)

    @consume(KpkStatusReceived)
    def change_kpk_status(self, envelope: Envelope[KpkStatusReceived], cause: Cause) -> None:
        self.application.hearing.change_kpk_status(envelope.data, cause)

    @consume(forwarding.ConflictDeclared)
    def declare_conflict_by_kpk(self, envelope: Envelope[forwarding.ConflictDeclared], cause: Cause) -> None:
        self.application.hearing.declare_conflict(envelope.data, cause)

    @consume(intake.ConflictDeclared)
    def declare_conflict_by_reporter(self, envelope: Envelope[intake.ConflictDeclared], cause: Cause) -> None:
        self.application.hearing.declare_conflict(envelope.data, cause)

    @consume(ReportErased)
    def erase_case(self, envelope: Envelope[ReportErased], cause: Cause) -> None:
        self.application.hearing.erase_case(envelope.data, cause)
