"""Server-side sessions: a row that only the cookie can find and open. The database alone gives no one's token away.

Who has not begun to sign in has no row: what little there is of them, their cookie holds.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.encoding import b64u, from_b64u
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from chassis.store.database import Database, Statement, StoreUnavailable

ID_BYTES = 32
KEY_BYTES = 32
NONCE_BYTES = 12
LIFE = timedelta(hours=4)
IDLE = timedelta(minutes=15)
TOUCH_EVERY = timedelta(minutes=1)
# All that there is of a visitor, who could as well have made it up: the token of a form, and where they were going.
VISITORS_OWN = frozenset({"csrf_token", "next"})
VISITOR = "v."  # begins a cookie that is the whole session; a ticket has no dot

# For `chassis.store.migrate`, among the service's `held` tables.
TABLES = (
    """CREATE TABLE IF NOT EXISTS held.sessions (
        id_digest bytea PRIMARY KEY,
        sealed bytea NOT NULL,
        ends_at timestamptz NOT NULL,
        idle_from timestamptz NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS sessions_by_end ON held.sessions (idle_from)",
)


@dataclass(frozen=True)
class Ticket:
    """What the cookie holds: the session's id and the key that opens its row."""

    id: bytes
    key: bytes

    def __repr__(self) -> str:
        return "<sealed>"

    @classmethod
    def new(cls) -> Ticket:
        return cls(os.urandom(ID_BYTES), os.urandom(KEY_BYTES))

    @classmethod
    def from_cookie(cls, text: str) -> Ticket | None:
        try:
            both = from_b64u(text)
        except ValueError:
            return None
        return cls(both[:ID_BYTES], both[ID_BYTES:]) if len(both) == ID_BYTES + KEY_BYTES else None

    @property
    def cookie(self) -> str:
        return b64u(self.id + self.key)

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.id).digest()

    def seal(self, data: Mapping[str, Any]) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, json.dumps(dict(data)).encode(), self.digest)

    def open(self, sealed: bytes) -> dict[str, Any] | None:
        try:
            plain = AESGCM(self.key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self.digest)
        except InvalidTag:
            return None
        opened: dict[str, Any] = json.loads(plain)
        return opened


class StaffSession(dict[str, Any], SessionMixin):
    """The session of one browser. Changes are noticed at its end, by comparison."""

    def __init__(self, data: Mapping[str, Any], ticket: Ticket | None, ends_at: datetime, idle_from: datetime) -> None:
        super().__init__(data)
        self.before = copy.deepcopy(dict(data))
        self.ticket = ticket
        self.ends_at = ends_at
        self.idle_from = idle_from
        self.renewed = False
        self.unavailable: StoreUnavailable | None = None

    @classmethod
    def empty(cls) -> StaffSession:
        now = datetime.now(UTC)
        return cls({}, None, now + LIFE, now + IDLE)

    @classmethod
    def of_visitor(cls, cookie: str) -> StaffSession:
        session = cls.empty()
        session.update(_visitors(cookie))
        session.before = dict(session)
        return session

    @property
    def is_of_visitor(self) -> bool:
        return self.keys() <= VISITORS_OWN

    @classmethod
    def unknown(cls, error: StoreUnavailable) -> StaffSession:
        """There may be one; the request that needs it ends by `error`."""
        session = cls.empty()
        session.unavailable = error
        return session

    def renew(self) -> None:
        """Take a new id and key: one that was planted before a sign-in is worth nothing after it."""
        self.renewed = True
        self.ends_at = datetime.now(UTC) + LIFE


class StaffSessions(SessionInterface):
    """Flask's sessions in table `held.sessions`. `service` names the cookie, since cookies know no ports and two
    consoles may stand on one host; `https`: it is `__Host-…`, Secure."""

    def __init__(self, database: Database, https: bool, service: str) -> None:
        self._database = database
        self._https = https
        name = f"{service.replace('_', '-')}-session"
        self.cookie = f"__Host-{name}" if https else name

    def open_session(self, app: Flask, request: Request) -> StaffSession:
        cookie = request.cookies.get(self.cookie, "")
        if cookie.startswith(VISITOR):
            return StaffSession.of_visitor(cookie)
        ticket = Ticket.from_cookie(cookie)
        if ticket is None:
            return StaffSession.empty()
        try:
            row = self._database.row(
                "SELECT sealed, ends_at, idle_from FROM held.sessions"
                " WHERE id_digest = %s AND ends_at > now() AND idle_from > now()",
                (ticket.digest,),
            )
        except StoreUnavailable as error:  # raised here, no page could be made of it
            return StaffSession.unknown(error)
        data = ticket.open(row["sealed"]) if row else None
        if row is None or data is None:
            return StaffSession.empty()
        return StaffSession(data, ticket, row["ends_at"], row["idle_from"])

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, StaffSession):
            raise TypeError("another session interface is in use")
        response.vary.add("Cookie")
        if session.unavailable:
            return
        if not session:
            self._end(session, response)
        elif session.is_of_visitor:
            self._leave_to_visitor(session, response)
        elif session.renewed or session.ticket is None:
            self._begin(session, response)
        elif session != session.before or session.idle_from - datetime.now(UTC) < IDLE - TOUCH_EVERY:
            self._update(session, session.ticket)

    def _begin(self, session: StaffSession, response: Response) -> None:
        ticket = Ticket.new()
        self._database.execute(
            Statement("DELETE FROM held.sessions WHERE ends_at <= now() OR idle_from <= now()"),
            *([_deletion(session.ticket)] if session.ticket else []),
            Statement(
                "INSERT INTO held.sessions (id_digest, sealed, ends_at, idle_from) VALUES (%s, %s, %s, %s)",
                (ticket.digest, ticket.seal(session), session.ends_at, _idle_from()),
            ),
        )
        self._set_cookie(response, ticket.cookie)

    def _leave_to_visitor(self, session: StaffSession, response: Response) -> None:
        if session.ticket is not None:
            self._database.execute(_deletion(session.ticket))
        if session.ticket is not None or session != session.before:
            self._set_cookie(response, VISITOR + b64u(json.dumps(dict(session)).encode()))

    def _set_cookie(self, response: Response, value: str) -> None:
        response.set_cookie(self.cookie, value, secure=self._https, httponly=True, samesite="Strict", path="/")

    def _update(self, session: StaffSession, ticket: Ticket) -> None:
        self._database.execute(
            Statement(
                "UPDATE held.sessions SET sealed = %s, idle_from = %s WHERE id_digest = %s",
                (ticket.seal(session), _idle_from(), ticket.digest),
            )
        )

    def _end(self, session: StaffSession, response: Response) -> None:
        if session.ticket is not None:
            self._database.execute(_deletion(session.ticket))
        if session.ticket is not None or session.before:
            response.delete_cookie(self.cookie, secure=self._https, httponly=True, samesite="Strict", path="/")


def _deletion(ticket: Ticket) -> Statement:
    return Statement("DELETE FROM held.sessions WHERE id_digest = %s", (ticket.digest,))


def _visitors(cookie: str) -> dict[str, str]:
    """Nothing at all where it is none of ours."""
    try:
        found = json.loads(from_b64u(cookie.removeprefix(VISITOR)))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if name in VISITORS_OWN and isinstance(value, str)}


def _idle_from() -> datetime:
    return datetime.now(UTC) + IDLE
