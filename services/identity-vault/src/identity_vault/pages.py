"""The console's pages, for the Super Admin alone: which reports wait, one look at one of them, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from chassis.sign_in import Staff, current_person, requires
from chassis.sign_in.sessions import StaffSession
from chassis.web import Problem
from chassis.wrapper import KeyMissing
from contracts.encoding import b64u
from contracts.letters import Person
from contracts.vocabulary import IdentityReason, ReviewVerdict, Role
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from identity_vault.application import Look, Reviewer, Reviews
from identity_vault.domain import NotLookedAt, NotWaiting, ReasonMissing
from identity_vault.nik import Nik
from identity_vault.read_model import PAGE
from identity_vault.shown_once import ShownOnce

EXTENSION = "identity_vault"
SUPER_ADMIN = Role.SUPER_ADMIN.value
# What the reporter can mend, in the order of the card.
DOUBTS = (
    IdentityReason.NIK_STRUCTURE,
    IdentityReason.NIK_OTHER_ON_PHOTO,
    IdentityReason.NAME_OTHER_ON_PHOTO,
    IdentityReason.BIRTH_DATE_OTHER_THAN_NIK,
    IdentityReason.SEX_OTHER_THAN_NIK,
    IdentityReason.NIK_REGION,
    IdentityReason.PHOTO_HARD_TO_READ,
    IdentityReason.PHOTO_NOT_OF_A_CARD,
    IdentityReason.PHOTO_DAMAGED,
    IdentityReason.LETTER_UNREADABLE,
)

pages = Blueprint("console", __name__, template_folder="templates")


def install(app: Flask, reviews: Reviews) -> None:
    app.extensions[EXTENSION] = (reviews, ShownOnce())
    app.register_blueprint(pages)
    app.jinja_env.filters |= {"day": _day}


@pages.get("/")
@requires(SUPER_ADMIN)
def list_waiting() -> ResponseReturnValue:
    reviews, _shown = _parts()
    waiting = reviews.list_waiting(_after())
    return render_template(
        "waiting.html",
        waiting=waiting,
        lost=reviews.without_key(waiting),
        more=len(waiting) == PAGE,
        many=reviews.many_open_reports,
    )


@pages.get("/reports/<uuid:report_id>")
@requires(SUPER_ADMIN)
def ask_first(report_id: UUID) -> ResponseReturnValue:
    """No opening by a slip of the thumb: it is a second step, which says that it is recorded."""
    reviews, _shown = _parts()
    try:
        report = reviews.find_waiting(report_id)
    except NotWaiting:
        raise _not_waiting() from None
    if reviews.without_key([report]):
        raise _key_lost()
    return render_template("ask_first.html", report=report)


@pages.post("/reports/<uuid:report_id>/looks")
@requires(SUPER_ADMIN)
def look_at(report_id: UUID) -> ResponseReturnValue:
    """The answer itself shows the data, once: nothing readable is kept, and reloading is another look."""
    reviews, shown = _parts()
    try:
        look = reviews.look_at(report_id, _reviewer())
    except NotWaiting:
        raise _not_waiting() from None
    except KeyMissing:
        raise _key_lost() from None
    photo = shown.keep(_session_name(), look.photo) if look.photo else None
    return render_template(
        "look.html",
        look=look,
        photo=photo,
        compared=_compared(look),
        doubts=DOUBTS,
        many=reviews.many_open_reports,
    )


@pages.get("/photos/<name>")
@requires(SUPER_ADMIN)
def show_photo(name: str) -> ResponseReturnValue:
    """Once, to the session that looked."""
    _reviews, shown = _parts()
    photo = shown.take(_session_name(), name)
    if photo is None:
        abort(404)
    return Response(photo, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})


@pages.post("/reports/<uuid:report_id>/decisions")
@requires(SUPER_ADMIN)
def decide(report_id: UUID) -> ResponseReturnValue:
    reviews, _shown = _parts()
    try:
        verdict = ReviewVerdict(request.form.get("verdict", ""))
    except ValueError:
        abort(422)
    review_id = request.form.get("review_id", "")
    told = _chosen_doubts() if verdict is ReviewVerdict.DOUBTFUL else []
    try:
        reviews.decide(report_id, review_id, verdict, told, _reviewer())
    except NotWaiting:
        raise _not_waiting() from None
    except NotLookedAt:
        raise Problem(409, "not-looked-at", _("Buka dulu identitasnya, lalu putuskan")) from None
    except ReasonMissing:
        # The look was shown once and is over: what is left of it, the decision, must not be lost.
        page = render_template("decision.html", report_id=report_id, review_id=review_id, doubts=DOUBTS)
        return page, 422
    flash(_("Keputusan dicatat. Surat untuk peninjauan ini sudah dihapus."), "success")
    return redirect(url_for("console.list_waiting"))


def _chosen_doubts() -> list[IdentityReason]:
    """Those of the form; what isn't one of its own counts for nothing."""
    chosen = set(request.form.getlist("reason"))
    return [reason for reason in DOUBTS if reason.value in chosen]


def _parts() -> tuple[Reviews, ShownOnce]:
    parts: tuple[Reviews, ShownOnce] = current_app.extensions[EXTENSION]
    return parts


def _reviewer() -> Reviewer:
    staff: Staff | None = current_person()
    if staff is None:
        abort(401)
    return Reviewer(staff.user, staff.openbao)


def _session_name() -> str:
    """What this session alone has; its digest, as the database knows it."""
    if not isinstance(session, StaffSession) or session.ticket is None:
        abort(401)
    return b64u(session.ticket.digest)


def _after() -> UUID | None:
    text = request.args.get("after", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        abort(404)


def _not_waiting() -> Problem:
    return Problem(409, "not-waiting", _("Laporan ini tidak (lagi) menunggu peninjauan"))


def _key_lost() -> Problem:
    return Problem(410, "key-lost", _("Kunci laporan ini hilang, identitasnya tidak dapat dibuka"))


def _compared(look: Look) -> Mapping[str, tuple[str, str, bool]]:
    """What the NIK says beside what was given: name of the line -> (by the NIK, as given, whether they agree)."""
    if look.identity is None:
        return {}
    person: Person = look.identity.person
    nik = Nik.parse(person.nik)
    if nik is None:
        return {}
    day = nik.birth_day
    coded = f"{day[0]:02}-{day[1]:02}-..{day[2]:02}" if day else _("tanggal yang tidak ada")
    sexes = {"L": _("Laki-laki"), "P": _("Perempuan")}
    return {
        _("Tanggal lahir"): (coded, f"{person.birth_date:%d-%m-%Y}", nik.agrees_with(person.birth_date)),
        _("Jenis kelamin"): (sexes[nik.sex], sexes[person.sex], nik.sex == person.sex),
    }


def region_of(person: Person) -> str:
    """Where the NIK was first issued, in words; codes that the table lacks are said to be unknown."""
    nik = Nik.parse(person.nik)
    if nik is None:
        return _("NIK ini tidak berstruktur NIK")
    return ", ".join(name or _("tidak dikenal") for name in reversed(nik.region_names))


pages.app_template_global("region_of")(region_of)


def _day(day: date) -> str:
    return str(format_date(day, "long"))
