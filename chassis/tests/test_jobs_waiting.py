"""The age of the oldest job that waits: by it operators see that checks stand still, and nobody when a report came."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.checks import jobs
from chassis.checks.waiting import Oldest, show_waiting
from chassis.clock import Clock
from chassis.settings import Secret
from chassis.store import Database, StoreUnavailable
from chassis.telemetry import Metrics
from chassis.testing.harness import ServiceUnderTest
from wbs_local.system import System


def test_a_job_that_stays_grows_old_and_one_that_is_done_is_forgotten() -> None:
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


@pytest.fixture
def database(toy: ServiceUnderTest, system: System) -> Iterator[Database]:
    password = Secret(system.keep_secret("toy-worker", "postgres_password"))
    opened = Database(system.host, system.ports["postgres"], "toy", "toy", password)
    yield opened
    opened.close()


def test_a_job_that_is_in_hand_is_waited_for_and_one_that_is_begun_again_is_counted(database: Database) -> None:
    now, metrics = [0.0], Metrics("toy", Clock())
    show_waiting(database, ["kept"], metrics, lambda: now[0])
    database.execute(jobs.queue("kept", uuid4(), {}))

    def shown(name: str) -> float | None:
        return metrics.registry.get_sample_value(f"wbs_toy_{name}", {"kind": "kept"})

    first, seen = jobs.take(database, ["kept"], 600.0), shown("job_waiting_seconds")
    now[0] = 100.0

    assert first is not None
    assert seen == 0.0
    assert shown("job_waiting_seconds") == 100.0
    assert shown("jobs_repeated") == 0.0
    jobs.give_back(database, first, counted=True)
    again: Any = jobs.take(database, ["kept"], 600.0)
    assert shown("jobs_repeated") == 1.0
    database.execute(again.done)
    assert (shown("job_waiting_seconds"), shown("jobs_repeated")) == (0.0, 0.0)
