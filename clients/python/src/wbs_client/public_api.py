"""HTTP to the public API: every call is safe to repeat, and is repeated while the network or the service is away."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
import stamina

CALL_TIMEOUT_S = 30.0
DEFAULT_PATIENCE_S = 60.0
LONGEST_WAIT_S = 10.0


class Problem(Exception):
    """The service refused: a problem detail (RFC 9457). `kind` is the last part of its type, e.g. `report-id-taken`."""

    def __init__(self, status: int, details: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.kind = str(details.get("type", "about:blank")).rpartition(":")[2]
        self.title = str(details.get("title", ""))
        self.details = details
        self.retry_after = retry_after
        super().__init__(f"{status} {self.kind}: {self.title}")

    @property
    def is_refusal(self) -> bool:
        """Rather than a failure of the service, which says nothing about what became of this or an earlier try."""
        return self.status < HTTPStatus.INTERNAL_SERVER_ERROR


class Unreachable(Exception):
    """No answer for as long as we were patient. What was asked may have been done: asking again does no harm."""


class PublicApi:
    """`url` is where the service's paths begin; `language`: `id` or `en`, for what it says to people."""

    def __init__(self, url: str, language: str = "id", patience_s: float = DEFAULT_PATIENCE_S) -> None:
        self._url = url.rstrip("/")
        self.language = language
        self._patience_s = patience_s
        self._session = requests.Session()
        self._session.headers["Accept-Language"] = language
        self._session.headers["User-Agent"] = ""  # it would tell one reporter from another

    def get(self, path: str, token: str | None = None) -> Any:
        return self._call("GET", path, token=token)

    def post(self, path: str, content: Any, token: str | None = None, headers: Mapping[str, str] | None = None) -> Any:
        return self._call("POST", path, content, token, headers)

    def put(self, path: str, content: Any, token: str | None = None) -> Any:
        return self._call("PUT", path, content, token)

    def _call(
        self,
        method: str,
        path: str,
        content: Any = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        try:
            for attempt in stamina.retry_context(
                on=_worth_another_try, attempts=None, timeout=self._patience_s, wait_max=LONGEST_WAIT_S
            ):
                with attempt:
                    return _content(
                        self._session.request(
                            method, f"{self._url}{path}", json=content, headers=sent, timeout=CALL_TIMEOUT_S
                        )
                    )
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__) from None
        raise Unreachable("no try was made")


def wait_for_checks(error: Exception) -> bool | datetime.timedelta:
    """For stamina: the service says how long to wait, where something is still on its way or being checked."""
    if isinstance(error, Problem) and error.kind == "incomplete" and error.retry_after:
        return datetime.timedelta(seconds=error.retry_after)
    return False


def _worth_another_try(error: Exception) -> bool | datetime.timedelta:
    if isinstance(error, Problem) and error.status in (429, 503):
        if error.retry_after is not None and error.retry_after > DEFAULT_PATIENCE_S:
            return False  # nobody sits before it for hours
        return datetime.timedelta(seconds=error.retry_after) if error.retry_after else True
    return isinstance(error, requests.ConnectionError | requests.Timeout)


def _content(answer: requests.Response) -> Any:
    if answer.ok:
        return answer.json() if answer.content else None
    raise Problem(answer.status_code, _details(answer), _retry_after(answer))


def _details(answer: requests.Response) -> Mapping[str, Any]:
    try:
        details = answer.json()
    except requests.JSONDecodeError:
        return {}
    return details if isinstance(details, dict) else {}


def _retry_after(answer: requests.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None
