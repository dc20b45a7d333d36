"""The pages of investigators and heads: the list of cases, a case, and what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID, uuid4

from chassis.sign_in import Staff, current_person, requires
from chassis.web import Problem
from contracts.letters import EvidenceNote, LetterTooLarge
from contracts.vocabulary import CaseStatus, Role
from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from case_management import staff_directory
from case_management.application import (
    CaseManagement,
    NoSuchCase,
    NoSuchCopy,
    OpenedCase,
    OpenedCopy,
    Person,
    StoryUnreadable,
)
from case_management.domain import ASSIGNERS, LetterIdUsed, MayNotApprove, MayNotAssign, MayNotMove
from case_management.read_model import CaseList, PieceOfEvidence, Wanted
from case_management.telling import FILTERS

EXTENSION = "case_management"
READERS = (Role.INSPEKTUR, Role.IRBAN, Role.INVESTIGATOR)  # whose powers win when somebody has two
MOST_CHARACTERS = 4000
STREAM_BYTES = 1 << 20
# A browser shows these by itself; all else is saved.
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
# What a stranger sent, though cleaned: no script of it runs, and it is of no origin, should it be a page after all.
SANDBOXED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; sandbox"

# A report id, or how it begins: pasted from a letter or read out on the telephone.
BEGINNING = re.compile(r"[0-9a-f-]{1,36}")

T = TypeVar("T")

pages = Blueprint("cases", __name__, template_folder="templates")


def install(app: Flask, application: CaseManagement) -> None:
    app.extensions[EXTENSION] = application
    app.register_blueprint(pages)
    app.jinja_env.filters |= FILTERS


@pages.get("/")
@requires(*(role.value for role in READERS))
def list_cases() -> ResponseReturnValue:
    sought = request.args.get("q", "").strip().lower()
    wanted = Wanted(_chosen(CaseStatus, "status"), sought or None, _chosen(UUID, "before"))
    person = _person()
    known = BEGINNING.fullmatch(sought) or not sought
    found = _application().casework.list_cases(person, wanted) if known else CaseList((), {}, more=False)
    return render_template(
        "cases.html",
        found=found,
        statuses=[status for status in CaseStatus if found.counts.get(status) or status is wanted.status],
        chosen=wanted.status,
        sought=sought,
        leads_all=person.role in ASSIGNERS,
    )


@pages.get("/cases/<uuid:report_id>")
@requires(*(role.value for role in READERS))
def show_case(report_id: UUID) -> ResponseReturnValue:
    return _case_page(report_id, _person(), letter_id=uuid4())


def _case_page(
    report_id: UUID, person: Person, letter_id: UUID, unsent: str | None = None, why: str | None = None
) -> str:
    """`unsent`: a message that could not be sent, to be shown again, and why."""
    try:
        opened = _application().casework.read_case(report_id, person)
    except NoSuchCase:
        abort(404)
    may_assign = person.role in ASSIGNERS
    return render_template(
        "case.html",
        opened=opened,
        may_assign=may_assign,
        may_approve=person.role is Role.INSPEKTUR,
        investigators=staff_directory.investigators(person.openbao) if may_assign else {},
        letter_id=letter_id,
        note_id=uuid4(),
        unsent=unsent,
        why=why,
        pieces=_pieces(opened),
    )


@pages.post("/cases/<uuid:report_id>/assignments")
@requires(*(role.value for role in ASSIGNERS))
def assign(report_id: UUID) -> ResponseReturnValue:
    person, investigator = _person(), request.form.get("investigator", "")
    entity_id = staff_directory.entity_of(person.openbao, investigator)
    if entity_id is None:
        abort(422)
    try:
        _application().casework.assign_investigator(report_id, investigator, entity_id, person)
    except NoSuchCase:
        abort(404)
    except MayNotAssign:
        abort(403)
    return redirect(url_for("cases.show_case", report_id=report_id))


@pages.post("/cases/<uuid:report_id>/forwarding")
@requires(Role.INSPEKTUR.value)
def approve_forwarding(report_id: UUID) -> ResponseReturnValue:
    try:
        _application().casework.approve_forwarding(report_id, _person())
    except NoSuchCase:
        abort(404)
    except MayNotApprove:
        abort(403)
    return redirect(url_for("cases.show_case", report_id=report_id, _anchor="kpk"))


@pages.post("/cases/<uuid:report_id>/messages")
@requires(*(role.value for role in READERS))
def write_message(report_id: UUID) -> ResponseReturnValue:
    person, letter_id, text = _person(), _letter_id(), _written("text")
    if not text:
        abort(422)
    casework = _application().casework
    return _sent(report_id, text, letter_id, lambda: casework.write_message(report_id, person, letter_id, text))


@pages.post("/cases/<uuid:report_id>/status")
@requires(*(role.value for role in READERS))
def move_on(report_id: UUID) -> ResponseReturnValue:
    person, letter_id, note = _person(), _letter_id(), _written("note")
    try:
        status = CaseStatus(request.form.get("status", ""))
    except ValueError:
        abort(422)
    casework = _application().casework
    try:
        return _sent(report_id, note, letter_id, lambda: casework.move_on(report_id, person, status, letter_id, note))
    except MayNotMove:
        text = _("Kasus ini sudah berstatus lain. Muat ulang halamannya, lalu pilih lagi.")
        raise Problem(409, "status-moved", detail=text) from None


def _sent(report_id: UUID, text: str, letter_id: UUID, send: Callable[[], None]) -> ResponseReturnValue:
    """What was typed is never lost: where it can't be sent, it is shown again with the reason."""
    try:
        send()
    except NoSuchCase:
        abort(404)
    except StoryUnreadable:
        return _case_page(report_id, _person(), letter_id, text, why="unreadable"), 409
    except LetterIdUsed:
        return _case_page(report_id, _person(), uuid4(), text, why="used"), 409
    except LetterTooLarge:
        abort(413)
    return redirect(url_for("cases.show_case", report_id=report_id, _anchor="messages" if text else None))


