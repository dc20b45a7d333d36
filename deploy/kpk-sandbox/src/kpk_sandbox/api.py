"""The API that kpk-forwarder speaks to, over mutual TLS: parcels, their items' bytes, and what KPK says."""

from __future__ import annotations

import secrets
import socket
import time
from dataclasses import replace
from uuid import UUID

from contracts.parcels import sign_receipt
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected, HTTPException

from kpk_sandbox import words_shown
from kpk_sandbox.bootstrap import Sandbox
from kpk_sandbox.items import Appending, HashDiffers, OffsetDiffers, TooMuch
from kpk_sandbox.problems import http_problem, problem
from kpk_sandbox.receiving import ManifestRefused, NoSuchItem, ParcelDiffers

OFFSET = "Upload-Offset"
CONTENT_TYPE = "application/offset+octet-stream"
CONNECTION = "kpk_sandbox.connection"  # the request's socket in its WSGI environment
BLOCK = 1 << 16
LARGEST_JSON = 1 << 20
RETRY_AFTER_S = 1
ITEM = "/api/v1/parcels/<uuid:parcel_id>/items/<digest>"


def create_api(sandbox: Sandbox) -> Flask:
    app = Flask("kpk_sandbox.api", static_folder=None)
    words_shown.speak(app)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(NoSuchItem, lambda _: problem(404))
    app.register_error_handler(ManifestRefused, lambda _: problem(422, "manifest-refused"))
    app.register_error_handler(ParcelDiffers, lambda _: problem(409, "parcel-differs"))
    app.register_error_handler(OffsetDiffers, _offset_differs)
    app.register_error_handler(TooMuch, lambda _: problem(413))
    app.register_error_handler(HashDiffers, lambda _: problem(422, "hash-differs", {OFFSET: "0"}))
    app.before_request(lambda: _fault(sandbox))
    app.after_request(_read_to_the_end)

    @app.put("/api/v1/parcels/<uuid:parcel_id>")
    def announce(parcel_id: UUID) -> ResponseReturnValue:
        request.max_content_length = LARGEST_JSON
        told = request.get_json()
        manifest = told.get("manifest") if isinstance(told, dict) else None
        if not isinstance(manifest, str):
            raise ManifestRefused
        answer = sandbox.receiving.announce(parcel_id, manifest)
        receipt = _spoilt(sandbox, parcel_id) if answer.receipt and sandbox.faults.spoils_receipt() else answer.receipt
        return jsonify({"missing": answer.missing, "receipt": receipt})

    @app.get(ITEM)  # and with it HEAD
    def show_offset(parcel_id: UUID, digest: str) -> ResponseReturnValue:
        return Response(headers={OFFSET: str(sandbox.receiving.offset(parcel_id, digest)), "Cache-Control": "no-store"})

    @app.patch(ITEM)
    def append(parcel_id: UUID, digest: str) -> ResponseReturnValue:
        if request.mimetype != CONTENT_TYPE:
            return problem(415)
        offset = request.headers.get(OFFSET, type=int)
        if offset is None or offset < 0:
            return problem(400)
        if offset + (request.content_length or 0) > sandbox.receiving.size(parcel_id, digest):
            raise TooMuch
        with sandbox.receiving.appending(parcel_id, digest, offset) as appending:
            _take(appending, sandbox.faults.cut())
        return Response(status=204, headers={OFFSET: str(appending.offset)})

    @app.get("/api/v1/statements")
    def list_statements() -> ResponseReturnValue:
        after = request.args.get("after", 0, type=int)
        spoken = sandbox.store.spoken_after(after)
        return jsonify({"statements": [{"number": each.number, "statement": each.text} for each in spoken]})

    return app


def _take(appending: Appending, cut_after: int | None) -> None:
    """Take the body as it comes; a connection that breaks ends it, and what came stays."""
    taken = 0
    while data := _some(BLOCK if cut_after is None else min(BLOCK, cut_after - taken)):
        appending.take(data)
        taken += len(data)
    if cut_after is not None:
        request.environ[CONNECTION].shutdown(socket.SHUT_RDWR)


def _some(most: int) -> bytes:
    """The next bytes of the body; none at its end, or when the connection broke (ValueError: within a chunk)."""
    try:
        return request.stream.read(most) if most > 0 else b""
    except (ClientDisconnected, OSError, ValueError):
        return b""


def _offset_differs(error: OffsetDiffers) -> Response:
    return problem(409, "offset-differs", {OFFSET: str(error.offset)})


def _fault(sandbox: Sandbox) -> Response | None:
    time.sleep(sandbox.faults.plan.slow_seconds)
    if sandbox.faults.refuses():
        return problem(503, headers={"Retry-After": str(RETRY_AFTER_S)})
    return None


def _read_to_the_end(response: Response) -> Response:
    """Of a refused body too: a client that still writes when the connection closes would not read the answer."""
    if response.status_code >= 400:
        while _some(BLOCK):
            pass
    return response


def _spoilt(sandbox: Sandbox, parcel_id: UUID) -> str:
    """A receipt signed by KPK, about another manifest."""
    parcel = sandbox.store.find_parcel(parcel_id)
    report = sandbox.store.find_report(parcel.manifest.report_id) if parcel else None
    if parcel is None or report is None:
        raise NoSuchItem
    receipt = sandbox.receiving.receipt_for(report, parcel.manifest, parcel.text)
    return sign_receipt(replace(receipt, manifest_sha256=secrets.token_hex(32)), sandbox.keys.signing)
