"""identity-vault's use cases: offers and their checks, filing, check keys, the Super Admin's look, removals."""

from dataclasses import dataclass

from identity_vault.application.check_keys import CheckKeysCare
from identity_vault.application.filing import Filing
from identity_vault.application.offers import JOB, Offers
from identity_vault.application.reviews import Look, Reviewer, Reviews
from identity_vault.application.sweeping import Sweeping


@dataclass(frozen=True)
class IdentityVault:
    """The use cases, by whom they are for."""

    offers: Offers
    filing: Filing
    check_keys: CheckKeysCare
    reviews: Reviews
    sweeping: Sweeping


__all__ = [
    "JOB",
    "CheckKeysCare",
    "Filing",
    "IdentityVault",
    "Look",
    "Offers",
    "Reviewer",
    "Reviews",
    "Sweeping",
]
