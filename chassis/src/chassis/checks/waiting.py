"""How long jobs wait, for operators: as this process sees it at each scrape, since the queue holds no times."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from uuid import UUID

from chassis.store import Database, StoreUnavailable
from chassis.telemetry import Metrics
from chassis.telemetry.metrics import SHORTEST_WAIT_SHOWN_S

# Those in hand and those put off too: what is taken again and again isn't done either.
_WAITING = "SELECT id FROM held.jobs WHERE kind = %s"
_REPEATED = "SELECT count(*) AS number FROM held.jobs WHERE kind = %s AND attempts > 1"


def show_waiting(
    database: Database, kinds: Sequence[str], metrics: Metrics, now: Callable[[], float] = time.monotonic
) -> None:
    """For each kind the age of the oldest job that isn't done, from 60 s on, and how many are begun again; NaN while
    the database is down.

    A process that ends by a job each time sees none grow old: the second number tells of that.
    """
    for kind in kinds:
        metrics.oldest_job.labels(kind).set_function(Oldest(partial(_waiting, database, kind), now).seconds)
        metrics.jobs_repeated.labels(kind).set_function(partial(_repeated, database, kind))


def _waiting(database: Database, kind: str) -> Collection[UUID]:
    return [row["id"] for row in database.rows(_WAITING, (kind,))]


def _repeated(database: Database, kind: str) -> float:
    try:
        row = database.row(_REPEATED, (kind,))
    except StoreUnavailable:
        return math.nan
    return float(row["number"]) if row else math.nan


class Oldest:
    """Remembers when it first saw each of those that `look` gives."""

    def __init__(self, look: Callable[[], Collection[UUID]], now: Callable[[], float] = time.monotonic) -> None:
        self._look, self._now = look, now
        self._first_seen: dict[UUID, float] = {}

    def seconds(self) -> float:
        now = self._now()
        try:
            waiting = self._look()
        except StoreUnavailable:
            return math.nan
        self._first_seen = {each: self._first_seen.get(each, now) for each in waiting}
        waited = now - min(self._first_seen.values(), default=now)
        return waited if waited >= SHORTEST_WAIT_SHOWN_S else 0.0
