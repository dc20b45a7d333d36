"""OpenBao as a service uses it: its own sign-in, renewed in time, and calls made with a person's token instead."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import stamina
from contracts.key_pairs import RemoteSigner
from contracts.signatures import sign_text

from chassis.openbao import signing
from chassis.openbao.calls import data_of, request
from chassis.openbao.errors import BadRequest, OpenBaoDown, Refused
from chassis.openbao.person_access import Person
from chassis.settings import Secret, Settings

# Together well below what a client waits for an answer, or it gives up before it is told that OpenBao is away (503).
# A worker has a patience of its own around it.
PATIENCE_S = 5.0
VERSION_LASTS_S = 10.0
SIGN_IN = "auth/approle/login"
MOUNT = "sign-services"


@dataclass(frozen=True)
class _SignedIn:
    """A token, and when on the monotonic clock another one is due."""

    token: Secret
    renew_at: float


@dataclass(frozen=True)
class _Seen:
    """A key's newest version, and until when on the monotonic clock it is taken for that."""

    version: int
    until: float


class OpenBao:
    """A service's own access: signs in by AppRole, again at 2/3 of the token's life and once when refused. Thread safe.

    Every call is safe to repeat; one that finds OpenBao down is repeated for `patience` seconds, then raises
    OpenBaoDown.
    """

    def __init__(
        self,
        url: str,
        role_id: Secret,
        secret_id: Secret,
        patience: float = PATIENCE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._role_id = role_id
        self._secret_id = secret_id
        self._patience = patience
        self._monotonic = monotonic
        self._signing_in = threading.Lock()
        self._signed_in: _SignedIn | None = None
        self._versions: dict[str, _Seen] = {}

    @classmethod
    def of(cls, settings: Settings) -> OpenBao:
        role_id, secret_id = (settings.secret(f"openbao_{name}") for name in ("role_id", "secret_id"))
        return cls(settings.openbao_url, role_id, secret_id)

    def write(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """POST as the service; gives `data` of the answer."""
        return self._patiently(lambda token: data_of(request(self._url, token, "post", path, data)))

    def read(self, path: str) -> dict[str, Any]:
        return self._patiently(lambda token: data_of(request(self._url, token, "get", path)))

    def signer(self, service: str, version: int | None = None) -> RemoteSigner:
        """Sign as `service`, with the newest version of its key (as seen some seconds ago at most) unless told."""
        stated = version if version is not None else self._newest_version(service)
        return signing.signer(self.write, MOUNT, service, stated, signing.plain_kid(service, stated))

    def _newest_version(self, service: str) -> int:
        """Not asked before each signature: the version before a rotation signs on until people retire it."""
        known = self._versions.get(service)
        if known is not None and self._monotonic() < known.until:
            return known.version
        version = signing.newest_version(self.read, MOUNT, service)
        self._versions[service] = _Seen(version, self._monotonic() + VERSION_LASTS_S)
        return version

    def sign(self, service: str, payload: bytes, typ: str = "JWT") -> bytes:
        """Compact JWS (ES256) of `payload` by the service's own key."""
        return sign_text(payload, self.signer(service), typ).encode()

    def as_person(self, token: Secret) -> Person:
        return Person(self._url, token)

    def _patiently(self, call: Callable[[Secret], dict[str, Any]]) -> dict[str, Any]:
        began = self._monotonic()
        try:
            return self._with_a_good_token(call)
        except OpenBaoDown:
            left = began + self._patience - self._monotonic()
            if left <= 0:
                raise
        # Made only now, since it takes as long as a call.
        caller = stamina.RetryingCaller(attempts=None, timeout=left, wait_max=2.0)
        return caller(OpenBaoDown, self._with_a_good_token, call)

    def _with_a_good_token(self, call: Callable[[Secret], dict[str, Any]]) -> dict[str, Any]:
        now = self._signed_in
        if now is None or self._monotonic() >= now.renew_at:
            now = self._sign_in(instead_of=now)
        try:
            return call(now.token)
        except Refused:
            # Either the policy says no, or the token ended early (revoked, OpenBao restored): OpenBao tells no
            # difference, so a fresh token decides.
            return call(self._sign_in(instead_of=now).token)

    def _sign_in(self, instead_of: _SignedIn | None) -> _SignedIn:
        """One thread at a time, for all: nobody waits behind one that gets no answer for longer than `patience`."""
        if not self._signing_in.acquire(timeout=self._patience):
            raise OpenBaoDown
        try:
            if self._signed_in is None or self._signed_in is instead_of:
                self._signed_in = self._signed_in_anew()
            return self._signed_in
        finally:
            self._signing_in.release()

    def _signed_in_anew(self) -> _SignedIn:
        credentials = {"role_id": self._role_id.reveal(), "secret_id": self._secret_id.reveal()}
        try:
            auth = request(self._url, None, "post", SIGN_IN, credentials)["auth"]
        except BadRequest:
            raise Refused(SIGN_IN) from None
        return _SignedIn(Secret(auth["client_token"]), self._monotonic() + auth["lease_duration"] * 2 / 3)
