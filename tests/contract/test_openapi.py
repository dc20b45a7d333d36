"""The public API as its clients see it: valid OpenAPI, and problems in the reporter's language."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from openapi_spec_validator import validate
from wbs_local.launch import Running

PUBLIC = ("intake", "evidence")


def address(running: Running, service: str, path: str) -> str:
    return f"http://{running.system.host}:{running.system.ports[service]}{path}"


@pytest.fixture(params=PUBLIC)
def document(running: Running, request: pytest.FixtureRequest) -> dict[str, Any]:
    answer = requests.get(address(running, request.param, "/api/v1/openapi.json"), timeout=10)
    found: dict[str, Any] = answer.json()
    return found


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in ("get", "post", "put", "patch", "delete", "head") and not operation.get("summary")
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "kind"),
    [
        ("GET", "/api/v1/nothing", None, 404, "about:blank"),
        ("DELETE", "/api/v1/reports", None, 405, "about:blank"),
        ("POST", "/api/v1/reports", {}, 422, "about:blank"),
        ("POST", "/api/v1/receipts/status", {"locator": "x" * 43}, 404, "urn:wbs:problem:no-such-receipt"),
        ("POST", "/api/v1/receipts/status", {"locator": "short"}, 422, "about:blank"),
        ("GET", "/api/v1/reports/3f0c6f53-0d2e-4c53-9a43-5a4b7f7d2d0a", None, 401, "urn:wbs:problem:token-refused"),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_cannot_be_done_is_a_problem_in_the_reporters_language(
    running: Running, method: str, path: str, content: Any, status: int, kind: str, language: str
) -> None:
    headers = {"Accept-Language": language}
    answer = requests.request(method, address(running, "intake", path), json=content, headers=headers, timeout=10)

    problem = answer.json()
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == kind
    assert problem["status"] == status
    assert problem["title"]


def test_titles_differ_by_language(running: Running) -> None:
    url = address(running, "intake", "/api/v1/nothing")

    titles = {requests.get(url, headers={"Accept-Language": each}, timeout=10).json()["title"] for each in ("id", "en")}

    assert len(titles) == 2


def test_a_body_that_is_no_json_is_told(running: Running) -> None:
    url = address(running, "intake", "/api/v1/reports")
    for body, content_type, status in ((b"{", "application/json", 400), (b"x=1", "text/plain", 415)):
        answer = requests.post(url, data=body, headers={"Content-Type": content_type}, timeout=10)
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_not_read(running: Running) -> None:
    headers = {"Content-Type": "application/json"}
    url = address(running, "intake", "/api/v1/reports")
    answer = requests.post(url, data=b"[" * 3_000_000, headers=headers, timeout=20)

    assert answer.status_code == 413
