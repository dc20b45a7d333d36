"""What the end-to-end tests share: a reporter's API, staff who sign in, and a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from reporter_page import PHONE, Reporter
from wbs_client import PublicApi, TrustedKeys, fetch_keys
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running

# Chromium as root needs no-sandbox; without the others it looks for Google's hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def api(running: Running) -> PublicApi:
    return PublicApi(f"http://{running.system.host}:{running.system.ports['intake']}")


@pytest.fixture(scope="session")
def keys(running: Running, api: PublicApi) -> TrustedKeys:
    """With the check keys, which identity-vault publishes at its first start."""
    fingerprint = (running.system.public / "fingerprint").read_text()
    while not (found := fetch_keys(api, fingerprint)).checks:
        pass
    return found


@pytest.fixture(scope="session")
def desk(running: Running) -> Desk:
    return Desk(running.system)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def reporter(browser: Browser, running: Running) -> Iterator[Reporter]:
    made = Reporter(browser, running)
    yield made
    made.page.context.close()


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
        self.page.get_by_label("Nama pengguna").fill(self._user)
        self.page.get_by_role("textbox", name="Kata sandi").fill(self._desk.password(self._user).reveal())
        self.page.get_by_role("button", name="Lanjut").click()
        self.page.get_by_role("textbox", name="Kode").fill(self._desk.code(self._user))
        self.page.get_by_role("button", name="Masuk").click()

    def open_case(self, report_id: object) -> int:
        """Goes to a case's page; gives its HTTP status."""
        answer = self.page.goto(f"{self.url}/cases/{report_id}")
        assert answer is not None
        return answer.status

    def await_case(self, report_id: object) -> None:
        """Opens a case as soon as it is there; the test's timeout ends a wait in vain."""
        while self.open_case(report_id) == HTTPStatus.NOT_FOUND:
            pass


@pytest.fixture
def staff(browser: Browser, running: Running, desk: Desk) -> Iterator[type[StaffPage]]:
    """Makes a signed-in StaffPage for a user name."""
    opened: list[StaffPage] = []

    def sign_in(user: str) -> StaffPage:
        person = StaffPage(browser, running, desk, user)
        opened.append(person)
        person.sign_in()
        return person

    yield sign_in  # type: ignore[misc]
    for person in opened:
        person.page.context.close()
