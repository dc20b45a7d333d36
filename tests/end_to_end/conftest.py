"""What the end-to-end tests share: a reporter's API, staff who sign in, and a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from reporter_page import PHONE, Reporter
from staff_page import StaffPage, sign_in
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


@pytest.fixture
def staff(browser: Browser, running: Running, desk: Desk) -> Iterator[Callable[[str], StaffPage]]:
    """Makes a signed-in StaffPage for a user name."""
    opened: list[StaffPage] = []

    def make(user: str) -> StaffPage:
        person = StaffPage(browser, running, desk, user)
        opened.append(person)
        person.sign_in()
        return person

    yield make
    for person in opened:
        person.page.context.close()


@pytest.fixture
def super_admin(browser: Browser, running: Running, desk: Desk) -> Iterator[Page]:
    """Signed in at the console of identities, on a phone."""
    page = browser.new_context(viewport=PHONE, locale="id-ID").new_page()
    page.set_default_timeout(20_000)
    page.goto(f"http://{running.system.host}:{running.system.ports['identity_vault']}/")
    sign_in(page, desk, "superadmin")
    yield page
    page.context.close()
