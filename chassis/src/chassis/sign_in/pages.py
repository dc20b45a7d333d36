"""The pages of the sign-in, and what makes a Flask app have them: sessions, CSRF tokens, the blueprint."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contracts.vocabulary import Role
from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect

from chassis.settings import Secret
from chassis.sign_in.guard import CASEWORKERS, EXTENSION, NEXT, TOKEN, current_person, known_person, two_phases
from chassis.sign_in.sessions import StaffSession, StaffSessions
from chassis.sign_in.two_phases import PasswordTooLongAgo, Pending, TwoPhases, WrongCode, WrongPassword
from chassis.store.database import Database
from chassis.web.languages import role_words

PENDING = "pending"
OWN_PATH = re.compile(r"/(?:[^/\\\s\x00-\x1f][^\\\s\x00-\x1f]*)?")  # `//x` and `/\x` are other hosts to a browser
WITHOUT_SESSION = frozenset({"chassis_static", "healthz", "readyz"})
# Flask-WTF signs the token it hands out. The token's secrecy is its randomness: it lies in the sealed session.
CSRF_SIGNATURE = "wbs-csrf"

pages = Blueprint("sign_in", "chassis", template_folder="templates")


def install(app: Flask, phases: TwoPhases, database: Database, https: bool, meant_for: Sequence[str] = ()) -> None:
    """Give `app` the sign-in: `/sign-in`, `/sign-in/code`, `/sign-out`, and a CSRF check on every change.

    `meant_for`: the roles that have something to do here, said to whoever signs in.
    """
    app.extensions[EXTENSION] = phases
    app.config["WBS_MEANT_FOR"] = tuple(meant_for)
    app.session_interface = StaffSessions(database, https, app.name)
    app.config.update(
        WTF_CSRF_SECRET_KEY=CSRF_SIGNATURE,
        WTF_CSRF_TIME_LIMIT=None,  # it ends with the session
    )
    app.before_request(_must_be_known)  # before the CSRF check, which needs the session
    CSRFProtect(app)
    app.register_blueprint(pages)
    app.context_processor(lambda: {"known_person": known_person})


@pages.get("/sign-in")
def password() -> ResponseReturnValue:
    if current_person() is not None:
        return redirect(_next())
    return _password_page()


@pages.post("/sign-in")
def check_password() -> ResponseReturnValue:
    user = request.form.get("user", "").strip().lower()
    try:
        pending = two_phases().begin(user, Secret(request.form.get("password", "")))
    except WrongPassword:
        error = _(
            "Nama pengguna atau kata sandi tidak cocok, atau akun Anda masuk di halaman lain. Setelah lima kali salah,"
            " masuk ditutup selama lima belas menit."
        )
        return _password_page(user, error), 401
    _renew({PENDING: [pending.request_id, pending.method_id]})
    return redirect(url_for("sign_in.code"))


@pages.get("/sign-in/code")
def code() -> ResponseReturnValue:
    if PENDING not in session:
        return redirect(url_for("sign_in.password"))
    return render_template("sign_in_code.html", error=None)


@pages.post("/sign-in/code")
def check_code() -> ResponseReturnValue:
    if PENDING not in session:
        return redirect(url_for("sign_in.password"))
    try:
        token = two_phases().finish(Pending(*session[PENDING]), request.form.get("code", "").replace(" ", ""))
    except WrongCode:
        error = _(
            "Kode ini tidak diterima. Tiap kode hanya berlaku satu kali: bila sudah dipakai untuk masuk, tunggu kode"
            " berikutnya, paling lama 30 detik. Setelah lima kali salah, tunggu 30 detik."
        )
        return render_template("sign_in_code.html", error=error), 401
    except PasswordTooLongAgo:
        del session[PENDING]
        error = _("Terlalu lama. Silakan mulai lagi dengan kata sandi.")
        return _password_page(error=error), 401
    target = _next()
    _renew({TOKEN: token.reveal()})
    return redirect(target)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    if TOKEN in session:
        two_phases().end(Secret(session[TOKEN]))
    session.clear()
    return redirect(url_for("sign_in.password"))


def _password_page(user: str = "", error: str | None = None) -> str:
    roles = current_app.config["WBS_MEANT_FOR"]
    meant = ", ".join(role_words(role) for role in roles)
    return render_template("sign_in_password.html", user=user, error=error, meant=meant, others=_others(roles))


def _others(roles: Sequence[str]) -> str:
    """Where who is none of `roles` signs in: said to everyone, since a refusal must not tell whose a name is."""
    if not CASEWORKERS.isdisjoint(roles):
        return str(_("Super Admin masuk di konsol identitas."))
    if Role.SUPER_ADMIN.value in roles:
        return str(_("Pemeriksa, Inspektur Pembantu, dan Inspektur masuk di halaman kasus."))
    return ""


def _must_be_known() -> None:
    """Raises StoreUnavailable where the browser may have a session and nobody can tell."""
    if isinstance(session, StaffSession) and session.unavailable and request.endpoint not in WITHOUT_SESSION:
        raise session.unavailable


def _renew(data: dict[str, object]) -> None:
    """Another id and another CSRF token for the next phase; only where the person was going is kept."""
    kept = {NEXT: session[NEXT]} if NEXT in session and TOKEN not in data else {}
    session.clear()
    session.update(kept | data)
    if isinstance(session, StaffSession):
        session.renew()


def _next() -> str:
    """A path of ours, whatever a visitor's cookie says."""
    wanted = str(session.get(NEXT, "/"))
    return wanted if OWN_PATH.fullmatch(wanted) else "/"
