"""What a signed-in person sees while OpenBao is down: a page, which asks OpenBao for nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from chassis.clock import Clock
from chassis.openbao import OpenBaoDown
from chassis.service import Process
from chassis.settings import Profile, Secret
from chassis.sign_in import requires
from chassis.sign_in.sessions import StaffSession, Ticket
from chassis.store import StoreUnavailable
from chassis.telemetry import Metrics
from chassis.web import make_app
from chassis.web.app import HEADERS
from flask import Flask, session
from flask.testing import FlaskClient

from chassis import sign_in

PAGE = {"Accept": "text/html"}
COOKIE = "test-error-pages-session"


class Down:
    """A sign-in whose OpenBao doesn't answer."""

    asked = 0

    def who(self, token: Secret) -> None:
        self.asked += 1
        raise OpenBaoDown


class NoDatabase:
    def execute(self, *_: object) -> None:
        return None

    def row(self, *_: object) -> None:
        raise StoreUnavailable


@pytest.fixture
def phases() -> Down:
    return Down()


@pytest.fixture
def browser(phases: Down) -> FlaskClient:
    settings: Any = SimpleNamespace(profile=Profile.LOCAL)
    app = make_app(__name__, Process("web", settings, cast(Any, None), Metrics("toy", Clock())), pages=True)
    sign_in.install(app, cast(Any, phases), cast(Any, NoDatabase()), https=False)
    _signed_in(app)

    @app.get("/cases")
    @requires("investigator")
    def cases() -> str:
        return "cases"

    @app.get("/broken")
    def broken() -> str:
        raise ValueError

    return app.test_client()


def _signed_in(app: Flask) -> None:
    def begin() -> None:
        assert isinstance(session, StaffSession)
        session["token"] = "t"

    app.before_request(begin)


@pytest.mark.parametrize(("path", "status"), [("/cases", 503), ("/broken", 500), ("/nowhere", 404), ("/sign-in", 503)])
def test_a_signed_in_person_gets_an_error_page_with_its_headers(
    browser: FlaskClient, phases: Down, path: str, status: int
) -> None:
    answer = browser.get(path, headers=PAGE)

    assert answer.status_code == status
    assert "<h1" in answer.text
    assert "Keluar" not in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert phases.asked == (1 if status == 503 else 0)


def test_who_has_a_session_gets_an_error_page_while_the_database_is_down(browser: FlaskClient) -> None:
    """The session itself can't be opened then."""
    browser.set_cookie(COOKIE, Ticket.new().cookie)

    answer = browser.get("/cases", headers=PAGE)

    assert answer.status_code == 503
    assert "<h1" in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "Set-Cookie" not in answer.headers
    with browser.get("/chassis/staff.css") as style:
        assert style.status_code == 200


def test_a_session_that_can_t_be_kept_ends_in_an_error_page_too(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept after the view, where Flask asks no handler of the error's own."""
    monkeypatch.setattr(NoDatabase, "execute", NoDatabase.row)

    answer = browser.get("/nowhere", headers=PAGE)

    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "Retry-After" in answer.headers
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
