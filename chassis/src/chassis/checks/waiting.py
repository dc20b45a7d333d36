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

_WAITING = """
    SELECT id FROM held.jobs WHERE kind = %s AND (leased_until IS NULL OR leased_until < clock_timestamp())
"""


def show_waiting(database: Database, kinds: Sequence[str], metrics: Metrics) -> None:
    """For each kind the age of the oldest job that nobody has in hand, from 60 s on; NaN while the database is down."""
    for kind in kinds:
        metrics.oldest_job.labels(kind).set_function(Oldest(partial(_waiting, database, kind)).seconds)


def _waiting(database: Database, kind: str) -> Collection[UUID]:
    return [row["id"] for row in database.rows(_WAITING, (kind,))]


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
