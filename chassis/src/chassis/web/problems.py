"""Every error as problem details (RFC 9457), in the reader's language; to a person on a page as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, InternalServerError

from chassis import DependencyDown
from chassis.store import VersionConflict
from chassis.telemetry import Metrics, log
from chassis.telemetry.health import RETRY_AFTER_S
from chassis.web.validation import translated

CONTENT_TYPE = "application/problem+json"
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")

TITLES = {
    400: _l("Permintaan tidak dapat dibaca"),
    401: _l("Harus masuk lebih dahulu"),
    403: _l("Tidak diizinkan"),
    404: _l("Tidak ditemukan"),
    405: _l("Metode ini tidak berlaku di sini"),
    406: _l("Bentuk jawaban ini tidak tersedia"),
    409: _l("Tidak sesuai dengan keadaan sekarang"),
    410: _l("Sudah tidak ada lagi"),
    412: _l("Syarat permintaan tidak terpenuhi"),
    413: _l("Isi terlalu besar"),
    415: _l("Jenis isi ini tidak diterima"),
    422: _l("Isi belum lengkap atau belum benar"),
    423: _l("Sedang terkunci"),
    429: _l("Terlalu banyak permintaan, coba lagi nanti"),
    500: _l("Terjadi kesalahan pada sistem"),
    503: _l("Layanan sedang tidak tersedia, coba lagi sebentar"),
}


@dataclass
class Problem(Exception):
    """Raised by a view; texts are in the reader's language (`gettext`), or lazy.

    `type` is a slug, told as `urn:wbs:problem:<type>`. `errors`: the things that are wrong, each named. `extra`:
    members of
    the problem's own.
    """

    status: int
    type: str | None = None
    title: Any = None
    detail: Any = None
    errors: Any = None
    retry_after: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def install(app: Flask, metrics: Metrics, pages: bool) -> None:
    app.config["WBS_PAGES"] = pages
    app.register_error_handler(Problem, problem_answer)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(DependencyDown, lambda error: _dependency_down(error, metrics))
    app.register_error_handler(VersionConflict, lambda _: problem_answer(Problem(503, retry_after=RETRY_AFTER_S)))
    app.register_error_handler(Exception, lambda error: _unexpected(error, metrics))
    app.register_error_handler(InternalServerError, lambda error: _unhandled(error, metrics))


def problem_answer(problem: Problem) -> Response:
    content = _content(problem)
    response = _as_page(content) if _wants_page() else _as_json(content)
    response.status_code = problem.status
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def answer_http_error(error: HTTPException) -> Response:
    """Errors of Flask, webargs and `abort`: their own texts are English, so only the status and the fields are
    taken."""
    data = getattr(error, "data", None) or {}
    errors = data.get("errors") or data.get("messages")
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    response = problem_answer(Problem(error.code or 500, errors=translated(errors) if errors else None))
    for name, value in [*error.get_headers(), *dict(data.get("headers") or {}).items()]:
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response


def _dependency_down(error: DependencyDown, metrics: Metrics) -> Response:
    metrics.retries.labels(error.what).inc()
    log.warning("dependency_down", what=error.what)
    return problem_answer(Problem(503, retry_after=RETRY_AFTER_S))


def _unexpected(error: BaseException, metrics: Metrics) -> Response:
    metrics.failures.labels("web", type(error).__name__).inc()
    log.error("request_failed", endpoint=request.endpoint, exc_info=error)
    return problem_answer(Problem(500))


def _unhandled(error: InternalServerError, metrics: Metrics) -> Response:
    """What was raised where no handler is asked (within one, or after the view) comes wrapped by Flask."""
    match error.original_exception:
        case None:
            return answer_http_error(error)
        case DependencyDown() as down:
            return _dependency_down(down, metrics)
        case original:
            return _unexpected(original, metrics)


def _content(problem: Problem) -> dict[str, Any]:
    title = problem.title if problem.title is not None else TITLES.get(problem.status, TITLES[500])
    content: dict[str, Any] = {
        "type": f"urn:wbs:problem:{problem.type}" if problem.type else "about:blank",
        "title": str(title),
        "status": problem.status,
    }
    if problem.detail is not None:
        content["detail"] = str(problem.detail)
    if problem.errors is not None:
        content["errors"] = _texts(problem.errors)
    return {**content, **problem.extra}


def _texts(errors: Any) -> Any:
    """Lazy texts are turned into the reader's language here."""
    if isinstance(errors, Mapping):
        return {str(name): _texts(value) for name, value in errors.items()}
    if isinstance(errors, Sequence) and not isinstance(errors, str):
        return [_texts(value) for value in errors]
    return errors if errors is None or isinstance(errors, bool | int | float) else str(errors)


def _wants_page() -> bool:
    offered = ["application/json", CONTENT_TYPE, "text/html"]
    return current_app.config["WBS_PAGES"] and request.accept_mimetypes.best_match(offered) == "text/html"


def _as_page(content: Mapping[str, Any]) -> Response:
    return Response(render_template("problem.html", problem=content), mimetype="text/html")


def _as_json(content: Mapping[str, Any]) -> Response:
    response = jsonify(content)
    response.mimetype = CONTENT_TYPE
    return response
