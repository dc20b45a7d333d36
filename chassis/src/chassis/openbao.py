"""OpenBao as a service uses it: its own sign-in, renewed in time, and calls made with a person's token instead."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import hvac
import hvac.exceptions
import requests
import stamina
from contracts.encoding import from_b64u
from contracts.key_pairs import CannotUnwrap, RemoteOpener, RemoteSigner
from contracts.signatures import sign_text

from chassis import DependencyDown
from chassis.settings import Secret, Settings

# Together well below what a client waits for an answer, or it gives up before it is told that OpenBao is away (503).
# A worker has a patience of its own around it.
PATIENCE_S = 5.0
CALL_TIMEOUT_S = 10.0
RSA_MISFIT = "failed to RSA decrypt"  # answered with 500
VERSION_LASTS_S = 10.0
SIGN_IN = "auth/approle/login"


class OpenBaoDown(DependencyDown):
    """OpenBao does not answer, or answers that it can't now."""

    def __init__(self) -> None:
        super().__init__("openbao")


class Sealed(OpenBaoDown):
    """OpenBao runs but is sealed or without a leader: people have to see to it if it lasts."""


class TooManyCalls(OpenBaoDown):
    """A quota holds the caller back; later it will pass."""


class Refused(Exception):
    """No policy allows this, or the token is no longer good. Only the path is told."""

    def __init__(self, path: str) -> None:
        super().__init__(f"OpenBao refuses {path}")
        self.path = path


class BadRequest(Exception):
    """OpenBao can't do what was asked, e.g. the ciphertext doesn't fit. Its own text may quote input: it is not
    told."""

    def __init__(self, path: str) -> None:
        super().__init__(f"OpenBao can't do what {path} was asked")
        self.path = path


class KeyNotFound(BadRequest):
    """There is no such key: never made, destroyed, or lost."""


