"""The keys that a client trusts: fetched from the service, believed only by the fingerprint on posters and in apps."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.key_pairs import PublicKey
from contracts.keys import KeySet, verify_check_keys, verify_key_set
from contracts.letters import Recipients

from wbs_client.public_api import PublicApi


@dataclass(frozen=True)
class TrustedKeys:
    """`checks`: the keys that an identity is sealed to until it was checked; empty until there are any."""

    people: KeySet
    checks: Recipients

    def recipients(self, reporter: PublicKey) -> Recipients:
        """Whom letters can be sealed to, the reporter's own key among them."""
        return {**self.people.recipients(), **self.checks, "reporter": [reporter]}


def fetch_keys(api: PublicApi, fingerprint: str, at_least_version: int = 0) -> TrustedKeys:
    """Raises a `contracts.keys.KeySetError` when the set isn't the one that the fingerprint vouches for."""
    answer = api.get("/api/v1/keys")
    people = verify_key_set(answer["people"], fingerprint, at_least_version)
    return TrustedKeys(people, verify_check_keys(answer["checks"], people) if answer["checks"] else {})
