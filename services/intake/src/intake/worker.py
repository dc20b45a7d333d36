"""intake's worker: each consumed event is one use case."""

from __future__ import annotations

from chassis.consume import HandedIn, consume, every
from chassis.store import Cause
from contracts.events import Envelope
from contracts.events.cases import CaseOpened, CaseStatusChanged, MessageToReporter
from contracts.events.evidence import EvidenceCleared, EvidenceQuarantined, EvidenceReceived
from contracts.events.forwarding import KpkMessageReceived, KpkStatusReceived, ReportDelivered
from contracts.events.identity import CheckKeysPublished, IdentityChecked, IdentityReviewed, ReportErased

from intake.application import Intake


class IntakeWorker:
    name = "intake"
    application: Intake = HandedIn()

    @consume(CaseOpened)
    def note_case(self, envelope: Envelope[CaseOpened], cause: Cause) -> None:
        self.application.hearing.note_case(envelope.data, cause)

    @consume(CaseStatusChanged)
    def change_status(self, envelope: Envelope[CaseStatusChanged], cause: Cause) -> None:
        self.application.hearing.change_status(envelope.data, cause)

    @consume(MessageToReporter)
    def deliver_reply(self, envelope: Envelope[MessageToReporter], cause: Cause) -> None:
        self.application.hearing.deliver_reply(envelope.data, cause)

    @consume(CheckKeysPublished)
    def take_check_keys(self, envelope: Envelope[CheckKeysPublished], cause: Cause) -> None:
        self.application.offers.take_check_keys(envelope.data, cause)

    @consume(IdentityChecked)
    def judge_identity(self, envelope: Envelope[IdentityChecked], cause: Cause) -> None:
        self.application.hearing.judge_identity(envelope.data, cause)

    @consume(IdentityReviewed)
    def review_identity(self, envelope: Envelope[IdentityReviewed], cause: Cause) -> None:
        self.application.hearing.review_identity(envelope.data, cause)

    @consume(EvidenceReceived)
    def note_evidence(self, envelope: Envelope[EvidenceReceived], cause: Cause) -> None:
        self.application.hearing.note_evidence(envelope.data, cause)

    @consume(EvidenceCleared)
    def clear_evidence(self, envelope: Envelope[EvidenceCleared], cause: Cause) -> None:
        self.application.hearing.judge_evidence(envelope.data, cause)

    @consume(EvidenceQuarantined)
    def quarantine_evidence(self, envelope: Envelope[EvidenceQuarantined], cause: Cause) -> None:
        self.application.hearing.judge_evidence(envelope.data, cause)

    @consume(ReportDelivered)
    def note_delivery(self, envelope: Envelope[ReportDelivered], cause: Cause) -> None:
        self.application.hearing.note_delivery(envelope.data, cause)

    @consume(KpkStatusReceived)
    def change_kpk_status(self, envelope: Envelope[KpkStatusReceived], cause: Cause) -> None:
        self.application.hearing.change_kpk_status(envelope.data, cause)

    @consume(KpkMessageReceived)
    def deliver_message_of_kpk(self, envelope: Envelope[KpkMessageReceived], cause: Cause) -> None:
        self.application.hearing.deliver_reply(envelope.data, cause)

    @every(5)
    def sign_log_head(self) -> None:
        self.application.log.sign_head()

    @every(60)
    def expire_drafts(self) -> None:
        self.application.drafts.expire_old()
        self.application.drafts.forget_spent_challenges()
        self.application.forget_answers()
        self.application.late_evidence.expire_old()

    @consume(ReportErased)
    def erase_report(self, envelope: Envelope[ReportErased], cause: Cause) -> None:
        self.application.hearing.erase_report(envelope.data, cause)
