"""The event store: aggregates, the one transaction that saves them with all that belongs to it, and read models."""

from chassis.store.aggregate import Aggregate, Event
from chassis.store.database import (
    ConstraintViolated,
    Database,
    Row,
    Statement,
    StoreUnavailable,
    UnexpectedRows,
    ValueRefused,
)
from chassis.store.event_store import (
    AggregateNotFound,
    AlreadyHandled,
    Cause,
    EventStore,
    VersionConflict,
    retry_on_conflict,
)
from chassis.store.log import Notification, has_happened
from chassis.store.migration import Tables, migrate
from chassis.store.read_model import Projection, rebuild

__all__ = [
    "Aggregate",
    "AggregateNotFound",
    "AlreadyHandled",
    "Cause",
    "ConstraintViolated",
    "Database",
    "Event",
    "EventStore",
    "Notification",
    "Projection",
    "Row",
    "Statement",
    "StoreUnavailable",
    "Tables",
    "UnexpectedRows",
    "ValueRefused",
    "VersionConflict",
    "has_happened",
    "migrate",
    "rebuild",
    "retry_on_conflict",
]
