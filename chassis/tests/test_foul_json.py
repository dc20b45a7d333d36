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


NUL = r'"\u0000"'
DEPTHS = (32, 100, 300, *range(400, 500, 4))  # at some, only what told of the NUL went too deep
FOUL = [
    "[" * 100_000 + "]" * 100_000,
    *("[" * depth + NUL + "]" * depth for depth in DEPTHS),
    *('{"a":' * depth + NUL + "}" * depth for depth in DEPTHS),
    "1" * 5000,
    "{",
    "\ud800",
    *(r'"\ud800"', r'["\udfff"]', r'{"\ud800": 1}', r'{"\ude00\ud83d": "\u0000"}', r'1, "\ud800": 1'),
]


@pytest.mark.parametrize("content", FOUL)
def test_foul_json_is_a_bad_request(content: str) -> None:
    assert _status(content) == 400


@pytest.mark.parametrize("content", ["[" * 31 + "1" + "]" * 31, r'{"\ud83d\ude00": "\ud83d\ude00"}'])
def test_json_that_only_looks_foul_is_welcome(content: str) -> None:
    assert _status(content) == 200


def _status(content: str) -> int:
    app, pages = Flask(__name__), Blueprint("pages", __name__)
    app.config.update(API_TITLE="test", API_VERSION="1", OPENAPI_VERSION="3.1.0")

    @pages.post("/")
    @pages.arguments(Anything)
    def take(given: dict[str, Any]) -> dict[str, Any]:
        return given

    Api(app).register_blueprint(pages)
    body = f'{{"content": {content}}}'.encode("utf-8", "surrogatepass")

    return app.test_client().post("/", data=body, content_type="application/json").status_code
