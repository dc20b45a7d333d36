"""The reporter's page: two assets and a page that names their hashes, as the build of services/intake/portal put them
beside this module."""

from __future__ import annotations

from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, request

from intake.settings import IntakeSettings

FOLDER = Path(__file__).with_name("dist")
SUFFIXES = (".js", ".css")
# Devices that the page may ask for: none. A photo is taken by the file chooser.
PERMISSIONS = (
    "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(),"
    " microphone=(), midi=(), payment=(), usb=()"
)


class PortalNotBuilt(Exception):
    def __init__(self) -> None:
        super().__init__("the reporter's page isn't built: npm --prefix services/intake/portal run build")


@dataclass(frozen=True)
class _Asset:
    media_type: str
    content: bytes = field(repr=False)
    gzipped: bytes = field(repr=False)


def serve_portal(app: Flask, settings: IntakeSettings) -> None:
    """At `/` and `/assets/…`. Nothing of it may stay in a cache: that a device opened it is nobody's business."""
    page = _page(settings.keys_fingerprint)
    assets = {path.name: _asset(path) for path in (FOLDER / "assets").iterdir() if path.suffix in SUFFIXES}
    headers = {
        "Content-Security-Policy": _policy(settings.uploads_url),
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": PERMISSIONS,
    }
    pages = Blueprint("portal", __name__)

    @pages.get("/")
    def show_page() -> Response:
        return Response(page, mimetype="text/html", headers=headers)

    @pages.get("/assets/<name>")
    def show_asset(name: str) -> Response:
        return _answer(assets[name]) if name in assets else abort(404)

    app.register_blueprint(pages)


def _page(fingerprint: str) -> str:
    try:
        return (FOLDER / "index.html").read_text().replace("$fingerprint", fingerprint)
    except FileNotFoundError:
        raise PortalNotBuilt from None


def _asset(path: Path) -> _Asset:
    media_type = guess_type(path.name)[0] or "application/octet-stream"
    return _Asset(media_type, path.read_bytes(), path.with_name(f"{path.name}.gz").read_bytes())


def _answer(asset: _Asset) -> Response:
    if request.accept_encodings.quality("gzip") == 0:
        return Response(asset.content, mimetype=asset.media_type)
    return Response(asset.gzipped, mimetype=asset.media_type, headers={"Content-Encoding": "gzip"})


def _policy(uploads_url: str) -> str:
    """No inline script or style, no text that becomes code, and nobody spoken to but intake and evidence."""
    where = urlsplit(uploads_url)
    uploads = f" {where.scheme}://{where.netloc}" if where.netloc else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'{uploads}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
