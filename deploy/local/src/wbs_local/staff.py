"""People at web pages, without a browser: forms are filled in and sent as a browser would. For the demo."""

from __future__ import annotations

from html.parser import HTMLParser
from uuid import UUID

import requests
from contracts.vocabulary import KpkStatus

from wbs_local.ceremony.desk import Desk

TIMEOUT_S = 30


class _Links(HTMLParser):
    """The addresses on a page that begin with `prefix`."""

    def __init__(self, page: str, prefix: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._prefix = prefix
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href") or ""
        if tag == "a" and target.startswith(self._prefix):
            self.found.append(target)


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


class _Visitor:
    """Somebody at the pages at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers["Accept"] = "text/html"

    def _page(self, path: str) -> requests.Response:
        return self._session.get(f"{self._url}{path}", timeout=TIMEOUT_S)

    def _send(self, page: str, action: str, **fields: str) -> str:
        """Sends the form of `page` that goes to `action`; gives the page that answers."""
        shown = self._page(page)
        if not shown.ok:
            raise PageRefused(shown.status_code)
        return self._fill_in(shown.text, action, **fields)

    def _fill_in(self, page: str, action: str, **fields: str) -> str:
        hidden = _Forms(page).hidden.get(action, {})
        answer = self._session.post(f"{self._url}{action}", data={**hidden, **fields}, timeout=TIMEOUT_S)
        if not answer.ok:
            raise PageRefused(answer.status_code)
        return answer.text


class StaffMember(_Visitor):
    """A person who has signed in."""

    def __init__(self, url: str, desk: Desk, user: str) -> None:
        super().__init__(url)
        self._send("/sign-in", "/sign-in", user=user, password=desk.password(user).reveal())
        self._send("/sign-in/code", "/sign-in/code", code=desk.code(user))


class Caseworker(StaffMember):
    """At case-management's pages."""

    def sees(self, report_id: UUID) -> bool:
        return self._page(f"/cases/{report_id}").ok

    def assign(self, report_id: UUID, investigator: str) -> None:
        self._send(f"/cases/{report_id}", f"/cases/{report_id}/assignments", investigator=investigator)

    def write(self, report_id: UUID, text: str) -> None:
        self._send(f"/cases/{report_id}", f"/cases/{report_id}/messages", text=text)

    def approve_forwarding(self, report_id: UUID) -> None:
        self._send(f"/cases/{report_id}", f"/cases/{report_id}/forwarding")

    def copies(self, report_id: UUID) -> list[str]:
        """Where the clean copies of a case are, as its page links them."""
        return _Links(self._page(f"/cases/{report_id}").text, f"/cases/{report_id}/evidence/").found

    def open_copy(self, path: str, first_bytes: int) -> bytes:
        headers = {"Range": f"bytes=0-{first_bytes - 1}"}
        answer = self._session.get(f"{self._url}{path}", headers=headers, timeout=TIMEOUT_S)
        if not answer.ok:
            raise PageRefused(answer.status_code)
        return answer.content


class SuperAdmin(StaffMember):
    """At identity-vault's console."""

    def waiting(self, report_id: UUID) -> bool:
        return str(report_id) in self._page("/").text

    def establish(self, report_id: UUID) -> None:
        """Looks at an identity, once, and finds that data and card agree."""
        looked = self._looked_at(report_id)
        self._fill_in(looked, f"/reports/{report_id}/decisions", verdict="petugas")

    def doubt(self, report_id: UUID, reason: str) -> None:
        """Looks at an identity, once, and finds it doubtful."""
        looked = self._looked_at(report_id)
        self._fill_in(looked, f"/reports/{report_id}/decisions", verdict="meragukan", reason=reason)

    def _looked_at(self, report_id: UUID) -> str:
        return self._send(f"/reports/{report_id}", f"/reports/{report_id}/looks")


class KpkOfficer(_Visitor):
    """At the pages of KPK's stand-in, where nobody signs in."""

    def has(self, report_id: UUID, *texts: str) -> bool:
        """Whether the report's page shows all of these."""
        shown = self._page(f"/reports/{report_id}")
        return shown.ok and all(text in shown.text for text in texts)

    def set_status(self, report_id: UUID, status: KpkStatus) -> None:
        self._send(f"/reports/{report_id}", f"/reports/{report_id}/status", status=status.value)

    def write(self, report_id: UUID, text: str) -> None:
        self._send(f"/reports/{report_id}", f"/reports/{report_id}/messages", text=text)
