"""A person of the staff in a real browser, on a phone."""

from __future__ import annotations

from http import HTTPStatus

from playwright.sync_api import Browser, Page
from reporter_page import PHONE
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running


def sign_in(page: Page, desk: Desk, user: str) -> None:
    """From the page of any console where nobody is signed in."""
    page.get_by_label("Nama pengguna").fill(user)
    page.get_by_role("textbox", name="Kata sandi").fill(desk.password(user).reveal())
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("textbox", name="Kode").fill(desk.code(user))
    page.get_by_role("button", name="Masuk").click()


class StaffPage:
    """A person of the staff at case-management's pages, on a phone."""

    def __init__(self, browser: Browser, running: Running, desk: Desk, user: str) -> None:
        self.page: Page = browser.new_context(viewport=PHONE, locale="id-ID").new_page()
        self.page.set_default_timeout(20_000)
        self.url = f"http://{running.system.host}:{running.system.ports['case_management']}"
        self._desk = desk
        self._user = user

    def sign_in(self) -> None:
        self.page.goto(self.url)
        sign_in(self.page, self._desk, self._user)

    def open_case(self, report_id: object) -> int:
        """Goes to a case's page; gives its HTTP status."""
        answer = self.page.goto(f"{self.url}/cases/{report_id}")
        assert answer is not None
        return answer.status

    def await_case(self, report_id: object) -> None:
        """Opens a case as soon as it is there; the test's timeout ends a wait in vain."""
        while self.open_case(report_id) == HTTPStatus.NOT_FOUND:
            pass
