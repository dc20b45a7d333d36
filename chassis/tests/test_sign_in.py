"""Staff sign-in through its pages, with real people at a real OpenBao and sessions in a real PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from chassis.openbao import Refused
from chassis.settings import Secret
from chassis.sign_in import TABLES, Pending, TwoPhases, current_person, install, requires
from chassis.sign_in.sessions import Ticket
from chassis.store.database import Database, Statement
from chassis.store.migration import Tables, migrate_database
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import Babel
from jinja2 import ChoiceLoader, DictLoader
from wbs_local import walls
from wbs_local.ceremony.desk import Desk
from wbs_local.parts import openbao, postgres
from wbs_local.system import System
from werkzeug.test import TestResponse

NAME = "sign_in_test"
PASSWORD = "only-for-this-test"
CASES = """<p>{{ person.user }} {{ person.roles | join }} {{ person.openbao.read("auth/token/lookup-self").ttl }}</p>
<input name="csrf_token" value="{{ csrf_token() }}">"""
WRONG_PASSWORD = "tidak cocok"
COOKIE = "sign-in-test-session"


@pytest.fixture(scope="module")
def database(system: System) -> Iterator[Database]:
    own = walls.Database(NAME, "case-management")
    with postgres.connect_as_superuser(system) as connection:
        postgres.make_database(connection, own, PASSWORD, PASSWORD)
    port = system.ports["postgres"]
    migrate_database(system.host, port, NAME, own.owner, Secret(PASSWORD), Tables(held=TABLES))
    database = Database(system.host, port, NAME, NAME, Secret(PASSWORD))
    yield database
    database.close()


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    return Desk(system)


@pytest.fixture
def app(system: System, database: Database) -> Flask:
    return make_app(system, database, https=False)


def make_app(system: System, database: Database, https: bool) -> Flask:
    app = Flask(NAME)
    base = DictLoader(
        {"staff_base.html": "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"}
    )
    assert app.jinja_loader is not None
    app.jinja_loader = ChoiceLoader([base, app.jinja_loader])
    Babel(app, default_locale="id")
    install(app, TwoPhases(openbao.url(system), ("investigators", "staff")), database, https)

    @app.get("/cases")
    @requires("investigator", "irban", "inspektur")
    def cases() -> str:
        return render_template_string(CASES, person=current_person())

    @app.post("/notes")
    @requires("investigator")
    def notes() -> str:
        return "noted"

    return app


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def csrf_token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


def give_password(browser: FlaskClient, user: str, password: str, **headers: str) -> TestResponse:
    token = csrf_token(browser.get("/sign-in", headers=headers))
    return browser.post("/sign-in", data={"csrf_token": token, "user": user, "password": password}, headers=headers)


def give_code(browser: FlaskClient, code: str) -> TestResponse:
    token = csrf_token(browser.get("/sign-in/code"))
    return browser.post("/sign-in/code", data={"csrf_token": token, "code": code})


def sign_in(browser: FlaskClient, desk: Desk, user: str) -> TestResponse:
    give_password(browser, user, desk.password(user).reveal())
    return give_code(browser, desk.code(user))


def cookie(browser: FlaskClient, name: str = COOKIE) -> str:
    found = browser.get_cookie(name)
    assert found is not None
    return found.value


def test_a_person_signs_in_by_password_and_code_and_comes_to_where_they_were_going(
    browser: FlaskClient, desk: Desk
) -> None:
    asked = browser.get("/cases?sort=age", headers={"Accept": "text/html"})
    signed_in = sign_in(browser, desk, "pemeriksa1")

    shown = browser.get("/cases")

    assert asked.location == "/sign-in"
    assert signed_in.location == "/cases?sort=age"
    assert re.search(r"<p>pemeriksa1 investigator 1[12]\d\d</p>", shown.text)


def test_who_only_looks_at_the_sign_in_leaves_no_session_in_the_database(
    browser: FlaskClient, database: Database
) -> None:
    before = database.rows("SELECT id_digest FROM held.sessions")

    browser.get("/cases?sort=age", headers={"Accept": "text/html"})
    browser.get("/sign-in")
    give_password(browser, "nobody", "guessed")

    assert database.rows("SELECT id_digest FROM held.sessions") == before


def test_a_password_alone_opens_nothing(browser: FlaskClient, desk: Desk) -> None:
    answer = give_password(browser, "pemeriksa1", desk.password("pemeriksa1").reveal())

    assert answer.location == "/sign-in/code"
    assert browser.get("/cases").status_code == 401


def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(browser: FlaskClient) -> None:
    wrong = give_password(browser, "pemeriksa1", "guessed")
    unknown = give_password(browser, "nobody", "guessed")
    a_path = give_password(browser, "../../sys/health", "guessed")

    def without_what_was_typed(page: TestResponse) -> str:
        return re.sub(r'value="[^"]*"', "", page.text)

    assert wrong.status_code == unknown.status_code == a_path.status_code == 401
    assert WRONG_PASSWORD in wrong.text
    assert without_what_was_typed(wrong) == without_what_was_typed(unknown) == without_what_was_typed(a_path)


@pytest.fixture
def locked_out(browser: FlaskClient, desk: Desk) -> Iterator[str]:
    """Someone after five wrong passwords; let in again afterwards, by the two people that it needs."""
    accessor = desk.person("operator1").read("sys/auth")["staff/"]["accessor"]
    for _ in range(5):
        give_password(browser, "pengawas2", "guessed")
    yield "pengawas2"
    path = f"sys/locked-users/{accessor}/unlock/pengawas2"
    desk.act("operator1", "pengawas1", "post", path, {})


def test_after_five_wrong_passwords_the_right_one_is_refused_in_the_same_words(
    browser: FlaskClient, desk: Desk, locked_out: str
) -> None:
    answer = give_password(browser, locked_out, desk.password(locked_out).reveal())

    assert answer.status_code == 401
    assert WRONG_PASSWORD in answer.text
    assert "lima belas menit" in answer.text


def test_a_wrong_code_is_refused_and_the_right_one_may_follow(browser: FlaskClient, desk: Desk) -> None:
    give_password(browser, "irban1", desk.password("irban1").reveal())

    wrong = give_code(browser, "000000")
    right = give_code(browser, desk.code("irban1"))

    assert wrong.status_code == 401
    assert "Kode ini tidak diterima" in wrong.text
    assert right.status_code == 302
    assert browser.get("/cases").status_code == 200


def test_a_code_that_was_used_is_refused_in_plain_words(app: Flask, desk: Desk) -> None:
    first, second, code = app.test_client(), app.test_client(), desk.code("pemeriksa2")
    for browser in (first, second):
        give_password(browser, "pemeriksa2", desk.password("pemeriksa2").reveal())

    answers = [give_code(browser, code) for browser in (first, second)]

    assert [answer.status_code for answer in answers] == [302, 401]
    assert "sudah dipakai untuk masuk, tunggu kode berikutnya" in answers[1].text


def test_a_first_phase_that_is_over_leads_back_to_the_password(
    browser: FlaskClient, desk: Desk, database: Database
) -> None:
    give_password(browser, "pengawas2", desk.password("pengawas2").reveal())
    ticket = Ticket.from_cookie(cookie(browser))
    assert ticket is not None
    desk.phases.finish(Pending(*session_data(database, ticket)["pending"]), desk.code("pengawas2"))

    answer = give_code(browser, "000000")

    assert answer.status_code == 401
    assert "mulai lagi dengan kata sandi" in answer.text
    assert browser.get("/sign-in/code").location == "/sign-in"


def test_the_session_gets_a_new_id_at_each_phase_and_the_old_ones_are_worth_nothing(
    app: Flask, browser: FlaskClient, desk: Desk
) -> None:
    browser.get("/sign-in")
    before = cookie(browser)
    give_password(browser, "irban1", desk.password("irban1").reveal())
    between = cookie(browser)
    give_code(browser, desk.code("irban1"))
    after = cookie(browser)

    assert len({before, between, after}) == 3
    for old in (before, between):
        thief = app.test_client()
        thief.set_cookie(COOKIE, old)
        assert thief.get("/cases").status_code == 401
        assert thief.get("/sign-in/code").location == "/sign-in"


def test_signing_out_revokes_the_token_and_forgets_the_session(
    browser: FlaskClient, desk: Desk, database: Database
) -> None:
    sign_in(browser, desk, "inspektur")
    ticket = Ticket.from_cookie(cookie(browser))
    assert ticket is not None
    token = session_data(database, ticket)["token"]
    assert desk.phases.who(Secret(token)).user == "inspektur"

    browser.post("/sign-out", data={"csrf_token": csrf_token(browser.get("/cases"))})

    with pytest.raises(Refused):
        desk.phases.who(Secret(token))
    assert database.row("SELECT FROM held.sessions WHERE id_digest = %s", (ticket.digest,)) is None


def session_data(database: Database, ticket: Ticket) -> dict[str, Any]:
    row = database.row("SELECT sealed FROM held.sessions WHERE id_digest = %s", (ticket.digest,))
    assert row is not None
    data = ticket.open(row["sealed"])
    assert data is not None
    return data


def test_a_token_taken_away_at_openbao_ends_the_session_at_once(
    browser: FlaskClient, desk: Desk, database: Database
) -> None:
    sign_in(browser, desk, "pemeriksa2")
    ticket = Ticket.from_cookie(cookie(browser))
    assert ticket is not None
    desk.phases.end(Secret(session_data(database, ticket)["token"]))

    answer = browser.get("/cases")

    assert answer.status_code == 401
    assert database.row("SELECT FROM held.sessions WHERE id_digest = %s", (ticket.digest,)) is None


def test_a_token_is_renewed_while_its_person_is_at_work(browser: FlaskClient, desk: Desk, database: Database) -> None:
    sign_in(browser, desk, "irban1")
    ticket = Ticket.from_cookie(cookie(browser))
    assert ticket is not None
    token = Secret(session_data(database, ticket)["token"])
    desk.phases.person(token).write("auth/token/renew-self", {"increment": "60s"})
    nearly_over = desk.phases.who(token)

    browser.get("/cases")

    renewed = desk.phases.who(token)
    assert nearly_over.seconds_left <= 60
    assert renewed.seconds_left > renewed.seconds_at_most / 2


def test_the_database_alone_gives_no_token_away(browser: FlaskClient, desk: Desk, database: Database) -> None:
    sign_in(browser, desk, "irban1")
    ticket = Ticket.from_cookie(cookie(browser))
    assert ticket is not None
    token = session_data(database, ticket)["token"]

    rows = database.rows("SELECT id_digest, sealed FROM held.sessions")

    stored = b"".join(bytes(row["id_digest"]) + bytes(row["sealed"]) for row in rows)
    assert token.encode() not in stored
    assert ticket.id not in stored
    assert ticket.key not in stored


@pytest.mark.parametrize("column", ["ends_at", "idle_from"])
def test_a_session_ends_when_its_time_is_over(
    browser: FlaskClient, database: Database, desk: Desk, column: str
) -> None:
    give_password(browser, "operator1", desk.password("operator1").reveal())
    ticket = Ticket.from_cookie(cookie(browser))
    assert ticket is not None
    database.execute(
        Statement(f"UPDATE held.sessions SET {column} = now() WHERE id_digest = %s", (ticket.digest,), expect_rows=1)  # noqa: S608
    )

    answer = browser.get("/sign-in/code")

    assert answer.location == "/sign-in"


def test_another_role_is_told_that_the_page_is_not_theirs_and_may_leave(browser: FlaskClient, desk: Desk) -> None:
    sign_in(browser, desk, "operator1")

    answer = browser.get("/cases", headers={"Accept": "text/html"})
    left = browser.post("/sign-out", data={"csrf_token": csrf_token(answer)})

    assert answer.status_code == 403
    assert "Anda masuk sebagai operator1 (Pengelola sistem)." in answer.text
    assert "Halaman ini untuk: Pemeriksa, Inspektur Pembantu, Inspektur." in answer.text
    assert browser.get("/cases").status_code == 401
    assert left.location == "/sign-in"


def test_a_change_without_the_token_of_its_page_is_refused(browser: FlaskClient, desk: Desk) -> None:
    sign_in(browser, desk, "pengawas1")

    assert browser.post("/notes").status_code == 400
    assert browser.post("/sign-out").status_code == 400
    assert browser.post("/sign-in", data={"user": "x", "password": "y"}).status_code == 400


def test_a_cookie_that_is_not_ours_is_a_new_beginning(app: Flask) -> None:
    for value in ("", "x", "!!!", Ticket.new().cookie, Ticket.new().cookie[:-4]):
        browser = app.test_client()
        browser.set_cookie(COOKIE, value)
        assert browser.get("/cases").status_code == 401
        assert browser.get("/sign-in").status_code == 200


def test_over_https_the_cookie_is_bound_to_the_host(system: System, database: Database) -> None:
    browser = make_app(system, database, https=True).test_client()

    answer = browser.get("/sign-in", base_url="https://cases.test")

    parts = set(answer.headers["Set-Cookie"].split("; "))
    assert answer.headers["Set-Cookie"].startswith(f"__Host-{COOKIE}=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= parts
    assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in parts)
