"""Errors in the reader's language: of the API as problem details (RFC 9457), of the pages as pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, SecurityError

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Told:
    title: str
    what_helps: str


def told(status: int) -> Told:
    """What an error says to people."""
    back = _("Kembali ke daftar laporan, lalu coba lagi.")
    known = {
        400: Told(_("Permintaan tidak dipahami"), _("Muat ulang halaman, lalu coba lagi.")),
        403: Told(_("Tidak diperbolehkan"), _("Pada jalur ini hanya Inspektorat yang menulis kepada pelapor.")),
        404: Told(_("Tidak ditemukan"), _("Alamat ini tidak ada, atau isinya belum utuh.")),
        405: Told(_("Cara ini tidak diterima di sini"), back),
        409: Told(_("Tidak cocok dengan yang sudah ada"), back),
        413: Told(_("Terlalu besar"), _("Persingkat isinya, lalu coba lagi.")),
        415: Told(_("Jenis isi tidak diterima"), back),
        416: Told(_("Bagian berkas itu tidak ada"), back),
        422: Told(_("Isian tidak sah"), _("Periksa setiap isian, lalu kirim lagi.")),
        503: Told(_("Sedang tidak melayani"), _("Coba lagi sebentar.")),
    }
    return known.get(status, Told(_("Terjadi kesalahan"), _("Coba lagi sebentar.")))


def problem(status: int, slug: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """`slug` is told as `urn:wbs:problem:<slug>`."""
    content = {
        "type": f"urn:wbs:problem:{slug}" if slug else "about:blank",
        "title": told(status).title,
        "status": status,
    }
    return Response(json.dumps(content), status, headers, content_type=CONTENT_TYPE)


def http_problem(error: HTTPException) -> Response:
    return problem(error.code or 500)


def http_page(error: HTTPException) -> ResponseReturnValue:
    """A page, or a problem for who asks as a program does."""
    status = error.code or 500
    if isinstance(error, SecurityError):  # under a name that isn't ours: no link of it would lead here
        return Response(f"{told(status).title}\n", status, content_type="text/plain; charset=utf-8")
    if error.response is not None:  # a redirect
        return error.response
    if request.method == "PUT" or not request.accept_mimetypes.accept_html:
        return problem(status)
    return render_template("error.html", told=told(status)), status
