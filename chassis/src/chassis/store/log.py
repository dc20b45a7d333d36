"""The notification log: every event of the service in the order of its commit; the read models and the relay stand
on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import DatetimeAsISO, DecimalAsStr, JSONTranscoder, Mapper, StoredEvent, UUIDAsHex
from eventsourcing.utils import resolve_topic
from psycopg import Connection

from chassis.store.aggregate import Event
from chassis.store.database import Database, Row, Statement

# Held by whoever appends, until commit: positions then grow in the order of commits, and a reader that has seen one
# position
# has seen all before it. `rebuild` holds it too. Advisory, so that the run-time role needs no UPDATE right on the
# events.
LOG_LOCK = 0x7762735F6C6F67  # "wbs_log"
CHANNEL = "events"
BATCH = 500

_APPEND = """
    INSERT INTO events (originator_id, originator_version, topic, state)
    SELECT originator_id, originator_version, topic, state
    FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bytea[])
        WITH ORDINALITY AS new (originator_id, originator_version, topic, state, number)
    ORDER BY number
"""
_HISTORY = "SELECT * FROM events WHERE originator_id = %s ORDER BY originator_version"
_AFTER = "SELECT * FROM events WHERE notification_id > %s AND topic <> ALL(%s) ORDER BY notification_id LIMIT %s"


@dataclass(frozen=True)
class Notification:
    """An event and its position in the log. Positions grow, with gaps, and are given out again after a restore:
    never an id."""

    position: int
    event: Event


def _transcoder() -> JSONTranscoder:
    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO()):
        transcoder.register(transcoding)
    return transcoder


_mapper: Mapper[UUID] = Mapper(_transcoder())


def appending(events: Sequence[Event]) -> Sequence[Statement]:
    if not events:
        return ()
    stored = [_mapper.to_stored_event(event) for event in events]
    columns = ([each[number] for each in map(_as_row, stored)] for number in range(4))
    return (
        Statement("SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,)),
        Statement(_APPEND, tuple(columns)),
        Statement(f"NOTIFY {CHANNEL}"),
    )


def _as_row(stored: StoredEvent) -> tuple[Any, ...]:
    return stored.originator_id, stored.originator_version, stored.topic, stored.state


def history(connection: Connection[Row], aggregate_id: UUID) -> list[Event]:
    rows = connection.execute(_HISTORY, (aggregate_id,)).fetchall()
    return [_to_event(row) for row in rows]


def has_happened(database: Database, aggregate_id: UUID, event_class: type[Event]) -> bool:
    """Whether the aggregate's history has an event of this class, whatever the class was called when it was saved.

    `database` must be one without read models: this is asked while they are made anew.
    """
    rows = database.rows("SELECT DISTINCT topic FROM events WHERE originator_id = %s", (aggregate_id,))
    return any(resolve_topic(row["topic"]) is event_class for row in rows)


def read_log(connection: Connection[Row], left_out: Collection[type[Event]]) -> Iterator[list[Notification]]:
    """All events but those classes' in batches, as far as they are committed when each batch is read."""
    stored = connection.execute("SELECT DISTINCT topic FROM events").fetchall()
    topics = [row["topic"] for row in stored if resolve_topic(row["topic"]) in left_out]
    after = 0
    while batch := read_batch(connection, after, left_out=topics):
        yield batch
        after = batch[-1].position


def read_batch(
    connection: Connection[Row], after: int, limit: int = BATCH, left_out: Sequence[str] = ()
) -> list[Notification]:
    """`left_out` are topics."""
    rows = connection.execute(_AFTER, (after, list(left_out), limit)).fetchall()
    return [Notification(row["notification_id"], _to_event(row)) for row in rows]


def _to_event(row: Row) -> Event:
    stored = StoredEvent(row["originator_id"], row["originator_version"], row["topic"], bytes(row["state"]))
    return cast(Event, _mapper.to_domain_event(stored))
