"""Who is signed in, asked of OpenBao at each request, and the decorator that lets only some roles in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from contracts.vocabulary import Role
from flask import abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.openbao import Person, Refused
from chassis.settings import Secret
from chassis.sign_in.two_phases import TwoPhases
from chassis.web.languages import role_words

EXTENSION = "chassis.sign_in"
TOKEN = "token"  # noqa: S105  # the name of a member of the session
NEXT = "next"
LONGEST_NEXT = 500  # it stands in a cookie
CASEWORKERS = frozenset({Role.INVESTIGATOR.value, Role.IRBAN.value, Role.INSPEKTUR.value})

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)


@dataclass(frozen=True)
class Staff:
    """A signed-in person. `openbao` makes calls with their own token; it doesn't outlive the request."""

    user: str
    entity_id: str
    roles: frozenset[str]
    openbao: Person = field(repr=False)


def two_phases() -> TwoPhases:
    found: TwoPhases = current_app.extensions[EXTENSION]
    return found


def current_person() -> Staff | None:
    """Who sent this request; None when nobody is signed in, or the token has ended or was taken away."""
    if "staff" not in g:
        g.staff = _asked()
    staff: Staff | None = g.staff
    return staff


def known_person() -> Staff | None:
    """Who sent this request, if that was asked already: a page that says what went wrong must ask nobody."""
    known: Staff | None = g.get("staff")
    return known


def _asked() -> Staff | None:
    if TOKEN not in session:
        return None
    token, phases = Secret(session[TOKEN]), two_phases()
    try:
        found = phases.who(token)
        if found.seconds_left < found.seconds_at_most / 2:
            phases.renew(token)
    except Refused:
        session.clear()
        return None
    return Staff(found.user, found.entity_id, found.roles, phases.person(token))


def requires(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Let in who has one of `roles`. Else: a page leads to the sign-in, an API answers 401; the wrong role 403."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
            person = current_person()
            if person is None:
                return _to_sign_in()
            if person.roles.isdisjoint(roles):
                return _not_theirs(person, roles)
            return view(*args, **kwargs)

        return guarded

    return decorate


def _to_sign_in() -> ResponseReturnValue:
    if request.method != "GET" or not _wants_a_page():
        abort(401)
    wanted = request.full_path if request.query_string else request.path  # a path of ours: no open redirect
    session[NEXT] = wanted if len(wanted) <= LONGEST_NEXT else "/"
    return redirect(url_for("sign_in.password"))


def _not_theirs(person: Staff, roles: Sequence[str]) -> ResponseReturnValue:
    """Who is signed in, and has nothing to do here, is told where they have, and how to leave."""
    if not _wants_a_page():
        abort(403)
    page = render_template(
        "another_console.html",
        person=person,
        own=", ".join(role_words(role) for role in sorted(person.roles)),
        meant=", ".join(role_words(role) for role in roles),
        theirs=_console_of(person.roles),
    )
    return page, 403


def _console_of(roles: frozenset[str]) -> str:
    if roles & CASEWORKERS:
        return str(_("Halaman untuk peran Anda adalah halaman kasus."))
    if Role.SUPER_ADMIN.value in roles:
        return str(_("Halaman untuk peran Anda adalah konsol identitas."))
    return str(_("Untuk peran Anda belum ada halaman di sini."))


def _wants_a_page() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
