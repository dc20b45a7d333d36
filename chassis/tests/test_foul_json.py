"""A body that Python's JSON reader chokes on is the sender's fault, and answered like any other that is no JSON."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.web import Blueprint
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields


class Anything(Schema):
    content = fields.Raw(required=True)


@pytest.mark.parametrize("content", ["[" * 100_000 + "]" * 100_000, "1" * 5000, "{", "\ud800"])
def test_foul_json_is_a_bad_request(content: str) -> None:
    app, pages = Flask(__name__), Blueprint("pages", __name__)
    app.config.update(API_TITLE="test", API_VERSION="1", OPENAPI_VERSION="3.1.0")

    @pages.post("/")
    @pages.arguments(Anything)
    def take(given: dict[str, Any]) -> dict[str, Any]:
        return given

    Api(app).register_blueprint(pages)
    body = f'{{"content": {content}}}'.encode("utf-8", "surrogatepass")

    answer = app.test_client().post("/", data=body, content_type="application/json")

    assert answer.status_code == 400
