"""The web habits, asked by a real client of a real app (and once of a real server)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import uuid4

import marshmallow as ma
import pytest
import structlog.testing
from chassis.clock import Clock
from chassis.service import Process
from chassis.settings import Secret, Settings
from chassis.store import ConstraintViolated, Database, EventStore, StoreUnavailable, VersionConflict
from chassis.telemetry import Metrics
from chassis.telemetry.logs import _class_of_exception
from chassis.testing.harness import ServiceUnderTest
from chassis.web import Blueprint, Idempotency, KeyMissing, KeyReused, Problem, make_api, make_app
from chassis.web.idempotency import CONSTRAINT
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import gettext as _
from openapi_spec_validator import validate
from prometheus_client import generate_latest
from wbs_local.system import System

from chassis import DependencyDown

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
INLINE = re.compile(r"<style|<script(?![^>]*src=)|\son\w+=|\sstyle=|https?://(?!www\.w3\.org)", re.IGNORECASE)


class Note(ma.Schema):
    text = ma.fields.String(required=True, validate=ma.validate.Length(max=5))
    kind = ma.fields.String(validate=ma.validate.OneOf(["a", "b"]))
    number = ma.fields.Integer(validate=ma.validate.Range(min=1))


@pytest.fixture(scope="module")
def store(toy: ServiceUnderTest, system: System) -> Iterator[EventStore]:
    password = Secret(system.keep_secret("toy-worker", "postgres_password"))
    opened = EventStore(Database(system.host, system.ports["postgres"], "toy", "toy", password))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def process(toy: ServiceUnderTest, store: EventStore) -> Process[Settings]:
    settings = Settings.load("toy", toy.environment)
    return Process("web", settings, store, Metrics("toy", Clock()))


@pytest.fixture(scope="module")
def app(process: Process[Settings]) -> Flask:
    made = make_app(__name__, process, pages=True, largest_body=1000)
    api = make_api(made, "Toy API")
    notes = Blueprint("notes", "notes", url_prefix="/api/v1/notes", description="Notes")

    @notes.post("/")
    @notes.arguments(Note)
    @notes.response(201, Note)
    def add(note: dict[str, Any]) -> dict[str, Any]:
        return note

    @notes.get("/broken")
    def broken() -> str:
        raise ValueError("Budi told us")

    @notes.get("/down")
    def down() -> str:
        raise DependencyDown("openbao")

    @notes.get("/refused")
    def refused() -> str:
        raise Problem(409, "evidence-missing", _("Tidak ditemukan"), errors={"evidence": ["x"]}, extra={"needed": 3})

    api.register_blueprint(notes)
    made.add_url_rule("/page", view_func=lambda: render_template_string(PAGE), endpoint="page")
    return made


PAGE = """{% extends "staff_base.html" %}
{% block title %}Kasus{% endblock %}
{% block content %}<h1>Kasus</h1>{% endblock %}"""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@dataclass(frozen=True)
class Case:
    method: str
    path: str
    status: int
    arguments: dict[str, Any]


CASES = [
    Case("GET", "/nowhere", 404, {}),
    Case("DELETE", "/api/v1/notes/", 405, {}),
    Case("POST", "/api/v1/notes/", 413, {"json": {"text": "x" * 2000}}),
    Case("POST", "/api/v1/notes/", 415, {"data": "text", "content_type": "text/plain"}),
    Case("POST", "/api/v1/notes/", 400, {"data": "{", "content_type": "application/json"}),
    Case("POST", "/api/v1/notes/", 400, {"data": r'{"\ud800": 1}', "content_type": "application/json"}),
    Case("POST", "/api/v1/notes/", 422, {"json": {}}),
    Case("GET", "/api/v1/notes/broken", 500, {}),
    Case("GET", "/api/v1/notes/down", 503, {}),
    Case("GET", "/api/v1/notes/refused", 409, {}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.status))
def test_every_error_is_a_problem_in_the_reader_s_language(client: FlaskClient, case: Case) -> None:
    indonesian = client.open(case.path, method=case.method, **case.arguments)
    english = client.open(case.path, method=case.method, headers=ENGLISH, **case.arguments)

    for answer in (indonesian, english):
        assert answer.status_code == case.status
        assert answer.mimetype == "application/problem+json"
        assert answer.json is not None
        assert answer.json["status"] == case.status
        assert "Budi" not in answer.text
    assert indonesian.json is not None
    assert english.json is not None
    assert indonesian.json["title"] != english.json["title"]


def test_a_problem_names_what_is_wrong_and_has_members_of_its_own(client: FlaskClient) -> None:
    answer = client.get("/api/v1/notes/refused", headers=ENGLISH)

    assert answer.json == {
        "type": "urn:wbs:problem:evidence-missing",
        "title": "Not found",
        "status": 409,
        "errors": {"evidence": ["x"]},
        "needed": 3,
    }


def test_a_dependency_that_is_down_says_when_to_come_back_and_405_what_is_allowed(client: FlaskClient) -> None:
    assert int(client.get("/api/v1/notes/down").headers["Retry-After"]) > 0
    assert "POST" in client.delete("/api/v1/notes/").headers["Allow"]


def test_marshmallow_speaks_both_languages(client: FlaskClient) -> None:
    wrong = {"text": "too long", "kind": "c", "number": 0, "more": 1}

    indonesian = client.post("/api/v1/notes/", json=wrong).json
    english = client.post("/api/v1/notes/", json=wrong, headers=ENGLISH).json
    missing = client.post("/api/v1/notes/", json={}).json

    assert indonesian is not None
    assert english is not None
    assert missing is not None
    assert indonesian["errors"]["json"] == {
        "text": ["Paling banyak 5."],
        "kind": ["Harus salah satu dari: a, b."],
        "number": ["Harus ≥ 1."],
        "more": ["Isian ini tidak dikenal."],
    }
    assert english["errors"]["json"] == {
        "text": ["At most 5."],
        "kind": ["Must be one of: a, b."],
        "number": ["Must be ≥ 1."],
        "more": ["Unknown field."],
    }
    assert missing["errors"]["json"]["text"] == ["Wajib diisi."]


@pytest.mark.parametrize("path", ["/page", "/nowhere", "/api/v1/notes/down", "/healthz"])
def test_every_answer_has_the_strict_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/page", "/nowhere"])
def test_a_page_has_nothing_inline_and_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})

    assert answer.mimetype == "text/html"
    assert INLINE.search(answer.text) is None
    for address in re.findall(r'(?:src|href)="(/chassis/[^"]+)"', answer.text):
        with client.get(address) as file:
            assert file.status_code == 200


def test_a_person_chooses_the_language_and_it_stays(client: FlaskClient) -> None:
    first = client.get("/page", headers={"Accept": "text/html"})
    chosen = client.get("/page?language=en", headers={"Accept": "text/html"})
    later = client.get("/page", headers={"Accept": "text/html"})

    assert '<html lang="id">' in first.text
    assert "Langsung ke isi" in first.text
    for page in (chosen, later):
        assert '<html lang="en">' in page.text
        assert "Skip to the content" in page.text


def test_health_asks_the_database(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"down": []}


class NoStore:
    def row(self, *_: object) -> None:
        raise StoreUnavailable


def test_who_is_not_ready_says_when_to_ask_again(process: Process[Settings]) -> None:
    made = make_app(f"{__name__}.down", replace(process, store=cast(Any, NoStore())))

    answer = made.test_client().get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"down": ["postgres"]})
    assert int(answer.headers["Retry-After"]) > 0


def test_the_openapi_document_is_valid_and_says_that_errors_are_problems(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json

    assert document is not None
    validate(cast(Any, document))
    assert document["openapi"] == "3.1.0"
    assert list(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]
    assert list(document["components"]["responses"]["UNPROCESSABLE_ENTITY"]["content"]) == ["application/problem+json"]


def test_an_unexpected_error_counts_with_its_class(client: FlaskClient, process: Process[Settings]) -> None:
    client.get("/api/v1/notes/broken")

    assert 'failures_total{error="ValueError",where="web"}' in generate_latest(process.metrics.registry).decode()


def test_an_error_within_the_answer_to_an_error_counts_too_and_tells_no_text(process: Process[Settings]) -> None:
    made = make_app(f"{__name__}.within", process)

    @made.get("/within")
    def fail_within() -> str:
        raise Problem(409, extra={"told": "Budi \ud800"})

    with structlog.testing.capture_logs(processors=[_class_of_exception]) as lines:
        answer = made.test_client().get("/within")

    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    shown = generate_latest(process.metrics.registry).decode()
    assert 'failures_total{error="UnicodeEncodeError",where="web"} 1.0' in shown
    assert [(line["event"], line["error"]) for line in lines] == [("request_failed", "UnicodeEncodeError")]
    assert "Budi" not in f"{answer.text}{lines}"


KEY = "0123456789abcdef012345"


@pytest.fixture
def idempotency(store: EventStore) -> Idempotency:
    return Idempotency(store, Clock(), f"reports-{uuid4()}")


def test_the_same_request_twice_gets_the_same_answer(store: EventStore, idempotency: Idempotency) -> None:
    answer = json.dumps({"upload_token": "secret"}).encode()
    before = idempotency.answer(KEY, b"content")

    store.save(also=[idempotency.keep(KEY, b"content", answer)])

    assert before is None
    assert idempotency.answer(KEY, b"content") == answer


def test_a_key_with_other_content_is_refused(store: EventStore, idempotency: Idempotency) -> None:
    store.save(also=[idempotency.keep(KEY, b"content", b"answer")])

    with pytest.raises(KeyReused):
        idempotency.answer(KEY, b"other content")


def test_of_two_requests_at_once_one_is_refused_by_the_database(store: EventStore, idempotency: Idempotency) -> None:
    store.save(also=[idempotency.keep(KEY, b"content", b"first")])

    with pytest.raises(ConstraintViolated) as caught:
        store.save(also=[idempotency.keep(KEY, b"content", b"second")])

    assert caught.value.constraint == CONSTRAINT
    assert idempotency.answer(KEY, b"content") == b"first"


def test_the_database_alone_gives_no_answer_away(store: EventStore, idempotency: Idempotency) -> None:
    store.save(also=[idempotency.keep(KEY, b"content", b"the upload token")])

    rows = str(store.rows("SELECT * FROM held.idempotency"))

    assert "the upload token" not in rows
    assert KEY not in rows


def test_answers_older_than_a_day_are_forgotten(store: EventStore, idempotency: Idempotency) -> None:
    store.save(also=[idempotency.keep(KEY, b"content", b"answer")])

    idempotency.sweep()
    kept = idempotency.answer(KEY, b"content")
    idempotency.sweep(replace(Clock()).next_hour().replace(year=2100))

    assert kept == b"answer"
    assert idempotency.answer(KEY, b"content") is None


@pytest.mark.parametrize("key", ["", "short", "spaces are not allowed in a key"])
def test_a_key_that_is_missing_or_guessable_is_refused(app: Flask, key: str) -> None:
    with app.test_request_context(headers={"Idempotency-Key": key}), pytest.raises(KeyMissing):
        Idempotency.key_of_request()


def test_a_reporters_device_keeps_nothing_of_us(process: Process[Settings]) -> None:
    for_reporters = make_app(f"{__name__}.reporters", process).test_client()

    answer = for_reporters.get("/healthz?language=en")

    assert "Set-Cookie" not in answer.headers


def test_what_a_request_calls_our_host_is_never_told_on(app: Flask) -> None:
    answer = app.test_client().get("/api/v1//notes", headers={"Host": "evil.example"})

    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_a_use_case_that_never_gets_its_turn_is_asked_for_again_later(process: Process[Settings]) -> None:
    made = make_app(f"{__name__}.conflicts", process)

    @made.get("/busy")
    def be_busy() -> str:
        raise VersionConflict

    answer = made.test_client().get("/busy")

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