class Unsupported(BadRequest):
    """OpenBao has this path switched off."""


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
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._renew_at = 0.0
        self._versions: dict[str, _Seen] = {}

    @classmethod
    def of(cls, settings: Settings) -> OpenBao:
        role_id, secret_id = (settings.secret(f"openbao_{name}") for name in ("role_id", "secret_id"))
        return cls(settings.openbao_url, role_id, secret_id)

    def write(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """POST as the service; gives `data` of the answer."""
        return self._patiently(lambda token: _data(request(self._url, token, "post", path, data)))

    def read(self, path: str) -> dict[str, Any]:
        return self._patiently(lambda token: _data(request(self._url, token, "get", path)))

    def signer(self, service: str, version: int | None = None) -> RemoteSigner:
        """Sign as `service`, with the newest version of its key (as seen some seconds ago at most) unless told."""
        stated = version if version is not None else self._newest_version(service)
        return _signer(self.read, self.write, "sign-services", service, stated, plain_kid)

    def _newest_version(self, service: str) -> int:
        """Not asked before each signature: the version before a rotation signs on until people retire it."""
        known = self._versions.get(service)
        if known is not None and self._monotonic() < known.until:
            return known.version
        version = int(self.read(f"sign-services/keys/{service}")["latest_version"])
        self._versions[service] = _Seen(version, self._monotonic() + VERSION_LASTS_S)
        return version

    def sign(self, service: str, payload: bytes, typ: str = "JWT") -> bytes:
        """Compact JWS (ES256) of `payload` by the service's own key."""
        return sign_text(payload, self.signer(service), typ).encode()

    def as_person(self, token: Secret) -> Person:
        return Person(self._url, token)

    def is_ready(self) -> bool:
        """Whether the service can sign in and use its token now."""
        try:
            request(self._url, self._current_token(), "get", "auth/token/lookup-self")
        except (OpenBaoDown, Refused, BadRequest):
            return False
        return True

    def _patiently(self, call: Callable[[Secret], dict[str, Any]]) -> dict[str, Any]:
        caller = stamina.RetryingCaller(attempts=None, timeout=self._patience, wait_max=2.0)
        return caller(OpenBaoDown, self._with_a_good_token, call)

    def _with_a_good_token(self, call: Callable[[Secret], dict[str, Any]]) -> dict[str, Any]:
        token = self._current_token()
        try:
            return call(token)
        except Refused:
            # Either the policy says no, or the token ended early (revoked, OpenBao restored): OpenBao tells no
            # difference, so a fresh token decides.
            return call(self._fresh_token(instead_of=token))

    def _current_token(self) -> Secret:
        with self._lock:
            if self._token is None or self._monotonic() >= self._renew_at:
                return self._sign_in()
            return self._token

    def _fresh_token(self, instead_of: Secret) -> Secret:
        with self._lock:
            if self._token is not None and self._token is not instead_of:
                return self._token  # another thread has just signed in
            return self._sign_in()

    def _sign_in(self) -> Secret:
        credentials = {"role_id": self._role_id.reveal(), "secret_id": self._secret_id.reveal()}
        try:
            auth = request(self._url, None, "post", SIGN_IN, credentials)["auth"]
        except BadRequest:
            raise Refused(SIGN_IN) from None
        self._token = Secret(auth["client_token"])
        self._renew_at = self._monotonic() + auth["lease_duration"] * 2 / 3
        return self._token


class Person:
    """Calls with a person's own token: one try, since the person is there to try again. Refused when it has ended."""

    def __init__(self, url: str, token: Secret) -> None:
        self._url = url
        self._token = token

    def write(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return _data(request(self._url, self._token, "post", path, data))

    def read(self, path: str) -> dict[str, Any]:
        return _data(request(self._url, self._token, "get", path))

    def unwrap_content_key(self, recipient: str, version: int, encrypted_key: bytes, **ids: str) -> bytes:
        """The content key of a letter to `recipient`; `ids` as the recipient's policy asks (`decision_id`).

        Raises CannotUnwrap when the key was sealed to another key or changed, Refused when the person may not.
        """
        ciphertext = f"vault:v{version}:{base64.b64encode(encrypted_key).decode()}"
        try:
            answer = self.write(f"letters/decrypt/{recipient}", {"ciphertext": ciphertext, **ids})
        except BadRequest:
            raise CannotUnwrap from None
        return base64.b64decode(answer["plaintext"])

    def opener(self, recipient: str, version: int = 1, **ids: str) -> RemoteOpener:
        """Open letters to `recipient` (`contracts.letters`)."""
        return RemoteOpener(
            plain_kid(recipient, version), lambda wrapped: self.unwrap_content_key(recipient, version, wrapped, **ids)
        )

    def signer(self, role: str, version: int | None = None) -> RemoteSigner:
        """Sign as one's role, with the newest version of its key unless told."""
        return _signer(self.read, self.write, "sign-staff", role, version, staff_kid)

    def sign(self, role: str, payload: bytes, typ: str = "JWT") -> bytes:
        return sign_text(payload, self.signer(role), typ).encode()


_Read = Callable[[str], dict[str, Any]]
_Write = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def plain_kid(key: str, version: int) -> str:
    return f"{key}:v{version}"


def staff_kid(role: str, version: int) -> str:
    """Unlike `super-admin:v1`, which letters are sealed to: in the key set a kid stands once."""
    return f"{role}:sig-v{version}"


def _signer(
    read: _Read, write: _Write, mount: str, key: str, version: int | None, kid: Callable[[str, int], str]
) -> RemoteSigner:
    # The version is fixed first, because the signed header names it; a rotation in between changes nothing.
    stated = version if version is not None else int(read(f"{mount}/keys/{key}")["latest_version"])

    path = f"{mount}/sign/{key}/sha2-256"
    return RemoteSigner(kid(key, stated), lambda message: signature_of(write, path, message, stated))


def signature_of(write: _Write, path: str, message: bytes, version: int) -> bytes:
    """ES256 as a JWS carries it. OpenBao is sent the digest alone: its memory keeps what it was sent for a while, and a
    message may hold an identity."""
    digest = base64.b64encode(sha256(message).digest()).decode()
    data = {"input": digest, "prehashed": "true", "marshaling_algorithm": "jws", "key_version": version}
    return from_b64u(str(write(path, data)["signature"]).rpartition(":")[2])


def _data(answer: Mapping[str, Any]) -> dict[str, Any]:
    return answer.get("data") or {}


def request(
    url: str, token: Secret | None, method: str, path: str, data: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One request. hvac's own errors quote what was sent and answered: ours don't, and theirs are not chained."""
    client = _client(url)
    client.token = token.reveal() if token else None
    try:
        answer = getattr(client.adapter, method)(f"/v1/{path}", **({"json": dict(data)} if data is not None else {}))
    except hvac.exceptions.VaultError as error:
        raise _translated(error, path) from None
    except requests.RequestException:
        raise OpenBaoDown from None
    finally:
        client.token = None
    return answer if isinstance(answer, dict) else {}  # a Response, without content, for 204


_clients = threading.local()


def _client(url: str) -> hvac.Client:
    """One a thread, since requests doesn't promise that threads may share a session. To make one for each call
    would be a tenth of it."""
    clients: dict[str, hvac.Client] = vars(_clients)
    if url not in clients:
        session = requests.Session()
        session.trust_env = False  # a proxy of the environment would see tokens and keys
        clients[url] = hvac.Client(url=url, timeout=CALL_TIMEOUT_S, session=session)
    return clients[url]


def _translated(error: hvac.exceptions.VaultError, path: str) -> Exception:
    match error:
        case hvac.exceptions.Forbidden() | hvac.exceptions.Unauthorized():
            return Refused(path)
        case hvac.exceptions.RateLimitExceeded():
            return TooManyCalls()
        case hvac.exceptions.VaultDown() | hvac.exceptions.VaultNotInitialized():
            return Sealed()
        case hvac.exceptions.InvalidRequest() | hvac.exceptions.InvalidPath():
            missing = "key not found" in str(error.text or error) or isinstance(error, hvac.exceptions.InvalidPath)
            return KeyNotFound(path) if missing else BadRequest(path)
        case hvac.exceptions.UnexpectedError() if "unsupported" in str(error.text or error):
            return Unsupported(path)  # 405, which hvac has no type for
        case hvac.exceptions.InternalServerError() if RSA_MISFIT in str(error.text or error):
            return BadRequest(path)  # anyone can send such a text: it must not look like a fault of OpenBao
        case _:
            return OpenBaoDown()
