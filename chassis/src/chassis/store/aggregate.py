"""Base classes of a service's aggregates and their events: each event has an id of its own, a whole hour, and its
cause."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID, uuid4

from eventsourcing import domain

from chassis.clock import process_hour


class Aggregate(domain.Aggregate):
    """An aggregate whose events carry what the platform needs. Its own events subclass `Aggregate.Event` or
    `Aggregate.Created`,
    or are named by `@event("SomethingHappened")` (`eventsourcing.domain.event`)."""

    class Event(domain.Aggregate.Event):
        """`event_id` is saved with the event and is the id of the integration event made of it, so that publishing
        it again
        after a crash or a restored database is seen as the same event. `causation_id` is the consumed event that led
        to it."""

        event_id: UUID = field(default_factory=uuid4, kw_only=True)
        causation_id: UUID | None = field(default=None, kw_only=True)

        @staticmethod
        def create_timestamp() -> datetime:
            return process_hour()

    class Created(Event, domain.Aggregate.Created):
        pass

    def __repr__(self) -> str:
        # The library's repr shows every attribute, and a repr ends up in tracebacks.
        return f"{type(self).__name__}({self.id}, version {self.version})"


Event: TypeAlias = Aggregate.Event
