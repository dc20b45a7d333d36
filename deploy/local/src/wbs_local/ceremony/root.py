"""OpenBao as the root token sees it: used during the ceremony only, kept in memory, dead afterwards."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import hvac
import hvac.exceptions
import requests

STARTING_S = 60.0
# Answers of sys/health.
ACTIVE = (200,)
UNINITIALISED = (501,)


class NotStarted(Exception):
    """OpenBao did not become active within STARTING_S; its log says why."""


class AlreadyInitialised(Exception):
    """OpenBao was set up before and the ceremony did not end: its root token is lost, so only a reset helps."""

    def __init__(self) -> None:
        super().__init__("the set-up ceremony was broken off; begin anew with an empty system (make reset)")


class RootTokenAlive(Exception):
    """The root token still works after it was revoked: nothing of this set-up may be trusted."""


class Root:
    """Writes and reads with the root token; its `repr` shows none of it."""

    def __init__(self, url: str, token: str) -> None:
        self._client = hvac.Client(url=url, token=token, session=_session())

    @classmethod
    def of_a_fresh_openbao(cls, url: str) -> Root:
        """Initialise. The recovery key is discarded here: in the local profile nobody is to have it (ADR 4)."""
        _wait_for_health(url, *UNINITIALISED, *ACTIVE)
        client = hvac.Client(url=url, session=_session())
        if client.sys.is_initialized():
            raise AlreadyInitialised
        token = client.sys.initialize(recovery_shares=1, recovery_threshold=1)["root_token"]
        _wait_for_health(url, *ACTIVE)
        return cls(url, token)

    def write(self, path: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """POST; what OpenBao answers as `data`, or nothing."""
        return _data(self._client.adapter.post(f"/v1/{path}", json=dict(data or {})))

    def read(self, path: str) -> dict[str, Any]:
        return _data(self._client.adapter.get(f"/v1/{path}"))

    def revoke(self) -> None:
        """Revoke this token and prove it: a root token that lived on would undo every wall."""
        self._client.adapter.post("/v1/auth/token/revoke-self")
        try:
            self._client.adapter.get("/v1/auth/token/lookup-self")
        except hvac.exceptions.Forbidden:
            return
        raise RootTokenAlive


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy of the environment would see the root token
    return session


def _data(answer: Any) -> dict[str, Any]:
    # hvac gives the response itself, not a dict, when there is no content (204).
    return (answer.get("data") or {}) if isinstance(answer, dict) else {}


def _wait_for_health(url: str, *statuses: int) -> None:
    """The port is open before requests are answered, and keys are there before the node leads."""
    deadline = time.monotonic() + STARTING_S
    while _health(url) not in statuses:
        if time.monotonic() > deadline:
            raise NotStarted
        time.sleep(0.05)


def _health(url: str) -> int | None:
    try:
        return _session().get(f"{url}/v1/sys/health", timeout=STARTING_S).status_code
    except requests.ConnectionError:
        return None
