"""A body is bounded and of a known type though its length isn't told, and holds no character that hides itself."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from chassis.web import Blueprint
from chassis.web.bodies import DEEPEST, Bounded, bound
from flask import Flask, request
from flask.testing import FlaskClient
from flask_babel import Babel
from flask_smorest import Api
from marshmallow import Schema, fields
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import TestResponse

MOST = 100
JSON = "application/json"


class Anything(Schema):
    text = fields.String()
    inner = fields.Dict()
    many = fields.List(fields.String())


class Asked(Schema):
    word = fields.String()


@pytest.fixture
def client() -> FlaskClient:
    app, pages = Flask(__name__), Blueprint("pages", __name__)
    app.config.update(API_TITLE="test", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    Babel(app)
    bound(app, MOST)

    @pages.post("/")
    @pages.arguments(Asked, location="query")
    @pages.arguments(Anything)
    def take(asked: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        return given

    @pages.post("/raw")
    def read() -> dict[str, Any]:
        return {"length": len(request.get_data())}

    Api(app).register_blueprint(pages)
    return app.test_client()


def chunked(client: FlaskClient, path: str, body: bytes, content_type: str = JSON) -> TestResponse:
    """As granian hands on a body whose length nobody told."""
    answer: TestResponse = client.post(
        path,
        input_stream=BytesIO(body),
        content_type=content_type,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    return answer


@pytest.mark.parametrize("path", ["/", "/raw"])
def test_a_body_of_untold_length_that_is_too_large_is_refused_and_not_cut(client: FlaskClient, path: str) -> None:
    largest = b'{"text": "' + b"x" * (MOST - 12) + b'"}'

    assert chunked(client, path, largest).status_code == 200
    assert chunked(client, path, largest + b" ").status_code == 413
    assert chunked(client, path, largest * 1000).status_code == 413


def test_a_body_of_untold_length_has_a_type(client: FlaskClient) -> None:
    assert chunked(client, "/", b"text=x", "text/plain").status_code == 415
    assert chunked(client, "/", b'{"text": "x"}').json == {"text": "x"}
    assert chunked(client, "/", b"", "text/plain").status_code == 200


@pytest.mark.parametrize("size", [-1, 3, 10, 1000])
def test_a_bounded_stream_gives_all_that_fits_and_no_more(size: int) -> None:
    def read(stream: Bounded) -> bytes:
        found = b""
        while more := stream.read(size):
            found += more
        return found

    assert read(Bounded(BytesIO(b"x" * 10), 10)) == b"x" * 10
    with pytest.raises(RequestEntityTooLarge):
        read(Bounded(BytesIO(b"x" * 11), 10))


@pytest.mark.parametrize("mark", list("\0\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_a_text_with_a_mark_that_hides_is_refused_by_its_name(client: FlaskClient, mark: str) -> None:
    text = f"dpmd{mark}"

    answers = {
        "json": client.post("/", json={"text": text, "inner": {"deep": text}, "many": ["plain", text]}),
        "query": client.post("/", json={}, query_string={"word": text}),
    }

    assert [answer.status_code for answer in answers.values()] == [422, 422]
    named = answers["json"].json["errors"]["json"]  # type: ignore[index]
    assert set(named) == {"text", "inner", "many"}
    assert (set(named["inner"]), set(named["many"])) == ({"deep"}, {"1"})
    assert set(answers["query"].json["errors"]["query"]) == {"word"}  # type: ignore[index]


def test_all_other_writing_is_welcome(client: FlaskClient) -> None:
    text = "Pak Éko – ١٥ 汉字 \N{GRINNING FACE}\n"

    assert client.post("/", json={"text": text}).json == {"text": text}


def test_what_is_nested_too_deeply_is_no_json_of_ours(client: FlaskClient) -> None:
    bound(client.application, 1_000_000)
    statuses = {
        depth: client.post(
            "/", data=b'{"inner": ' + b'{"a": ' * depth + b"1" + b"}" * depth + b"}", content_type=JSON
        ).status_code
        for depth in (DEEPEST - 1, DEEPEST, 300, 450, 600, 900)
    }

    assert statuses == {DEEPEST - 1: 200, DEEPEST: 400, 300: 400, 450: 400, 600: 400, 900: 400}
