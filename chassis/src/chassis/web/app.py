"""The Flask app that every service's API and pages begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import flask_smorest
from flask import Flask, Response, jsonify, request
from jinja2 import ChoiceLoader, PackageLoader
from werkzeug.exceptions import HTTPException

from chassis.service import Process
from chassis.settings import Profile
from chassis.telemetry import Check, Metrics
from chassis.telemetry.health import RETRY_AFTER_S, failing
from chassis.web import bodies, documentation, languages, problems

LARGEST_BODY = 2_000_000
PRODUCT = "WBS Batanghari"

HEADERS = {
    # No inline script or style anywhere, nothing from elsewhere, no frame around us.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # flask-wtf asks for a Referer of our own on HTTPS; other sites never learn where a reader came from.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Api(flask_smorest.Api):  # type: ignore[misc]
    ERROR_SCHEMA = documentation.ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Any:
        return problems.answer_http_error(error)


def make_app(
    name: str,
    process: Process[Any],
    *,
    pages: bool = False,
    translations: Sequence[Path] = (),
    largest_body: int = LARGEST_BODY,
) -> Flask:
    """`name` is the service's package. `pages`: people look at it, errors are pages too. Bodies over `largest_body`
    bytes are refused."""
    app = Flask(name)
    bodies.bound(app, largest_body)
    app.jinja_options = {"loader": ChoiceLoader([app.create_global_jinja_loader(), PackageLoader("chassis")])}
    app.url_map.merge_slashes = False  # its redirect would carry whatever the request calls our host
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    languages.install(app, translations, remembers=pages)
    problems.install(app, process.metrics, pages)
    app.context_processor(lambda: {"product": PRODUCT})
    _add_headers(app, process.settings.profile)
    _add_health(app, process.dependencies)
    _add_chassis_files(app)
    _count(app, process.metrics)
    return app


def make_api(app: Flask, title: str, version: str = "v1") -> Api:
    """The API's blueprints are registered on it; its OpenAPI 3.1 document is at `/api/v1/openapi.json`."""
    app.config.update(
        API_TITLE=title,
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/api/{version}",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(app)
    documentation.prepare(api.spec)
    return api


def _add_headers(app: Flask, profile: Profile) -> None:
    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if profile is Profile.PRODUCTION:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint not in ("static", "chassis_static"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)


def _add_health(app: Flask, checks: Mapping[str, Check]) -> None:
    def alive() -> Response:
        return jsonify({"status": "alive"})

    def ready() -> Response:
        down = failing(checks)
        response = jsonify({"down": down})
        if down:
            response.status_code = 503
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response

    app.add_url_rule("/healthz", view_func=alive, endpoint="healthz")
    app.add_url_rule("/readyz", view_func=ready, endpoint="readyz")


def _add_chassis_files(app: Flask) -> None:
    folder = Path(__file__).parents[1] / "static"

    def file(filename: str) -> Response:
        from flask import send_from_directory

        return send_from_directory(folder, filename, max_age=3600)

    app.add_url_rule("/chassis/<path:filename>", view_func=file, endpoint="chassis_static")


def _count(app: Flask, metrics: Metrics) -> None:
    def count(response: Response) -> Response:
        metrics.requests.inc(request.endpoint or "none", f"{response.status_code // 100}xx")
        return response

    app.after_request(count)
