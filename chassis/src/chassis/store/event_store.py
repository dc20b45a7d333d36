"""Loading aggregates from their history, and saving them with all that belongs to the same moment in one
transaction."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, Self, TypeVar, cast
from uuid import UUID

from psycopg import Cursor

from chassis.settings import Settings
from chassis.store import log
from chassis.store.aggregate import Aggregate, Event
from chassis.store.database import ConstraintViolated, Database, Parameters, Row, Statement
from chassis.store.log import Notification
from chassis.store.read_model import Projection, ensure_built, project, rebuild

A = TypeVar("A", bound=Aggregate)
P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS_ON_CONFLICT = 12
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.5


class AggregateNotFound(Exception):
    def __init__(self, wanted: type[Aggregate], aggregate_id: UUID) -> None:
        super().__init__(f"there is no {wanted.__name__} {aggregate_id}")


class VersionConflict(Exception):
    """Somebody saved the aggregate since it was loaded: load it and decide again."""


class AlreadyHandled(Exception):
    """The consumed event's effects are in the store since an earlier delivery; nothing was saved now."""


@dataclass
class Cause:
    """The consumed event that a save is the effect of. `recorded` turns true once it stands in `handled_events`.

    `also` are statements that belong to the handling itself, e.g. the removal of a dead letter by its replay.
    """

    topic: str
    event_id: UUID
    also: Sequence[Statement] = ()
    recorded: bool = field(default=False, init=False)


def _accept(_: Event) -> None:
    return None


class EventStore:
    """The service's events, and the database that they share with its `held` and `read` tables.

    `check` raises for an event that can't be saved, since nobody could be told of it: `chassis.service` gives one.
    """

    def __init__(
        self, database: Database, projections: Sequence[Projection] = (), check: Callable[[Event], None] = _accept
    ) -> None:
        self.database = database
        self._projections = projections
        self._check = check

    @classmethod
    def open(
        cls,
        settings: Settings,
        projections: Sequence[Projection] = (),
        size: int = 4,
        check: Callable[[Event], None] = _accept,
    ) -> Self:
        """The store of a process at run time; an emptied read model is made anew before the first connection is
        used."""
        return cls(Database.of(settings, ensure_built(projections), size), projections, check)

    def load(self, wanted: type[A], aggregate_id: UUID) -> A:
        found = self.find(wanted, aggregate_id)
        if found is None:
            raise AggregateNotFound(wanted, aggregate_id)
        return found

    def find(self, wanted: type[A], aggregate_id: UUID) -> A | None:
        """None too when the id belongs to an aggregate of another class."""
        with self.database.connection() as connection:
            events = log.history(connection, aggregate_id)
        aggregate: Any = None
        for event in events:
            aggregate = event.mutate(aggregate)
        return aggregate if isinstance(aggregate, wanted) else None

    def save(self, *aggregates: Aggregate, cause: Cause | None = None, also: Sequence[Statement] = ()) -> None:
        """Saves the new events, the cause's mark, `also` and the read models' statements: all or nothing.

        Raises AlreadyHandled, VersionConflict, ConstraintViolated or UnexpectedRows (of `also`), StoreUnavailable,
        and what `check` raises.
        """
        events = _new_events(aggregates, cause)
        for event in events:
            self._check(event)
        # The read models' first: one of them may have to ask OpenBao, and nobody's lock should wait for that.
        statements = [*log.appending(events), *also, *project(self._projections, events)]
        try:
            self.database.execute(*_recording(cause), *statements)
        except AlreadyHandled:
            if cause is not None:
                cause.recorded = True
            raise
        except ConstraintViolated as error:
            if error.constraint == "events_pkey":
                raise VersionConflict from None
            raise
        if cause is not None:
            cause.recorded = True

    def has_handled(self, event_id: UUID) -> bool:
        return self.row("SELECT 1 FROM handled_events WHERE event_id = %s", (event_id,)) is not None

    def notifications(self, after: int = 0, limit: int = log.BATCH) -> list[Notification]:
        with self.database.connection() as connection:
            return log.read_batch(connection, after, limit)

    def rebuild(self) -> None:
        rebuild(self.database, self._projections)

    def rows(self, sql: str, params: Parameters = ()) -> list[Row]:
        return self.database.rows(sql, params)

    def row(self, sql: str, params: Parameters = ()) -> Row | None:
        return self.database.row(sql, params)

    def execute(self, *statements: Statement) -> None:
        self.database.execute(*statements)

    def close(self) -> None:
        self.database.close()


def _new_events(aggregates: Sequence[Aggregate], cause: Cause | None) -> list[Event]:
    events = [cast(Event, event) for aggregate in aggregates for event in aggregate.collect_events()]
    if cause is None:
        return events
    return [replace(cast(Any, event), causation_id=event.causation_id or cause.event_id) for event in events]


class _Record(Statement):
    """Before anything else: a second delivery at the same moment waits here for the first to commit, and is undone."""

    def check(self, cursor: Cursor[Any]) -> None:
        if cursor.rowcount == 0:
            raise AlreadyHandled


def _recording(cause: Cause | None) -> Sequence[Statement]:
    if cause is None:
        return ()
    record = _Record(
        "INSERT INTO handled_events (event_id, topic) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (cause.event_id, cause.topic),
    )
    return (record, *cause.also)


def retry_on_conflict(use_case: Callable[P, T]) -> Callable[P, T]:
    """For a use case that loads, decides and saves: on a version conflict it is done again from the loading."""

    @functools.wraps(use_case)
    def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(ATTEMPTS_ON_CONFLICT - 1):
            try:
                return use_case(*args, **kwargs)
            except VersionConflict:
                # Those who decide about the same report would go on meeting, in step.
                time.sleep(random.uniform(0, min(LONGEST_PAUSE_S, SHORTEST_PAUSE_S * 2**attempt)))  # noqa: S311
        return use_case(*args, **kwargs)

    return again
