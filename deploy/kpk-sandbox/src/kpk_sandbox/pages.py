"""The officer's pages. Nobody signs in: it is a sandbox, bound to this machine, and says so on each page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

from contracts.letters import LetterTooLarge
from contracts.vocabulary import KpkStatus, Role
from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException

from kpk_sandbox import words_shown
from kpk_sandbox.bootstrap import Sandbox
from kpk_sandbox.dossier import Dossier
from kpk_sandbox.faults import Asked, NoPlan, Plan
from kpk_sandbox.problems import http_page
from kpk_sandbox.reading import OpenedFile
from kpk_sandbox.speaking import NotOurs

EXTENSION = "kpk_sandbox"
MOST_CHARACTERS = 4000
STREAM_BYTES = 1 << 20
# A browser shows these by itself; all else is saved.
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# What a stranger sent: no script of it runs, and it is of no origin, should a browser take it for a page after all.
SANDBOXED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; sandbox"

T = TypeVar("T")

pages = Blueprint("pages", __name__)
csrf = CSRFProtect()


def create_pages(sandbox: Sandbox) -> Flask:
    app = Flask("kpk_sandbox")
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),  # for the forms of this process's life
        SESSION_COOKIE_NAME="kpk_sandbox",
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=1 << 16,
        # No sign-in: a foreign page must not reach us under a name of its own.
        TRUSTED_HOSTS=["127.0.0.1", "localhost"],
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions[EXTENSION] = sandbox
    words_shown.install(app)
    csrf.init_app(app)
    app.register_error_handler(HTTPException, http_page)
    app.register_blueprint(pages)
    app.after_request(_add_headers)
    return app


@pages.get("/")
def list_reports() -> ResponseReturnValue:
    return render_template("reports.html", summaries=_sandbox().dossiers.summaries())


@pages.get("/reports/<uuid:report_id>")
def show_report(report_id: UUID) -> ResponseReturnValue:
    return render_template(
        "report.html", dossier=_dossier(report_id), statuses=list(KpkStatus), roles=list(Role), most=MOST_CHARACTERS
    )


@pages.get("/reports/<uuid:report_id>/files/<uuid:parcel_id>")
def show_file(report_id: UUID, parcel_id: UUID) -> ResponseReturnValue:
    """The plain file, or the range of it that is asked for (RFC 9110, section 14)."""
    opened = _sandbox().dossiers.open_file(report_id, parcel_id)
    if opened is None:
        abort(404)
    size = opened.reader.size
    asked = request.range.range_for_length(size) if request.range else None
    if request.range and asked is None:
        abort(416)
    start, end = asked or (0, size)
    response = Response(_stream(opened, start, end), 206 if asked else 200)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(end - start)
    if asked:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _shown_safely(response, opened.media_type)


@pages.post("/reports/<uuid:report_id>/status")
def set_status(report_id: UUID) -> ResponseReturnValue:
    status = _chosen(KpkStatus, request.form.get("status", ""))
    _sandbox().speaking.set_status(_dossier(report_id).summary.report, status)
    return _back(report_id, "statements")


@pages.post("/reports/<uuid:report_id>/messages")
def write_message(report_id: UUID) -> ResponseReturnValue:
    dossier, text = _dossier(report_id), request.form.get("text", "").strip()
    if not text or len(text) > MOST_CHARACTERS or dossier.story is None:
        abort(422)
    try:
        _sandbox().speaking.write(dossier.summary.report, dossier.story.reporter_keys, text)
    except NotOurs:
        abort(403)
    except LetterTooLarge:
        abort(413)
    return _back(report_id, "messages")


@pages.post("/reports/<uuid:report_id>/conflicts")
def declare_conflict(report_id: UUID) -> ResponseReturnValue:
    roles = [_chosen(Role, role) for role in request.form.getlist("concerns")]
    if not roles:
        abort(422)
    _sandbox().speaking.declare_conflict(_dossier(report_id).summary.report, roles)
    return _back(report_id, "statements")


@pages.get("/faults")
def show_faults() -> ResponseReturnValue:
    return render_template("faults.html", plan=_sandbox().faults.plan)


@pages.post("/faults")
def set_faults() -> ResponseReturnValue:
    _sandbox().faults.set(_plan(request.form.get))
    return redirect(url_for("pages.show_faults"))


@pages.put("/faults")
@csrf.exempt  # a foreign page can't send this method: browsers ask first, and nobody answers that it may
def put_faults() -> ResponseReturnValue:
    """The same for tests, as JSON; what isn't named is off."""
    told = request.get_json()
    if not isinstance(told, dict):
        abort(400)
    _sandbox().faults.set(_plan(told.get))
    return jsonify({})


def _plan(told: Asked) -> Plan:
    try:
        return Plan.asked(told)
    except NoPlan:
        abort(422)


def _shown_safely(response: Response, media_type: str) -> Response:
    shown = media_type in SHOWN
    response.mimetype = media_type if shown else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if shown else "attachment"
    response.headers["Content-Security-Policy"] = SANDBOXED
    return response


def _stream(opened: OpenedFile, start: int, end: int) -> Iterator[bytes]:
    for offset in range(start, end, STREAM_BYTES):
        yield opened.reader.read(offset, min(STREAM_BYTES, end - offset))


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions[EXTENSION]
    return sandbox


def _dossier(report_id: UUID) -> Dossier:
    found = _sandbox().dossiers.find(report_id)
    if found is None:
        abort(404)
    return found


def _chosen(kind: Callable[[str], T], text: str) -> T:
    try:
        return kind(text)
    except ValueError:
        abort(422)


def _back(report_id: UUID, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("pages.show_report", report_id=report_id, _anchor=anchor), 303)
