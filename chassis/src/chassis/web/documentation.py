"""What the OpenAPI document says of each operation beyond its bodies: problems, headers, tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from apispec import APISpec

from chassis.web.problems import CONTENT_TYPE

TOKEN = "uploadToken"  # noqa: S105  # the scheme's name
LANGUAGE = "ACCEPT_LANGUAGE"
ALWAYS = frozenset({500, 503})
OF_BODIES = frozenset({400, 413, 415, 422})
MAY_PASS = (409, 429, 503)

Header = Mapping[str, Any]


class ProblemSchema(ma.Schema):
    """RFC 9457. `type` is `about:blank`, or `urn:wbs:problem:` and what happened; texts follow Accept-Language."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    errors = ma.fields.Raw(metadata={"description": "each thing that is wrong, by the field or in a list"})
    largest = ma.fields.Integer(metadata={"description": "bytes of the largest file that is taken"})


@dataclass(frozen=True)
class Terms:
    """`problems`: the statuses that this operation can answer, beside those of every one and of every body; `token`:
    it asks for a bearer token; `headers`: request headers of its own."""

    problems: Sequence[int] = ()
    token: bool = False
    headers: Sequence[Header] = ()


def header(name: str, description: str, required: bool = False) -> Header:
    """A request header."""
    schema = {"type": "string"}
    return {"name": name, "in": "header", "description": description, "required": required, "schema": schema}


def answered(**descriptions: str) -> Mapping[str, Header]:
    """Headers of an answer, by their names with `_` for `-`."""
    return {
        name.replace("_", "-"): {"description": description, "schema": {"type": "string"}}
        for name, description in descriptions.items()
    }


def prepare(spec: APISpec) -> None:
    """The parts that operations refer to."""
    components = spec.components
    components.security_scheme(
        TOKEN, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "a draft's, or a batch's"}
    )
    choice = {"description": "`id` or `en`, for the texts of problems", "schema": {"type": "string", "default": "id"}}
    components.parameter(LANGUAGE, "header", {"name": "Accept-Language", **choice}, lazy=True)
    for response in (*components.responses.values(), *components.responses_lazy.values()):
        _as_problem(response)
    for status in MAY_PASS:
        components.responses_lazy[HTTPStatus(status).name]["headers"] = answered(
            Retry_After="seconds after which the same may succeed; missing where it won't"
        )


def _as_problem(response: dict[str, Any]) -> None:
    """flask-smorest documents errors as plain JSON."""
    content = response.get("content", {})
    if "application/json" in content:
        content[CONTENT_TYPE] = content.pop("application/json")


def add_terms(doc: dict[str, Any], doc_info: Mapping[str, Any], **_: Any) -> dict[str, Any]:
    """flask-smorest calls it for each operation. One that has no terms keeps the answer that stands for any."""
    terms: Terms | None = doc_info.get("terms")
    if terms is None:
        return doc
    responses = doc.setdefault("responses", {})
    responses.pop("default", None)
    responses |= {status: _response(status) for status in sorted(_statuses(doc, terms))}
    doc["parameters"] = [*doc.get("parameters", ()), *terms.headers, LANGUAGE]
    doc["security"] = [{TOKEN: []}] if terms.token else []
    return doc


def _statuses(doc: Mapping[str, Any], terms: Terms) -> set[int]:
    found = {*ALWAYS, *terms.problems, *([401] if terms.token else [])}
    if "requestBody" in doc:
        found |= OF_BODIES
    return found | ({422} if doc.get("parameters") else set())


def _response(status: int) -> str | dict[str, Any]:
    """A reference, or in full for a status that HTTP doesn't know."""
    try:
        return HTTPStatus(status).name
    except ValueError:
        return {"description": "Problem", "content": {CONTENT_TYPE: {"schema": ProblemSchema}}}
