"""Who has not signed in is no row anywhere; two consoles on one host keep their people apart; a wrong role is told."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from chassis.clock import Clock
from chassis.service import Process
from chassis.settings import Profile, Secret
from chassis.sign_in import PasswordTooLongAgo, Pending, SignedIn, WrongCode, WrongPassword, requires
from chassis.telemetry import Metrics
from chassis.web import Problem, make_app
from contracts.encoding import b64u
from flask.testing import FlaskClient

from chassis import sign_in

PAGE = {"Accept": "text/html"}


class Rows:
    """A database that counts what is written, and finds nothing."""

    def __init__(self) -> None:
        self.written = 0

    def execute(self, *_: object) -> None:
        self.written += 1

    def row(self, *_: object) -> None:
        return None


class Phases:
    def __init__(self, *roles: str) -> None:
        self._roles = frozenset(roles)

    def begin(self, user: str, password: Secret) -> Pending:
        return Pending("request", "method")

    def finish(self, pending: Pending, code: str) -> Secret:
        raise PasswordTooLongAgo

    def who(self, token: Secret) -> SignedIn:
        return SignedIn("pengawas1", "e", self._roles, 60, 60)

    def person(self, token: Secret) -> Any:
        return None


class Refusing(Phases):
    def begin(self, user: str, password: Secret) -> Pending:
        raise WrongPassword

    def finish(self, pending: Pending, code: str) -> Secret:
        raise WrongCode


def console(name: str, database: Rows, *roles: str, phases: Any = None, meant_for: str = "super-admin") -> FlaskClient:
    settings: Any = SimpleNamespace(profile=Profile.LOCAL)
    app = make_app(name, Process("web", settings, cast(Any, None), Metrics("toy", Clock())), pages=True)
    sign_in.install(app, phases or Phases(*roles), cast(Any, database), https=False, meant_for=[meant_for])
    app.config["WTF_CSRF_ENABLED"] = False

    @app.get("/waiting")
    @requires("super-admin")
    def waiting() -> str:
        return "waiting"

    @app.post("/decisions")
    def decide() -> str:
        raise Problem(409)

    if roles:
        _begin(app, token="t")
    return app.test_client()


def _begin(app: Any, **known: Any) -> None:
    def begin() -> None:
        from flask import session

        session.update(known)

    app.before_request(begin)


def cookies(answer: Any) -> list[str]:
    return [each.partition("=")[0] for each in answer.headers.getlist("Set-Cookie")]


def test_looking_at_the_sign_in_writes_nothing() -> None:
    database = Rows()
    browser = console("identity_vault", database)

    browser.get("/waiting", headers=PAGE)
    shown = browser.get("/sign-in", headers=PAGE)
    browser.get("/sign-in", headers=PAGE)

    assert shown.status_code == 200
    assert "Halaman ini untuk: Super Admin." in shown.text
    assert database.written == 0


def language_links(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]*language=[^"]+)"', page)


def test_every_step_of_the_sign_in_offers_the_other_language_refusals_too() -> None:
    browser = console("identity_vault", Rows(), phases=Refusing())
    _begin(browser.application, pending=["request", "method"])

    pages = [browser.get(path, headers=PAGE) for path in ("/sign-in", "/sign-in/code", "/nowhere")]
    pages += [browser.post(path, headers=PAGE) for path in ("/sign-in", "/sign-in/code")]
    asked = browser.get("/sign-in?a=1&language=en", headers=PAGE)

    assert [page.status_code for page in pages] == [200, 200, 404, 401, 401]
    assert [language_links(page.text) for page in pages] == [["?language=id", "?language=en"]] * len(pages)
    assert language_links(asked.text) == ["?a=1&amp;language=id", "?a=1&amp;language=en"]


@pytest.mark.parametrize("path", ["/decisions", "/nowhere"])
def test_what_no_link_shows_again_offers_the_other_language_beside_it(path: str) -> None:
    page = console("identity_vault", Rows(), "super-admin").post(path, headers=PAGE)

    assert page.status_code in (404, 409)
    assert language_links(page.text) == ["/?language=id", "/?language=en"]
    assert page.text.count('target="_blank" rel="noopener"') == 2


@pytest.mark.parametrize(
    ("meant_for", "others"),
    [
        ("super-admin", "Pemeriksa, Inspektur Pembantu, dan Inspektur masuk di halaman kasus."),
        ("irban", "Super Admin masuk di konsol identitas."),
    ],
)
def test_a_refusal_says_what_may_be_wrong_and_the_page_where_others_sign_in(meant_for: str, others: str) -> None:
    browser = console("identity_vault", Rows(), phases=Refusing(), meant_for=meant_for)

    before = browser.get("/sign-in", headers=PAGE).text
    refused = browser.post("/sign-in", data={"user": "a", "password": "b"}, headers=PAGE)

    assert others in before
    assert others in refused.text
    assert refused.status_code == 401
    assert "tidak cocok, atau akun Anda masuk di halaman lain." in refused.text


def test_a_password_begins_a_session() -> None:
    database = Rows()

    console("identity_vault", database).post("/sign-in", data={"user": "a", "password": "b"})

    assert database.written == 1


def test_each_console_has_a_cookie_of_its_own() -> None:
    first, second = (
        console(name, Rows()).get("/sign-in", headers=PAGE) for name in ("identity_vault", "case_management")
    )

    assert cookies(first) == ["identity-vault-session"]
    assert cookies(second) == ["case-management-session"]


@pytest.mark.parametrize("wanted", ["//elsewhere.test", "/\\elsewhere.test", "https://elsewhere.test", "/\t/x", "x"])
def test_a_visitors_cookie_leads_nowhere_else(wanted: str) -> None:
    """Whoever plants it could put anything there."""
    browser = console("identity_vault", Rows(), "super-admin")
    planted = "v." + b64u(json.dumps({"next": wanted, "token": "t", "pending": [], "csrf_token": 1}).encode())
    browser.set_cookie("identity-vault-session", planted)

    answer = browser.get("/sign-in", headers=PAGE)

    assert answer.location == "/"


@pytest.mark.parametrize("value", ["v.", "v.!!", "v." + b64u(b"[1]"), "v." + b64u(b"\xff"), "v." + b64u(b"[" * 3000)])
def test_a_visitors_cookie_that_is_not_ours_is_a_new_beginning(value: str) -> None:
    browser = console("identity_vault", Rows())
    browser.set_cookie("identity-vault-session", value)

    assert browser.get("/sign-in", headers=PAGE).status_code == 200


def test_a_visitors_cookie_signs_nobody_in() -> None:
    browser = console("identity_vault", Rows())
    planted = "v." + b64u(json.dumps({"token": "t", "pending": ["a", "b"]}).encode())
    browser.set_cookie("identity-vault-session", planted)

    assert browser.get("/waiting").status_code == 401
    assert browser.get("/sign-in/code").location == "/sign-in"


@pytest.mark.parametrize(
    ("role", "words", "where"),
    [
        ("overseer", "Pengawas luar", "belum ada halaman"),
        ("operator", "Pengelola sistem", "belum ada halaman"),
        ("irban", "Inspektur Pembantu", "adalah halaman kasus"),
        ("something-new", "something-new", "belum ada halaman"),
    ],
)
def test_a_role_that_has_nothing_to_do_here_is_told_so_and_may_leave(role: str, words: str, where: str) -> None:
    answer = console("identity_vault", Rows(), role).get("/waiting", headers=PAGE)

    assert answer.status_code == 403
    assert f"Anda masuk sebagai pengawas1 ({words})." in answer.text
    assert "Halaman ini untuk: Super Admin." in answer.text
    assert where in answer.text
    assert 'action="/sign-out"' in answer.text


def test_they_are_told_in_english_too_and_a_program_gets_a_problem() -> None:
    browser = console("identity_vault", Rows(), "overseer")

    page = browser.get("/waiting", headers={**PAGE, "Accept-Language": "en"}).text
    problem = browser.get("/waiting", headers={"Accept": "application/json"})

    assert "You are signed in as pengawas1 (Overseer from outside)." in page
    assert (problem.status_code, problem.mimetype) == (403, "application/problem+json")
