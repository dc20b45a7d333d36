"""CORS: the reporter's portal, on an origin of its own, may upload from a browser; no other page may."""

from __future__ import annotations

from flask import Flask, Response, request

METHODS = "GET, HEAD, POST, PATCH, DELETE, OPTIONS"
SENT = (
    "Authorization, Content-Type, Idempotency-Key, Tus-Resumable, Upload-Checksum, Upload-Length, Upload-Metadata,"
    " Upload-Offset"
)
READ = "Location, Retry-After, Tus-Resumable, Tus-Version, Upload-Expires, Upload-Length, Upload-Offset"
REMEMBERED_S = 600  # a browser asks again after this


def allow(app: Flask, origin: str | None) -> None:
    """Without credentials: the token travels in a header that only the page itself can set. None: no page at all."""
    if origin is None:
        return

    def answer_preflight() -> Response | None:
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return Response(status=204)
        return None

    def add_headers(response: Response) -> Response:
        response.vary.add("Origin")
        if request.headers.get("Origin") != origin:
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = READ
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = SENT
            response.headers["Access-Control-Max-Age"] = str(REMEMBERED_S)
        return response

    app.before_request(answer_preflight)
    app.after_request(add_headers)
