"""Signs the local system's people in, for the demo and the tests: real passwords, real one-time codes, none twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.openbao import OpenBaoDown, Person, Refused, request
from chassis.settings import Secret
from chassis.sign_in.two_phases import TwoPhases

from wbs_local.ceremony.codes import Codes
from wbs_local.ceremony.people import Enrolled, people_of
from wbs_local.ceremony.walls import declared
from wbs_local.parts import openbao
from wbs_local.system import System

NEARLY_OVER_S = 60

# Of this process: OpenBao takes a code once, so that whoever signs in often runs out of codes and waits half a minute.
_tokens: dict[tuple[str, str], Secret] = {}  # by address and user


@dataclass(frozen=True)
class Asked:
    """A two-person act that was asked for: `token` carries it out once another person has approved `accessor`."""

    token: Secret
    accessor: str


class NotApproved(Exception):
    """The approval didn't count."""


class Desk:
    """The people at work in `system`."""

    def __init__(self, system: System) -> None:
        self.phases = TwoPhases(openbao.url(system), tuple(declared().sign_in_mounts))
        self.codes = Codes(system.secrets_of("people") / "codes_given.json")
        self._people = {person.user: person for person in people_of(system)}

    def enrolled(self, user: str) -> Enrolled:
        return self._people[user]

    def password(self, user: str) -> Secret:
        return Secret(self._people[user].password)

    def code(self, user: str) -> str:
        """A code that wasn't given out yet."""
        return self.codes.unused(self._people[user].otpauth_url)

    def sign_in(self, user: str) -> Secret:
        """A new token, by both phases."""
        return self.phases.finish(self.phases.begin(user, self.password(user)), self.code(user))

    def token(self, user: str) -> Secret:
        """A token of this person; the same one as long as it is good."""
        key = (self.phases.url, user)
        if key not in _tokens or not self._is_good(_tokens[key]):
            _tokens[key] = self.sign_in(user)
        return _tokens[key]

    def _is_good(self, token: Secret) -> bool:
        try:
            return self.phases.who(token).seconds_left > NEARLY_OVER_S
        except Refused:
            return False

    def person(self, user: str) -> Person:
        return self.phases.person(self.token(user))

    def ask(self, user: str, method: str, path: str, data: Mapping[str, Any] | None = None) -> Asked:
        """Ask for a two-person act; nothing happens yet."""
        wrapped = request(self.phases.url, self.token(user), method, path, data)["wrap_info"]
        return Asked(Secret(wrapped["token"]), wrapped["accessor"])

    def approve(self, user: str, asked: Asked) -> None:
        """Raises NotApproved when this person doesn't count, because of who they are or because they asked."""
        try:
            answer = self.person(user).write("sys/control-group/authorize", {"accessor": asked.accessor})
        except OpenBaoDown:
            raise NotApproved from None  # OpenBao answers an asker who approves with 500
        if not answer["approved"]:
            raise NotApproved

    def carry_out(self, user: str, asked: Asked) -> dict[str, Any]:
        """Do what was approved; Refused or OpenBaoDown before that."""
        return request(
            self.phases.url, self.token(user), "post", "sys/wrapping/unwrap", {"token": asked.token.reveal()}
        )

    def act(
        self, asker: str, approver: str, method: str, path: str, data: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """A two-person act from asking to doing; gives `data` of OpenBao's answer."""
        asked = self.ask(asker, method, path, data)
        self.approve(approver, asked)
        return self.carry_out(asker, asked).get("data") or {}
