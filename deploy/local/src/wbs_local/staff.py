"""Staff at their web pages, without a browser: forms are filled in and sent as a browser would. For the demo."""

from __future__ import annotations

from html.parser import HTMLParser
from uuid import UUID

import requests

from wbs_local.ceremony.desk import Desk

TIMEOUT_S = 30


class PageRefused(Exception):
    """The page answered something else than a page; only the status is told."""


class _Forms(HTMLParser):
    """The hidden fields of each form of a page, by the form's action."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, dict[str, str]] = {}
        self._action = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = given.get("action", "")
            self.hidden.setdefault(self._action, {})
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[self._action][given["name"]] = given.get("value", "")


class StaffMember:
    """A person who is signed in at the pages at `url`."""

    def __init__(self, url: str, desk: Desk, user: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers["Accept"] = "text/html"
        self._send("/sign-in", "/sign-in", user=user, password=desk.password(user).reveal())
        self._send("/sign-in/code", "/sign-in/code", code=desk.code(user))

    def sees(self, report_id: UUID) -> bool:
        return self._session.get(f"{self._url}/cases/{report_id}", timeout=TIMEOUT_S).ok

    def assign(self, report_id: UUID, investigator: str) -> None:
        self._send(f"/cases/{report_id}", f"/cases/{report_id}/assignments", investigator=investigator)

    def write(self, report_id: UUID, text: str) -> None:
        self._send(f"/cases/{report_id}", f"/cases/{report_id}/messages", text=text)

    def _send(self, page: str, action: str, **fields: str) -> None:
        """Sends the form of `page` that goes to `action`."""
        shown = self._session.get(f"{self._url}{page}", timeout=TIMEOUT_S)
        if not shown.ok:
            raise PageRefused(shown.status_code)
        hidden = _Forms(shown.text).hidden.get(action, {})
        answer = self._session.post(f"{self._url}{action}", data={**hidden, **fields}, timeout=TIMEOUT_S)
        if not answer.ok:
            raise PageRefused(answer.status_code)
