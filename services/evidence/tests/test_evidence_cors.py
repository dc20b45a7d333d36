"""Which pages may upload from a browser: those of the one origin that was set, and no other."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from evidence import cors
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PORTAL = "https://wbs.example.go.id"
STRANGER = "https://lain.example.go.id"


def client_of(origin: str | None) -> FlaskClient:
    app = Flask("evidence")
    app.add_url_rule("/upload", view_func=lambda: ("", 204, {"Location": "/upload/1"}), methods=["POST"])
    cors.allow(app, origin)
    return app.test_client()


def preflight(client: FlaskClient, origin: str) -> TestResponse:
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
    return client.options("/upload", headers={"Origin": origin, **asked})


def test_the_portal_may_upload_and_read_where_it_stands() -> None:
    client = client_of(PORTAL)

    asked, sent = preflight(client, PORTAL), client.post("/upload", headers={"Origin": PORTAL})

    assert asked.status_code == HTTPStatus.NO_CONTENT
    assert "PATCH" in asked.headers["Access-Control-Allow-Methods"]
    assert "Upload-Offset" in asked.headers["Access-Control-Allow-Headers"]
    assert sent.headers["Access-Control-Allow-Origin"] == PORTAL
    assert {"Location", "Upload-Offset"} <= set(sent.headers["Access-Control-Expose-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in {**asked.headers, **sent.headers}


@pytest.mark.parametrize(("allowed", "origin"), [(PORTAL, STRANGER), (PORTAL, "null"), (None, PORTAL)])
def test_no_other_page_may(allowed: str | None, origin: str) -> None:
    client = client_of(allowed)

    answers = preflight(client, origin), client.post("/upload", headers={"Origin": origin})

    assert not [name for answer in answers for name, _ in answer.headers if name.startswith("Access-Control")]


def test_a_cache_keeps_answers_to_different_origins_apart() -> None:
    assert "Origin" in client_of(PORTAL).post("/upload").vary