@pages.get("/cases/<uuid:report_id>/evidence/<uuid:evidence_id>")
@requires(*(role.value for role in READERS))
def show_copy(report_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """The clean copy, or the range of it that is asked for (RFC 9110, section 14)."""
    try:
        copy = _application().viewing.open_copy(report_id, evidence_id, _person())
    except (NoSuchCase, NoSuchCopy):
        abort(404)
    size = copy.reader.size
    asked = request.range.range_for_length(size) if request.range else None
    if request.range and asked is None:
        abort(416)
    start, end = asked or (0, size)
    response = Response(_stream(copy, start, end), 206 if asked else 200)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(end - start)
    if asked:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _shown_safely(response, copy.media_type)


def _shown_safely(response: Response, media_type: str) -> Response:
    shown = media_type in SHOWN
    response.mimetype = media_type if shown else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if shown else "attachment"
    response.headers["Content-Security-Policy"] = SANDBOXED
    return response


def _pieces(opened: OpenedCase) -> list[tuple[PieceOfEvidence, EvidenceNote | None]]:
    """Each filed piece, with the name and description that the story (or a message) gives it."""
    bodies = [letter.body for letter in (opened.story, *opened.messages) if letter and letter.body]
    notes = {note.evidence_id: note for body in bodies for note in body.evidence}
    return [(piece, notes.get(piece.evidence_id)) for piece in opened.file.evidence] if opened.story else []


def _stream(copy: OpenedCopy, start: int, end: int) -> Iterator[bytes]:
    for offset in range(start, end, STREAM_BYTES):
        yield copy.reader.read(offset, min(STREAM_BYTES, end - offset))


def _application() -> CaseManagement:
    application: CaseManagement = current_app.extensions[EXTENSION]
    return application


def _person() -> Person:
    staff: Staff | None = current_person()
    if staff is None:
        abort(401)
    role = next(role for role in READERS if role.value in staff.roles)
    return Person(staff.user, staff.entity_id, role, staff.openbao)


def _written(name: str) -> str:
    text = request.form.get(name, "").replace("\r\n", "\n").strip()  # a browser counts a line's end once
    if len(text) > MOST_CHARACTERS:
        abort(422)
    return text


def _letter_id() -> UUID:
    try:
        return UUID(request.form.get("letter_id", ""))
    except ValueError:
        abort(422)


def _chosen(kind: Callable[[str], T], name: str) -> T | None:
    """A choice in the query; what isn't one leads nowhere."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        abort(404)
