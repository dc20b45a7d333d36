"""Errors of the API as problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response
from werkzeug.exceptions import HTTPException

CONTENT_TYPE = "application/problem+json"


def problem(status: int, slug: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """`slug` is told as `urn:wbs:problem:<slug>`."""
    content = {
        "type": f"urn:wbs:problem:{slug}" if slug else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    return Response(json.dumps(content), status, headers, content_type=CONTENT_TYPE)


def http_problem(error: HTTPException) -> Response:
    return problem(error.code or 500)
