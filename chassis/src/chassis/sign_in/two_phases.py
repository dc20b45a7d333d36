"""A person's sign-in at OpenBao: first the password, then the one-time code; only then there is a token."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.openbao import BadRequest, Person, Refused, request
from chassis.settings import Secret

ROLE_PREFIX = "person-"
SHORTEST_REFUSAL_S = 0.5


class WrongPassword(Exception):
    """Wrong password, no such user, or shut for a while after five wrong ones: nobody outside is told which."""


class WrongCode(Exception):
    """A wrong or used one-time code, or shut for half a minute after five wrong ones: OpenBao doesn't tell which."""


class PasswordTooLongAgo(Exception):
    """The first phase has expired: begin again."""


@dataclass(frozen=True)
class Pending:
    """The first phase is done. Worth nothing without the code."""

    request_id: str
    method_id: str


@dataclass(frozen=True)
class SignedIn:
    """Who a token belongs to now, and what it may still do: asked anew at each request, since groups may change."""

    user: str
    entity_id: str
    roles: frozenset[str]
    seconds_left: int
    seconds_at_most: int


@dataclass(frozen=True)
class TwoPhases:
    """Sign-in through one of `mounts` (see deploy/walls/openbao.toml): a person has a password in one of them."""

    url: str
    mounts: Sequence[str]

    def begin(self, user: str, password: Secret) -> Pending:
        """First phase. Every mount is tried until one knows the person; raises WrongPassword.

        A refusal takes no less than SHORTEST_REFUSAL_S: OpenBao is quicker for a name that it has locked, so its time
        would tell which names there are.
        """
        began = time.monotonic()
        try:
            return self._begin(user, password)
        except WrongPassword:
            time.sleep(max(0.0, SHORTEST_REFUSAL_S - (time.monotonic() - began)))
            raise

    def _begin(self, user: str, password: Secret) -> Pending:
        if not _is_a_name(user):
            raise WrongPassword
        for mount in self.mounts:
            try:
                answer = request(self.url, None, "post", f"auth/{mount}/login/{user}", {"password": password.reveal()})
            except (BadRequest, Refused):
                continue
            return _pending(answer["auth"]["mfa_requirement"])
        raise WrongPassword

    def finish(self, pending: Pending, code: str) -> Secret:
        """Second phase; gives the person's token. Raises WrongCode or PasswordTooLongAgo."""
        data = {"mfa_request_id": pending.request_id, "mfa_payload": {pending.method_id: [code]}}
        try:
            answer = request(self.url, None, "post", "sys/mfa/validate", data)
        except Refused:
            raise WrongCode from None
        except BadRequest:
            raise PasswordTooLongAgo from None
        return Secret(answer["auth"]["client_token"])

    def who(self, token: Secret) -> SignedIn:
        """Whose token it is; Refused once it has ended."""
        found = self.person(token).read("auth/token/lookup-self")
        return SignedIn(
            user=found["meta"]["username"],
            entity_id=found["entity_id"],
            roles=_roles(found.get("identity_policies") or ()),
            seconds_left=int(found["ttl"]),
            seconds_at_most=int(found["creation_ttl"]),
        )

    def renew(self, token: Secret) -> None:
        request(self.url, token, "post", "auth/token/renew-self", {})

    def end(self, token: Secret) -> None:
        """Revoke the token; one that has ended already is ended."""
        try:
            request(self.url, token, "post", "auth/token/revoke-self", {})
        except Refused:
            return

    def person(self, token: Secret) -> Person:
        return Person(self.url, token)


def _is_a_name(user: str) -> bool:
    # It becomes a segment of a path: `x/password` would be another endpoint.
    return user.isascii() and user.isalnum() and len(user) <= 64


def _pending(requirement: Mapping[str, Any] | None) -> Pending:
    if requirement is None:
        # A mount without enforced codes would let a password alone in: no sign-in at all then.
        raise WrongPassword
    (constraint,) = requirement["mfa_constraints"].values()
    return Pending(requirement["mfa_request_id"], constraint["any"][0]["id"])


def _roles(policies: Sequence[str]) -> frozenset[str]:
    return frozenset(policy.removeprefix(ROLE_PREFIX) for policy in policies if policy.startswith(ROLE_PREFIX))
