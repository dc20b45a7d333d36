"""Read models: filled by the transaction that saves an event, and made anew from the log whenever PostgreSQL has
emptied them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from psycopg import Connection, Cursor
from psycopg.sql import SQL, Identifier

from chassis.store.aggregate import Event
from chassis.store.database import Database, Row, Statement, run_at_once
from chassis.store.log import LOG_LOCK, read_log

AT_ONCE = 8  # while a read model is made anew: a projection may have to ask OpenBao, report by report


class Projection(Protocol):
    """Turns each event into statements on tables of schema `read`. They must depend on the event and on `read`
    alone, since `rebuild` runs them again over the whole log; and a projection keeps no state, since `rebuild` asks it
    about several events at the same time."""

    @property
    def ignored(self) -> tuple[type[Event], ...]:
        """What it isn't asked about: a rebuild doesn't even read what all projections of a service ignore."""

    def statements(self, event: Event) -> Iterable[Statement]: ...


def ensure_built(projections: Sequence[Projection]) -> Callable[[Connection[Row]], None]:
    """For a pool's new connections: PostgreSQL empties UNLOGGED tables when a backend dies, which cuts every
    connection, so
    an emptied read model is always met first by a fresh one."""

    def check(connection: Connection[Row]) -> None:
        with connection.transaction():  # of its own: whoever waits for the log's lock may hold no other
            _lift_limits(connection)  # another process may be rebuilding
            is_built = _is_built(connection)
        if not is_built:
            _rebuild(connection, projections, unless_built=True)

    return check


def rebuild(database: Database, projections: Sequence[Projection]) -> None:
    """Makes the read model anew while other processes go on; their saves wait until it is done, and see it whole."""
    with database.own_connection() as connection:
        _rebuild(connection, projections, unless_built=False)


def _lift_limits(connection: Connection[Row]) -> None:
    """In this transaction: given up, a rebuild would begin again from the start."""
    connection.execute(
        "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
    )


def _is_built(connection: Connection[Row]) -> bool:
    return connection.execute("SELECT 1 FROM read.built").fetchone() is not None


def _rebuild(connection: Connection[Row], projections: Sequence[Projection], unless_built: bool) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        _lift_limits(connection)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,))
        if unless_built and _is_built(connection):
            return
        _empty(cursor)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for batch in read_log(connection, _ignored_by_all(projections)):
                run_at_once(connection, _project_at_once(threads, projections, [each.event for each in batch]))
        cursor.execute("INSERT INTO read.built (generation) VALUES (gen_random_uuid())")


def _ignored_by_all(projections: Sequence[Projection]) -> set[type[Event]]:
    return set.intersection(*(set(each.ignored) for each in projections)) if projections else set()


def project(projections: Sequence[Projection], events: Iterable[Event]) -> Iterator[Statement]:
    return (
        statement
        for event in events
        for projection in projections
        if not isinstance(event, projection.ignored)
        for statement in projection.statements(event)
    )


def _project_at_once(
    threads: ThreadPoolExecutor, projections: Sequence[Projection], events: Sequence[Event]
) -> Iterable[Statement]:
    """As `project`: the statements in the events' order."""

    def projected(share: Sequence[Event]) -> list[list[Statement]]:
        return [list(project(projections, [event])) for event in share]

    # Few large shares: to hand each event over by itself would cost more than most projections do.
    shares = list(threads.map(projected, (events[number::AT_ONCE] for number in range(AT_ONCE))))
    return (statement for number in range(len(events)) for statement in shares[number % AT_ONCE][number // AT_ONCE])


def _empty(cursor: Cursor[Row]) -> None:
    tables = cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'read' ORDER BY tablename").fetchall()
    names = SQL(", ").join(Identifier("read", row["tablename"]) for row in tables)
    cursor.execute(SQL("TRUNCATE {}").format(names))
