"""Each operation names all that it can answer, the headers it takes and gives, and whether it asks for a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
from test_openapi import address
from wbs_local.launch import Running

JSON = "application/problem+json"
BODY = {400, 413, 415, 422}
TOKEN = {401}

# The statuses of each operation, beside 500 and 503, which any may answer.
INTAKE: dict[str, set[int]] = {
    "get /api/v1/challenges": {200},
    "get /api/v1/keys": {200},
    "post /api/v1/reports": {201, 403, 409, *BODY},
    "get /api/v1/reports/{report_id}": {200, 404, *TOKEN},
    "put /api/v1/reports/{report_id}/identity": {202, 404, 409, 410, 429, *BODY, *TOKEN},
    "post /api/v1/reports/{report_id}/submission": {202, 404, 409, 410, *BODY, *TOKEN},
    "post /api/v1/receipts/status": {200, 404, *BODY},
    "post /api/v1/receipts/messages": {202, 404, 409, 410, 429, *BODY},
    "post /api/v1/receipts/evidence": {201, 404, 409, 410, *BODY},
    "post /api/v1/receipts/identity": {202, 404, 409, 410, 429, *BODY},
    "post /api/v1/receipts/withdrawal": {204, 404, 409, 410, *BODY},
    "get /api/v1/log/head": {200, 404},
    "get /api/v1/log/proofs/{leaf}": {200, 404},
    "get /api/v1/log/consistency": {200, 404, 422},
}
EVIDENCE: dict[str, set[int]] = {
    "options /api/v1/uploads": {204},
    "post /api/v1/uploads": {201, 400, 409, 412, 413, 422, *TOKEN},
    "head /api/v1/uploads/{upload_id}": {200, 404, 412, *TOKEN},
    "patch /api/v1/uploads/{upload_id}": {204, 400, 404, 409, 412, 413, 415, 460, *TOKEN},
    "delete /api/v1/uploads/{upload_id}": {204, 404, 409, 412, *TOKEN},
    "get /api/v1/reports/{report_id}/evidence": {200, 404, *TOKEN},
}
DOCUMENTED = {"intake": INTAKE, "evidence": EVIDENCE}
OPERATIONS = [(service, name) for service, operations in DOCUMENTED.items() for name in operations]
METHODS = ("get", "put", "post", "patch", "delete", "head", "options")

Operations = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def documents(running: Running) -> dict[str, dict[str, Any]]:
    return {
        service: requests.get(address(running, service, "/api/v1/openapi.json"), timeout=10).json()
        for service in DOCUMENTED
    }


def operations_of(document: dict[str, Any]) -> Operations:
    return {
        f"{method} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    for name in part["$ref"].removeprefix("#/").split("/"):
        document = document[name]
    return document


def responses(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for status, response in operation["responses"].items():
        yield int(status), resolved(document, response)


@pytest.mark.parametrize("service", DOCUMENTED)
def test_every_operation_names_all_that_it_can_answer(documents: dict[str, dict[str, Any]], service: str) -> None:
    found = {
        name: {int(status) for status in operation["responses"]}
        for name, operation in operations_of(documents[service]).items()
    }

    assert found == {name: statuses | {500, 503} for name, statuses in DOCUMENTED[service].items()}


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
def test_every_problem_has_its_schema_and_says_when_to_come_back(
    documents: dict[str, dict[str, Any]], service: str, name: str
) -> None:
    document = documents[service]
    for status, response in responses(document, operations_of(document)[name]):
        if status >= 400:
            assert response["content"][JSON]["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert ("Retry-After" in response.get("headers", {})) == (status in (409, 429, 503))


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
def test_every_operation_says_which_headers_it_takes_and_whether_it_asks_for_a_token(
    documents: dict[str, dict[str, Any]], service: str, name: str
) -> None:
    document = documents[service]
    operation = operations_of(document)[name]
    given = [resolved(document, each) for each in operation["parameters"]]
    taken = {each["name"]: each for each in given if each["in"] == "header"}

    assert "Accept-Language" in taken
    assert ("Idempotency-Key" in taken) == (name in ("post /api/v1/reports", "post /api/v1/uploads"))
    assert ("Tus-Resumable" in taken) == ("/uploads" in name and not name.startswith("options"))
    assert operation["security"] == ([{"uploadToken": []}] if 401 in DOCUMENTED[service][name] else [])
    assert document["components"]["securitySchemes"]["uploadToken"]["scheme"] == "bearer"


def test_where_an_upload_is_stands_in_the_answer(documents: dict[str, dict[str, Any]]) -> None:
    document = documents["evidence"]
    created = dict(responses(document, operations_of(document)["post /api/v1/uploads"]))[201]

    assert {"Location", "Tus-Resumable", "Upload-Offset", "Upload-Expires"} <= set(created["headers"])


def in_pieces(content: bytes) -> Iterator[bytes]:
    """requests sends what has no length in chunks."""
    for at in range(0, len(content), 65_536):
        yield content[at : at + 65_536]


PROBES: dict[str, Callable[[], dict[str, Any]]] = {
    "nothing": dict,
    "an empty object": lambda: {"json": {}},
    "no json": lambda: {"data": b"{", "headers": {"Content-Type": "application/json"}},
    "another type": lambda: {"data": b"x=1", "headers": {"Content-Type": "text/plain"}},
    "another type in chunks": lambda: {"data": in_pieces(b"x=1"), "headers": {"Content-Type": "text/plain"}},
    "too much in chunks": lambda: {
        "data": in_pieces(b"[" * 2_100_000),
        "headers": {"Content-Type": "application/json"},
    },
    "a token that is none": lambda: {"json": {}, "headers": {"Authorization": "Bearer none"}},
    "a tus client's": lambda: {"headers": {"Authorization": "Bearer none", "Tus-Resumable": "1.0.0"}},
}


PROBED = [
    (service, name, probe)
    for service, name in OPERATIONS
    for probe in PROBES
    if "chunks" not in probe or name.startswith(("put", "post"))
]


@pytest.mark.parametrize(("service", "name", "probe"), PROBED)
def test_what_is_answered_is_what_is_documented(running: Running, service: str, name: str, probe: str) -> None:
    method, path = name.split(" ")
    url = address(running, service, path.format(report_id=uuid4(), upload_id=uuid4(), leaf="0" * 64))

    answer = requests.request(method, url, timeout=20, **PROBES[probe]())

    assert answer.status_code in DOCUMENTED[service][name]
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == JSON


WITH_BODIES = [name for name, statuses in INTAKE.items() if statuses >= BODY]


@pytest.mark.parametrize(
    ("probe", "status"), [("another type", 415), ("another type in chunks", 415), ("too much in chunks", 413)]
)
@pytest.mark.parametrize("name", WITH_BODIES)
def test_a_body_is_refused_for_what_it_is_however_it_was_sent(
    running: Running, name: str, probe: str, status: int
) -> None:
    method, path = name.split(" ")
    url = address(running, "intake", path.format(report_id=uuid4()))

    answer = requests.request(method, url, timeout=20, **PROBES[probe]())

    assert answer.status_code == status


@pytest.mark.parametrize("field", ["locator_hash", "locked_keys", "challenge", "route"])
def test_a_field_with_a_mark_that_hides_is_named(running: Running, field: str) -> None:
    url = address(running, "intake", "/api/v1/reports")

    answer = requests.post(url, json={field: "x\u202ey"}, timeout=20)

    assert answer.status_code == 422
    assert set(answer.json()["errors"]["json"]) == {field}
