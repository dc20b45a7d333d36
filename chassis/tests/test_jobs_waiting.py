"""The age of the oldest job that waits: by it operators see that checks stand still, and nobody when a report came."""

from __future__ import annotations

import math
from uuid import UUID, uuid4

from chassis.checks.waiting import Oldest
from chassis.store import StoreUnavailable


def test_a_job_that_stays_grows_old_and_one_that_is_taken_is_forgotten() -> None:
    first, second, now = uuid4(), uuid4(), [0.0]
    waiting: list[UUID] = [first]
    oldest = Oldest(lambda: waiting, lambda: now[0])

    seen = [oldest.seconds()]
    for time, left in ((59.0, [first, second]), (100.0, [first, second]), (130.0, [second]), (140.0, [])):
        now[0], waiting[:] = time, left
        seen.append(oldest.seconds())

    assert seen == [0.0, 0.0, 100.0, 71.0, 0.0]


def test_nothing_is_known_while_the_database_is_down() -> None:
    def down() -> list[UUID]:
        raise StoreUnavailable

    assert math.isnan(Oldest(down).seconds())
