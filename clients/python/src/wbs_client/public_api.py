"""HTTP to the public API: every call is safe to repeat, and is repeated while the network or the service is away."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
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
    """No answer for as long as we were patient. What was asked may have been done: asking again does no harm.

    `may_pass` is false where another try can't help, e.g. since the address is none.
    """

    def __init__(self, why: str, *, may_pass: bool = True) -> None:
        super().__init__(why)
        self.may_pass = may_pass


class PublicApi:
    """`url` is where the service's paths begin; `language`: `id` or `en`, for what it says to people.

    `patience_s`: for how long a call is repeated; `timeout_s`: for how long one try waits for the other end to move.
    """

    def __init__(
        self,
        url: str,
        language: str = "id",
        patience_s: float = DEFAULT_PATIENCE_S,
        timeout_s: float = CALL_TIMEOUT_S,
    ) -> None:
        self._url = url.rstrip("/")
        self._patience_s = patience_s
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.headers["Accept-Language"] = language
        self._session.headers["User-Agent"] = ""  # it would tell one reporter from another

    def get(self, path: str, token: str | None = None) -> Any:
        return self._call("GET", path, token=token)

    def post(self, path: str, content: Any, token: str | None = None, headers: Mapping[str, str] | None = None) -> Any:
        return self._call("POST", path, content, token, headers)

    def put(self, path: str, content: Any, token: str | None = None) -> Any:
        return self._call("PUT", path, content, token)

    def send(self, method: str, url: str, *, headers: Mapping[str, str], content: Any = None) -> requests.Response:
        """The good answer of this whole address; `content` goes as JSON. Raises Problem or Unreachable."""
        for attempt in self.tries(worth_another_try):
            with attempt:
                return self.send_once(method, url, headers=headers, json=content)
        raise AssertionError("stamina tries at least once")

    def tries(self, on: Callable[[Exception], bool | datetime.timedelta]) -> Iterator[stamina.Attempt]:
        """As many as patience allows, while `on` says that an error is worth another."""
        patient = stamina.retry_context(on=on, attempts=None, timeout=self._patience_s, wait_max=LONGEST_WAIT_S)
        return iter(patient)

    def send_once(self, method: str, url: str, *, headers: Mapping[str, str], **body: Any) -> requests.Response:
        try:
            answer = self._session.request(method, url, headers=headers, timeout=self._timeout_s, **body)
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__, may_pass=not isinstance(error, ValueError)) from None
        if not answer.ok:
            raise Problem(answer.status_code, _details(answer), _retry_after(answer))
        return answer

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
        answer = self.send(method, f"{self._url}{path}", headers=sent, content=content)
        return _content(answer) if answer.content else None


def wait_for_checks(error: Exception) -> bool | datetime.timedelta:
    """For stamina: the service says how long to wait, where something is still on its way or being checked."""
    if isinstance(error, Problem) and error.kind == "incomplete" and error.retry_after:
        return datetime.timedelta(seconds=error.retry_after)
    return False


def worth_another_try(error: Exception) -> bool | datetime.timedelta:
    """For stamina."""
    if isinstance(error, Problem) and error.status in (429, 503):
        if error.retry_after is not None and error.retry_after > DEFAULT_PATIENCE_S:
            return False  # nobody sits before it for hours
        return datetime.timedelta(seconds=error.retry_after) if error.retry_after else True
    return isinstance(error, Unreachable) and error.may_pass


def _content(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        raise Unreachable("something else answers there", may_pass=False) from None


def _details(answer: requests.Response) -> Mapping[str, Any]:
    try:
        details = answer.json()
    except requests.JSONDecodeError:
        return {}
    return details if isinstance(details, dict) else {}


def _retry_after(answer: requests.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None
