"""Proof of work (ALTCHA) in place of a captcha: it costs a phone a second, keeps bots out, tells nothing of anybody."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import altcha
from chassis.clock import Clock
from chassis.settings import Secret

LIFETIME = timedelta(minutes=20)  # after the end of the hour that it was issued in
_ALGORITHM = "PBKDF2/SHA-256"


class ChallengeExpired(Exception):
    pass


class ChallengeNotSolved(Exception):
    """Not one of ours, changed, or without a right solution."""


class Challenges:
    """`cost`: iterations a try; `tries`: how many are needed at least (up to twice as many)."""

    def __init__(self, secret: Secret, clock: Clock, cost: int, tries: int) -> None:
        self._secret = secret
        self._clock = clock
        self._cost = cost
        self._tries = tries

    def issue(self) -> Mapping[str, Any]:
        """A challenge as the ALTCHA widget and libraries take it."""
        challenge = altcha.create_challenge(
            _ALGORITHM,
            self._cost,
            counter=self._tries + secrets.randbelow(self._tries),
            expires_at=int((self._clock.next_hour() + LIFETIME).timestamp()),
            hmac_secret=self._secret.reveal(),
            hmac_key_secret=f"{self._secret.reveal()}/key",
        )
        issued: Mapping[str, Any] = challenge.to_dict()
        return issued

    def redeem(self, payload: str) -> str:
        """The nonce of a solved challenge. It may be spent once: the caller keeps it, in the transaction it pays for.

        The rest of a payload can be varied and still verifies, so nothing else of it may be compared.
        """
        result = altcha.verify_solution(payload, self._secret.reveal(), hmac_key_secret=f"{self._secret.reveal()}/key")
        if result.expired:
            raise ChallengeExpired
        if not result.verified:
            raise ChallengeNotSolved
        nonce: str = altcha.Payload.from_base64(payload).challenge.parameters.nonce
        return nonce.lower()
