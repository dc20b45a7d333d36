"""Whether a case was opened for each report to the Inspektorat: watched from outside case-management, since who could
keep a case from being opened could keep an alarm quiet there too."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.store import EventStore, Statement


def submitted(report_id: UUID, hour: datetime) -> Statement:
    return Statement(
        "INSERT INTO held.case_watch (report_id, submitted) VALUES (%s, %s)"
        " ON CONFLICT (report_id) DO UPDATE SET submitted = excluded.submitted",
        (report_id, hour),
    )


def opened(report_id: UUID) -> Statement:
    """Also before its submission was heard of: events come in any order."""
    return Statement(
        "INSERT INTO held.case_watch (report_id, is_opened) VALUES (%s, true)"
        " ON CONFLICT (report_id) DO UPDATE SET is_opened = true",
        (report_id,),
    )


def removal(report_id: UUID) -> Statement:
    return Statement("DELETE FROM held.case_watch WHERE report_id = %s", (report_id,))


def missing(store: EventStore, clock: Clock, now: datetime) -> int:
    """Reports whose submission was heard of in an hour that ended an hour ago or more, and of whose case nothing was.

    Changes on the hour only.
    """
    before = clock.round_down(now) - timedelta(seconds=clock.grain)
    row = store.row("SELECT count(*) AS missing FROM held.case_watch WHERE NOT is_opened AND submitted < %s", (before,))
    return int(row["missing"]) if row else 0
