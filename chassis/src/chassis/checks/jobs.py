"""The queue table: a Kafka handler writes a row and is done; check processes take the rows one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from chassis.store import Database, Statement

CHANNEL = "jobs"

# SKIP LOCKED: two processes never wait for one another; the lease lets another take over when one dies.
_TAKE = """
    UPDATE held.jobs SET attempts = attempts + 1, leased_until = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE id = (
        SELECT id FROM held.jobs
        WHERE kind = ANY(%(kinds)s) AND (leased_until IS NULL OR leased_until < clock_timestamp())
        ORDER BY number FOR UPDATE SKIP LOCKED LIMIT 1
    )
    RETURNING id, kind, input, attempts
"""


@dataclass(frozen=True)
class Job:
    """`attempts` counts this one. `done` belongs into the transaction that saves the outcome."""

    id: UUID
    kind: str
    input: Mapping[str, Any]
    attempts: int

    @property
    def done(self) -> Statement:
        return Statement("DELETE FROM held.jobs WHERE id = %s", (self.id,), expect_rows=1)


def queue(kind: str, job_id: UUID, content: Mapping[str, Any]) -> Statement:
    """For `also` of the save that makes the job necessary. The same id again changes nothing."""
    return Statement(
        "WITH new AS ("
        "  INSERT INTO held.jobs (id, kind, input) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1"
        ") SELECT pg_notify('jobs', '') FROM new",
        (job_id, kind, Jsonb(dict(content))),
    )


def take(database: Database, kinds: Sequence[str], lease_seconds: float) -> Job | None:
    row = database.row(_TAKE, {"kinds": list(kinds), "lease": lease_seconds})
    return Job(row["id"], row["kind"], row["input"], row["attempts"]) if row else None


def hold(job: Job, lease_seconds: float) -> Statement:
    """For the process that has it in hand (`chassis.leases.renewed`)."""
    return Statement(
        "UPDATE held.jobs SET leased_until = clock_timestamp() + make_interval(secs => %s) WHERE id = %s",
        (lease_seconds, job.id),
    )


def give_back(database: Database, job: Job, counted: bool) -> None:
    """To be taken again at once; `counted`: this attempt stays counted, since the job may be what ended it."""
    database.execute(
        Statement(
            "UPDATE held.jobs SET leased_until = NULL, attempts = attempts - %s WHERE id = %s",
            (0 if counted else 1, job.id),
        )
    )


def put_off(database: Database, job: Job, seconds: float, counted: bool) -> None:
    """To be taken again when the time is over; until then the others have their turn."""
    database.execute(
        Statement(
            "UPDATE held.jobs SET leased_until = clock_timestamp() + make_interval(secs => %s),"
            " attempts = attempts - %s WHERE id = %s",
            (seconds, 0 if counted else 1, job.id),
        )
    )


def is_queued(database: Database, job: Job) -> bool:
    return database.row("SELECT 1 FROM held.jobs WHERE id = %s", (job.id,)) is not None
