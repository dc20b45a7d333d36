"""How long a submission waits for a check: exact times, in rows that end with the wait."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from chassis.store import EventStore, Statement


def begin(report_id: UUID, thing: UUID) -> Statement:
    """`thing`: an offer or a piece of evidence whose check has begun."""
    return Statement(
        "INSERT INTO held.waits (thing, report_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", (thing, report_id)
    )


def end(report_id: UUID, thing: UUID) -> Statement:
    return Statement("DELETE FROM held.waits WHERE report_id = %s AND thing = %s", (report_id, thing))


def end_all(report_id: UUID) -> Statement:
    return Statement("DELETE FROM held.waits WHERE report_id = %s", (report_id,))


def overdue(store: EventStore, report_id: UUID, patience: timedelta) -> frozenset[UUID]:
    rows = store.rows("SELECT thing FROM held.waits WHERE report_id = %s AND since < now() - %s", (report_id, patience))
    return frozenset(row["thing"] for row in rows)
