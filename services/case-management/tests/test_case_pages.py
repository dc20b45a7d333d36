"""case-management's pages where something is in the way: what the person typed, and the browser, stay safe."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from case_management import pages
from case_management.application import CaseManagement, OpenedCase, OpenedCopy, Person, StoryUnreadable
from case_management.read_model import CaseFile, ListedCase
from chassis.clock import Clock
from chassis.service import Process
from chassis.settings import Profile
from chassis.sign_in import Staff, TwoPhases
from chassis.telemetry import Metrics
from chassis.web import make_app
from contracts.vocabulary import CaseStatus, IdentityLevel
from flask import Flask, g
from flask.testing import FlaskClient

from chassis import sign_in

REPORT = uuid4()
CASE = ListedCase(
    REPORT,
    datetime(2026, 5, 4, tzinfo=UTC),
    CaseStatus.WAITING_FOR_IDENTITY,
    IdentityLevel.UNSURE,
    3,
    *(None,) * 6,
)


class NoDatabase:
    """Keeps no session: each request is a new browser's."""

    def execute(self, *_: object) -> None:
        return None


class Copy(io.BytesIO):
    size = 4

    def read(self, offset: int | None = 0, length: int = 0) -> bytes:
        return b"copy"


@dataclass
class Casework:
    opened: OpenedCase = field(default_factory=lambda: opened(waits_for_identity=True))

    def read_case(self, report_id: UUID, person: Person) -> OpenedCase:
        return self.opened

    def write_message(self, report_id: UUID, person: Person, letter_id: UUID, text: str) -> None:
        raise StoryUnreadable


@dataclass
class Viewing:
    media_type: str = "image/png"

    def open_copy(self, report_id: UUID, evidence_id: UUID, person: Person) -> OpenedCopy:
        return OpenedCopy(self.media_type, cast(Any, Copy()))


def opened(waits_for_identity: bool = False, is_unreadable: bool = False) -> OpenedCase:
    file = CaseFile(CASE, None, ("pemeriksa1",), (), (), ())
    return OpenedCase(file, IdentityLevel.UNSURE, waits_for_identity=waits_for_identity, is_unreadable=is_unreadable)


@pytest.fixture
def application() -> CaseManagement:
    return CaseManagement(hearing=cast(Any, None), casework=cast(Any, Casework()), viewing=cast(Any, Viewing()))


@pytest.fixture
def browser(application: CaseManagement) -> FlaskClient:
    settings: Any = SimpleNamespace(profile=Profile.LOCAL)
    app = make_app(
        "case_management", Process("web", settings, cast(Any, None), Metrics("case-management", Clock())), pages=True
    )
    sign_in.install(app, cast(TwoPhases, None), cast(Any, NoDatabase()), https=False)
    app.config["WTF_CSRF_ENABLED"] = False
    pages.install(app, application)
    _sign_in(app)
    return app.test_client()


def _sign_in(app: Flask) -> None:
    def known() -> None:
        g.staff = Staff("pemeriksa1", "e", frozenset({"investigator"}), cast(Any, None))

    app.before_request(known)


def test_a_message_that_cannot_be_sealed_any_more_is_shown_again_with_the_reason(browser: FlaskClient) -> None:
    """The identity was found doubtful after the page was loaded."""
    letter_id = uuid4()

    answer = browser.post(f"/cases/{REPORT}/messages", data={"letter_id": str(letter_id), "text": "Apakah <ada> nota?"})

    assert answer.status_code == 409
    assert "Pesan Anda belum terkirim" in answer.text
    assert "Apakah &lt;ada&gt; nota?</textarea>" in answer.text
    assert f'name="letter_id" value="{letter_id}"' in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_case_that_waits_says_for_what_and_promises_no_deadline(browser: FlaskClient) -> None:
    page = browser.get(f"/cases/{REPORT}").text

    assert "sampai identitas pelapor dipastikan" in page
    assert "enggat" not in page


def test_the_page_of_a_case_whose_key_is_missing_says_so(browser: FlaskClient, application: CaseManagement) -> None:
    cast(Any, application.casework).opened = opened(is_unreadable=True)

    answer = browser.get(f"/cases/{REPORT}")

    assert answer.status_code == 200
    assert "kuncinya tidak ada" in answer.text
    assert "Laporan tanpa isi" in answer.text


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "x"])
def test_a_copy_that_no_browser_shows_safely_is_saved(
    browser: FlaskClient, application: CaseManagement, media_type: str
) -> None:
    cast(Any, application.viewing).media_type = media_type

    answer = browser.get(f"/cases/{REPORT}/evidence/{uuid4()}")

    assert answer.data == b"copy"
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


def test_a_picture_is_shown_and_no_script_could_run_in_it(browser: FlaskClient) -> None:
    answer = browser.get(f"/cases/{REPORT}/evidence/{uuid4()}")

    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Content-Security-Policy"] == pages.SANDBOXED
    assert "script" not in pages.SANDBOXED
