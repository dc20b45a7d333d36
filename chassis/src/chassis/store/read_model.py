"""Read models: filled by the transaction that saves an event, and made anew from the log whenever PostgreSQL has
emptied them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from psycopg import Connection, Cursor
from psycopg.sql import SQL, Identifier

from chassis.store.aggregate import Event
from chassis.store.database import Database, Row, Statement
from chassis.store.log import LOG_LOCK, read_log


class Projection(Protocol):
    """Turns each event into statements on tables of schema `read`. They must depend on the event and on `read`
    alone, since
    `rebuild` runs them again over the whole log."""

    def statements(self, event: Event) -> Iterable[Statement]: ...


def ensure_built(projections: Sequence[Projection]) -> Callable[[Connection[Row]], None]:
    """For a pool's new connections: PostgreSQL empties UNLOGGED tables when a backend dies, which cuts every
    connection, so
    an emptied read model is always met first by a fresh one."""

    def check(connection: Connection[Row]) -> None:
        if not _is_built(connection):
            _rebuild(connection, projections, unless_built=True)

    return check


def rebuild(database: Database, projections: Sequence[Projection]) -> None:
    """Makes the read model anew while other processes go on; their saves wait until it is done, and see it whole."""
    with database.own_connection() as connection:
        _rebuild(connection, projections, unless_built=False)


def _is_built(connection: Connection[Row]) -> bool:
    return connection.execute("SELECT 1 FROM read.built").fetchone() is not None


def _rebuild(connection: Connection[Row], projections: Sequence[Projection], unless_built: bool) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,))
        if unless_built and _is_built(connection):
            return
        _empty(cursor)
        for batch in read_log(connection):
            _project_at_once(connection, projections, [notification.event for notification in batch])
        cursor.execute("INSERT INTO read.built (generation) VALUES (gen_random_uuid())")


def project(cursor: Cursor[Row], projections: Sequence[Projection], events: Iterable[Event]) -> None:
    for event in events:
        for projection in projections:
            for statement in projection.statements(event):
                statement.run(cursor)


def _project_at_once(connection: Connection[Row], projections: Sequence[Projection], events: Iterable[Event]) -> None:
    """As `project`, without waiting for each statement's answer."""
    with connection.pipeline():
        sent = [
            (statement, connection.execute(statement.sql.encode(), statement.params))
            for event in events
            for projection in projections
            for statement in projection.statements(event)
        ]
    for statement, cursor in sent:
        statement.check(cursor)


def _empty(cursor: Cursor[Row]) -> None:
    tables = cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'read' ORDER BY tablename").fetchall()
    names = SQL(", ").join(Identifier("read", row["tablename"]) for row in tables)
    cursor.execute(SQL("TRUNCATE {}").format(names))
