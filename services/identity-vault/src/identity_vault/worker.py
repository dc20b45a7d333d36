"""identity-vault's worker: each consumed event and each timer is one use case."""

from __future__ import annotations

from chassis.consume import HandedIn, consume, every
from chassis.store import Cause
from contracts.events import Envelope
from contracts.events.cases import CaseClosed
from contracts.events.identity import ReportErased
from contracts.events.intake import DraftExpired, IdentityOffered, ReportSubmitted

from identity_vault.application import IdentityVault

SWEEP_S, TEND_S = 2, 600


class IdentityVaultWorker:
    name = "identity-vault"
    application: IdentityVault = HandedIn()

    @consume(IdentityOffered)
    def receive_offer(self, envelope: Envelope[IdentityOffered], cause: Cause) -> None:
        self.application.offers.receive_offer(envelope.data, cause)

    @consume(ReportSubmitted)
    def submit(self, envelope: Envelope[ReportSubmitted], cause: Cause) -> None:
        self.application.filing.submit(envelope.data, cause)

    @consume(DraftExpired)
    def expire(self, envelope: Envelope[DraftExpired], cause: Cause) -> None:
        self.application.filing.expire(envelope.data, cause)

    @consume(CaseClosed)
    def close(self, envelope: Envelope[CaseClosed], cause: Cause) -> None:
        self.application.filing.close(envelope.data, cause)

    @consume(ReportErased)
    def erase(self, envelope: Envelope[ReportErased], cause: Cause) -> None:
        self.application.filing.erase(envelope.data, cause)

    @every(SWEEP_S)
    def sweep(self) -> None:
        self.application.sweeping.sweep()

    @every(TEND_S)
    def tend(self) -> None:
        self.application.check_keys.tend()
        self.application.sweeping.sweep_inbox()
