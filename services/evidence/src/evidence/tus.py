"""tus 1.0.0 (tus.io/protocols/resumable-upload): the headers of requests and answers.

Core, and the extensions creation, checksum, expiration and termination.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from wsgiref.handlers import format_date_time

from chassis.web import idempotency
from contracts.vocabulary import EvidenceKind
from werkzeug.datastructures import Headers

from evidence.application import Checksum
from evidence.held import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
ALGORITHMS = ("sha1", "sha256")
CONTENT_TYPE = "application/offset+octet-stream"
NUMBER_DIGITS = 16
OVERRIDE = "HTTP_X_HTTP_METHOD_OVERRIDE"
OVERRIDDEN = frozenset({"PATCH", "DELETE", "HEAD"})


class HeaderInvalid(Exception):
    """`status` is what tus asks to be answered."""

    def __init__(self, header: str, status: int = 400) -> None:
        super().__init__(header)
        self.header = header
        self.status = status


def check_version(headers: Headers) -> None:
    if headers.get("Tus-Resumable") != VERSION:
        raise HeaderInvalid("Tus-Resumable", 412)


def check_content_type(headers: Headers) -> None:
    if headers.get("Content-Type") != CONTENT_TYPE:
        raise HeaderInvalid("Content-Type", 415)


def length_in(headers: Headers) -> int:
    """Of the whole file; a length to be told later (Upload-Defer-Length) isn't taken."""
    return _number(headers, "Upload-Length")


def offset_in(headers: Headers) -> int:
    return _number(headers, "Upload-Offset")


def kind_in(headers: Headers) -> EvidenceKind:
    """The only metadata that is read. A file's name, which many clients send, is passed over and kept nowhere."""
    for pair in headers.get("Upload-Metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        if name == "kind":
            try:
                return EvidenceKind(base64.b64decode(value, validate=True).decode())
            except (binascii.Error, ValueError):
                break
    raise HeaderInvalid("Upload-Metadata (kind)")


def key_in(headers: Headers) -> str | None:
    """No part of tus: an announcement whose answer got lost would otherwise leave an upload behind, which counts."""
    given = headers.get(idempotency.HEADER)
    if given is not None and not idempotency.FORM.fullmatch(given):
        raise HeaderInvalid(idempotency.HEADER)
    return given


def checksum_in(headers: Headers) -> Checksum | None:
    given = headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, digest = given.partition(" ")
    if algorithm not in ALGORITHMS:
        raise HeaderInvalid("Upload-Checksum")
    try:
        return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except (binascii.Error, ValueError):
        raise HeaderInvalid("Upload-Checksum") from None


def _number(headers: Headers, name: str) -> int:
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise HeaderInvalid(name)
    return int(text)


def answer_headers(upload: Upload) -> dict[str, str]:
    """Of HEAD and PATCH. `Upload-Expires` is the end of the token."""
    return {"Upload-Offset": str(upload.received), "Upload-Expires": _http_date(upload.expires)}


def abilities(largest: int) -> dict[str, str]:
    """Of OPTIONS."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(largest),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def _http_date(time: datetime) -> str:
    return format_date_time(time.timestamp())


def with_method_override(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """For clients behind something that lets GET and POST through only: tus asks servers to honour the header."""

    def overridden(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method = environment.get(OVERRIDE, "").upper()
        if environment["REQUEST_METHOD"] == "POST" and method in OVERRIDDEN:
            environment["REQUEST_METHOD"] = method
        return app(environment, start)

    return overridden
