"""The public API: uploads by tus 1.0, and the state of each piece; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from chassis.service import Process
from chassis.web import Blueprint, answered, header, make_api, make_app
from contracts.keys import KeySet
from contracts.upload_tokens import TokenRefused
from flask import Flask, Response, current_app, request, url_for
from werkzeug.exceptions import ClientDisconnected

from contracts import upload_tokens
from evidence import cors, tus
from evidence.application import Body, Broken, Evidence, Holder
from evidence.problems import CHECKSUM_MISMATCH, told
from evidence.read_model import PieceShown
from evidence.schemas import PieceSchema
from evidence.settings import EvidenceSettings

EXTENSION = "evidence"
BEARER = "Bearer "
# Of requests and of answers, for the OpenAPI document; tus says what they mean.
RESUMABLE = header("Tus-Resumable", "1.0.0", required=True)
LENGTH = header("Upload-Length", "bytes of the whole file", required=True)
METADATA = header("Upload-Metadata", "`kind`, a space, and the kind of evidence in base64", required=True)
OFFSET = header("Upload-Offset", "bytes that are here already", required=True)
REPEATED = header("Idempotency-Key", "random, 22 characters or more: each try to announce this file has the same one")
CHECKSUM = header("Upload-Checksum", "`sha1` or `sha256`, a space, and the digest of this request's bytes in base64")
BYTES = {"required": True, "content": {tus.CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
VERSION = answered(Tus_Resumable="1.0.0")
STATE = {
    **VERSION,
    **answered(Upload_Offset="bytes that are here", Upload_Expires="until when it can be gone on with (HTTP date)"),
}
SIZE = answered(Upload_Length="bytes of the whole file")
LOCATION = answered(Location="of the upload; its last part is the evidence id")
ABILITIES = {
    **VERSION,
    **answered(
        Tus_Version="1.0.0",
        Tus_Extension="by commas",
        Tus_Max_Size="bytes of the largest file",
        Tus_Checksum_Algorithm="by commas",
    ),
}

api = Blueprint("public", __name__, url_prefix="/api/v1", description="For reporters and their apps")


@dataclass(frozen=True)
class _Parts:
    evidence: Evidence
    keys: KeySet


def create_app(process: Process[EvidenceSettings], evidence: Evidence) -> Flask:
    settings = process.settings
    translations = [Path(__file__).with_name("translations")]
    app = make_app("evidence", process, translations=translations, largest_body=settings.largest_file)
    app.extensions[EXTENSION] = _Parts(evidence, settings.key_set)
    make_api(app, "WBS Batanghari: evidence").register_blueprint(api)
    app.after_request(_say_version)
    cors.allow(app, settings.portal_origin)
    app.wsgi_app = tus.with_method_override(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _say_version(response: Response) -> Response:
    if request.path.startswith("/api/v1/uploads"):
        response.headers["Tus-Resumable"] = tus.VERSION
        if response.status_code == 412:
            response.headers["Tus-Version"] = tus.VERSION
    return response


@api.route("/uploads", methods=["OPTIONS"])
@api.response(204, headers=ABILITIES)
@api.documented()
def show_abilities() -> Response:
    """What of tus is understood here, and how large a file may be."""
    return Response(status=204, headers=tus.abilities(_parts().evidence.uploads.limits.file))


@api.route("/uploads", methods=["POST"])
@api.response(201, headers={**LOCATION, **STATE})
@api.documented(400, 409, 412, 413, 422, token=True, headers=[RESUMABLE, LENGTH, METADATA, REPEATED])
def announce_upload() -> Response:
    """Announces a file: `Upload-Length` and `Upload-Metadata: kind <base64>`. The last part of `Location` is the
    evidence id. With an `Idempotency-Key` it is safe to repeat."""
    with told():
        tus.check_version(request.headers)
        holder = _holder()
        upload = _parts().evidence.uploads.announce(
            holder, tus.kind_in(request.headers), tus.length_in(request.headers), tus.key_in(request.headers)
        )
    location = url_for("public.show_offset", upload_id=upload.id)
    return Response(status=201, headers={**tus.answer_headers(upload), "Location": location})


@api.route("/uploads/<uuid:upload_id>", methods=["HEAD"])
@api.response(200, headers={**STATE, **SIZE})
@api.documented(404, 412, token=True, headers=[RESUMABLE])
def show_offset(upload_id: UUID) -> Response:
    """How much of the file is here."""
    with told():
        tus.check_version(request.headers)
        upload = _parts().evidence.uploads.find(_holder(), upload_id)
    return Response(headers={**tus.answer_headers(upload), "Upload-Length": str(upload.size)})


@api.route("/uploads/<uuid:upload_id>", methods=["PATCH"])
@api.doc(requestBody=BYTES)
@api.response(204, headers=STATE)
@api.documented(400, 404, 409, 412, 413, 415, CHECKSUM_MISMATCH, token=True, headers=[RESUMABLE, OFFSET, CHECKSUM])
def append_to_upload(upload_id: UUID) -> Response:
    """The next bytes of the file, as `application/offset+octet-stream`, perhaps with `Upload-Checksum`."""
    with told():
        tus.check_version(request.headers)
        tus.check_content_type(request.headers)
        holder, offset = _holder(), tus.offset_in(request.headers)
        body = Body(_read, request.content_length, tus.checksum_in(request.headers))
        upload = _parts().evidence.uploads.append(holder, upload_id, offset, body)
    return Response(status=204, headers=tus.answer_headers(upload))


@api.route("/uploads/<uuid:upload_id>", methods=["DELETE"])
@api.response(204, headers=VERSION)
@api.documented(404, 409, 412, token=True, headers=[RESUMABLE])
def give_up_upload(upload_id: UUID) -> Response:
    """Gives up an upload that isn't whole yet."""
    with told():
        tus.check_version(request.headers)
        _parts().evidence.uploads.give_up(_holder(), upload_id)
    return Response(status=204)


@api.route("/reports/<uuid:report_id>/evidence", methods=["GET"])
@api.response(200, PieceSchema(many=True))
@api.documented(404, token=True)
def show_pieces(report_id: UUID) -> Sequence[PieceShown]:
    """The state of each piece: on its way, received, cleared or quarantined (and why)."""
    with told():
        holder = _holder()
        if holder.report_id != report_id:
            raise TokenRefused
        return _parts().evidence.uploads.pieces_of(holder)


def _read(size: int) -> bytes:
    try:
        return request.stream.read(size)
    except (ClientDisconnected, OSError):
        raise Broken from None


def _holder() -> Holder:
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        raise TokenRefused
    token = upload_tokens.verify(header[len(BEARER) :], _parts().keys.verification_key, datetime.now(UTC))
    return Holder(token.report_id, token.route, token.batch_id, token.expires)


def _parts() -> _Parts:
    parts: _Parts = current_app.extensions[EXTENSION]
    return parts
