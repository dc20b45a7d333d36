"""identity-vault's aggregate: the identity of a report."""

from identity_vault.domain.history import Offer
from identity_vault.domain.identity import Identity, NotLookedAt, NotWaiting, ReasonMissing

__all__ = ["Identity", "NotLookedAt", "NotWaiting", "Offer", "ReasonMissing"]
