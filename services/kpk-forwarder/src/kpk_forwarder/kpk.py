"""KPK's receiving end over mutual TLS: announces parcels, sends pieces, asks what KPK says. All may be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

import requests
from contracts.schema import NotUnderstood, from_json
from marshmallow.validate import Length, Range

from kpk_forwarder.settings import ForwarderSettings

CONNECT_S, ANSWER_S = 10.0, 60.0
OCTETS = "application/offset+octet-stream"
T = TypeVar("T")


class KpkUnreachable(Exception):
    """No answer, or KPK can't now; `retry_after` in seconds where it says so. What was asked may have been done."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("unreachable")
        self.retry_after = retry_after


class KpkRefused(Exception):
    """KPK says no, or something that isn't understood; `problem` is the slug of its problem type."""

    def __init__(self, status: int, problem: str = "") -> None:
        super().__init__(str(status))
        self.status = status
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class Announced:
    """`missing`: hashes of items that KPK hasn't whole; `receipt` once it has all."""

    missing: tuple[str, ...]
    receipt: str | None


@dataclass(frozen=True, kw_only=True)
class Stated:
    """One statement of KPK, signed; numbers grow, with gaps."""

    number: Annotated[int, Range(min=1)]
    statement: str


@dataclass(frozen=True, kw_only=True)
class _Statements:
    statements: Annotated[tuple[Stated, ...], Length(max=100)]


class Kpk:
    """For one thread."""

    def __init__(self, settings: ForwarderSettings) -> None:
        url, authority = settings.kpk
        certificate, key = settings.kpk_client
        self._url = f"{url}/api/v1"
        self._session = requests.Session()
        self._session.trust_env = False  # a CA bundle or a proxy of the environment would take the pinned one's place
        self._session.verify = str(authority)
        self._session.cert = (str(certificate), str(key))

    def announce(self, parcel_id: UUID, manifest: str) -> Announced:
        answer = self._call("PUT", f"/parcels/{parcel_id}", json={"manifest": manifest})
        return _understood(Announced, answer)

    def offset(self, parcel_id: UUID, sha256: str) -> int:
        """How many bytes of the item KPK has."""
        return _offset(self._call("HEAD", _item(parcel_id, sha256)))

    def append(self, parcel_id: UUID, sha256: str, offset: int, content: bytes) -> int:
        """How many bytes KPK has then. A wrong offset is an outage: the next try asks for the right one first."""
        headers = {"Upload-Offset": str(offset), "Content-Type": OCTETS}
        try:
            return _offset(self._call("PATCH", _item(parcel_id, sha256), data=content, headers=headers))
        except KpkRefused as refused:
            if refused.problem == "offset-differs":
                raise KpkUnreachable from None
            raise

    def statements(self, after: int) -> tuple[Stated, ...]:
        """At most a hundred, in their order."""
        return _understood(_Statements, self._call("GET", "/statements", params={"after": after})).statements

    def _call(self, method: str, path: str, **content: Any) -> requests.Response:
        try:
            answer = self._session.request(
                method, f"{self._url}{path}", timeout=(CONNECT_S, ANSWER_S), allow_redirects=False, **content
            )
        except requests.RequestException:
            # requests' own texts quote addresses and what was sent.
            raise KpkUnreachable from None
        if answer.status_code in (429, *range(500, 600)):
            raise KpkUnreachable(_seconds(answer.headers))
        if not 200 <= answer.status_code < 300:
            raise KpkRefused(answer.status_code, _problem(answer))
        return answer


def _item(parcel_id: UUID, sha256: str) -> str:
    return f"/parcels/{parcel_id}/items/{sha256}"


def _understood(shape: type[T], answer: requests.Response) -> T:
    try:
        return from_json(shape, answer.json())
    except (NotUnderstood, requests.JSONDecodeError):
        raise KpkRefused(answer.status_code) from None


def _offset(answer: requests.Response) -> int:
    text = answer.headers.get("Upload-Offset", "")
    if not text.isdecimal():
        raise KpkRefused(answer.status_code)
    return int(text)


def _seconds(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None


def _problem(answer: requests.Response) -> str:
    try:
        return str(answer.json()["type"]).rpartition(":")[2]
    except (requests.JSONDecodeError, KeyError, TypeError):
        return ""
