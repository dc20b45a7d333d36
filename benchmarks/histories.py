"""Many stored reports without filing them: copies of a real report's history under other ids, put into event stores.

Nothing is published of them. Their letters are those of the first, which no key opens under another report's name.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from chassis.store.log import LOG_LOCK
from wbs_local.parts import postgres

from benchmarks.ground import Ground

# Ids as JSON holds them (with dashes, or as hex digits), and digests, which are to differ too.
_UNIQUE = re.compile(
    rb"\b(?:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{32})\b"
)
# As the front door leaves it, whatever was done with others since: the figures of two runs are of the same history.
_SHORTEST = """
    SELECT report_id FROM read.reports JOIN events ON originator_id = report_id
    GROUP BY report_id ORDER BY count(*), report_id LIMIT 1
"""
DATABASES = ("intake", "identity_vault", "evidence")


def multiply(ground: Ground, copies: int) -> dict[str, int]:
    """Copies a submitted report so many times in each of the services that the front door asks; the number of events
    by database."""
    ((report_id,),) = ground.rows("intake", _SHORTEST)
    known = ground.rows("intake", "SELECT state FROM events WHERE originator_id = %s", report_id)
    ids = {each for (state,) in known for each in _uuids(state)} | {uuid.UUID(str(report_id))}
    maps = [_Renamed() for _ in range(copies)]
    return {database: _multiply(ground, database, list(ids), maps) for database in DATABASES}


def _uuids(state: Any) -> list[uuid.UUID]:
    return [uuid.UUID(each.decode()) for each in _UNIQUE.findall(bytes(state)) if len(each) < 64]


class _Renamed:
    """One copy: each id and digest of the first has one of its own, the same wherever it stands."""

    def __init__(self) -> None:
        self._new: dict[str, str] = {}

    def state(self, state: bytes) -> bytes:
        return _UNIQUE.sub(lambda match: self._renamed(match[0].decode()).encode(), state)

    def id(self, known: uuid.UUID) -> uuid.UUID:
        return uuid.UUID(self._renamed(known.hex))

    def _renamed(self, text: str) -> str:
        plain = text.replace("-", "")
        new = self._new.setdefault(plain, secrets.token_hex(32) if len(plain) == 64 else uuid.uuid4().hex)
        return str(uuid.UUID(new)) if "-" in text else new


def _multiply(ground: Ground, database: str, ids: Sequence[uuid.UUID], maps: Sequence[_Renamed]) -> int:
    with postgres.connect_as_superuser(ground.system, database) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,))
        events = connection.execute(
            "SELECT originator_id, originator_version, topic, state FROM events WHERE originator_id = ANY(%s)"
            " ORDER BY notification_id",
            (list(ids),),
        ).fetchall()
        copied = "COPY events (originator_id, originator_version, topic, state) FROM STDIN"
        with connection.cursor().copy(copied) as rows:
            for renamed in maps:
                for originator, version, topic, state in events:
                    rows.write_row((renamed.id(originator), version, topic, renamed.state(bytes(state))))
        # The relay goes on behind them.
        connection.execute("UPDATE relay_position SET position = (SELECT max(notification_id) FROM events)")
    return len(events) * len(maps)
