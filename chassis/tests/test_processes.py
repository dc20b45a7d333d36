"""Processes of the toy service: what they refuse to start on, their timers, their server, their limits."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from chassis.clock import Clock
from chassis.consume import DeadLetters, Patience, TooManyParked
from chassis.consume.entrypoints import timer_lock
from chassis.settings import Secret
from chassis.store import Database, EventStore
from chassis.store.log import LOG_LOCK
from chassis.telemetry import Metrics
from chassis.testing.harness import Running, ServiceUnderTest, eventually
from chassis.testing.toy.events import ORDERS, OrderPlaced
from kafka.admin import ConfigResource, ConfigResourceType
from wbs_local.parts import kafka
from wbs_local.system import System

from chassis import DependencyDown


@pytest.fixture(autouse=True)
def _nothing_runs_on(toy: ServiceUnderTest) -> Iterator[None]:
    yield
    toy.kill_all()


@pytest.fixture
def store(toy: ServiceUnderTest, system: System) -> Iterator[EventStore]:
    password = Secret(system.keep_secret("toy-worker", "postgres_password"))
    opened = EventStore(Database(system.host, system.ports["postgres"], "toy", "toy", password))
    yield opened
    opened.close()


def fetch(port: str, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        content: bytes = answer.read()
    return content


def answers(port: str, path: str) -> bool:
    try:
        return fetch(port, path) is not None
    except OSError:
        return False


def test_a_worker_shows_its_health_and_the_partitions_it_holds(toy: ServiceUnderTest) -> None:
    port = toy.environment["WBS_METRICS_PORT"]

    with toy.worker():
        eventually(lambda: b"wbs_toy_partitions 12.0" in fetch(port, "/metrics"))
        ready = json.loads(fetch(port, "/readyz"))

    assert ready == {"down": []}


def test_a_timer_runs_again_and_again(toy: ServiceUnderTest) -> None:
    before = len(toy.rows("SELECT 1 FROM held.ticks"))

    with toy.worker():
        eventually(lambda: len(toy.rows("SELECT 1 FROM held.ticks")) >= before + 3)


def test_a_timer_waits_while_another_process_runs_it(toy: ServiceUnderTest) -> None:
    event_id = uuid4()
    toy.send((OrderPlaced(order_id=uuid4(), item="paper", amount=1), event_id))

    with toy.connection() as other:
        other.execute("SELECT pg_advisory_lock(%s)", (timer_lock("tick"),))
        before = len(toy.rows("SELECT 1 FROM held.ticks"))
        with toy.worker():
            eventually(lambda: toy.has_handled(event_id))
        after = len(toy.rows("SELECT 1 FROM held.ticks"))

    assert after == before


def test_a_web_process_serves_logs_no_access_and_stops_in_order(toy: ServiceUnderTest) -> None:
    port, metrics = toy.environment["WBS_HTTP_PORT"], toy.environment["WBS_METRICS_PORT"]
    running = toy.start("web")

    eventually(lambda: answers(port, "/readyz"))
    alive = json.loads(fetch(port, "/healthz"))
    counted = fetch(metrics, "/metrics")
    running.process.send_signal(signal.SIGTERM)

    assert running.exit_code() == 0
    assert alive == {"status": "alive"}
    assert b"wbs_toy_requests" in counted
    assert "healthz" not in running.lines
    assert "127.0.0.1" not in running.lines


def test_a_web_process_that_is_killed_leaves_nobody_at_its_port(toy: ServiceUnderTest) -> None:
    port = toy.environment["WBS_HTTP_PORT"]
    running = toy.start("web")
    eventually(lambda: answers(port, "/readyz"))

    running.process.kill()

    eventually(lambda: not answers(port, "/healthz"))


def test_a_worker_refuses_a_topic_that_forgets(toy: ServiceUnderTest, system: System) -> None:
    admin = kafka.connect_as_admin(system)
    try:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, ORDERS, {"retention.ms": "1000000"})])
        running = toy.start("worker")
        code = running.exit_code()
    finally:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, ORDERS, {"retention.ms": "-1"})])
        admin.close()

    assert code == 1
    assert "TopicForgets" in running.lines


def test_a_worker_without_its_database_stops_for_its_supervisor(toy: ServiceUnderTest) -> None:
    lost = replace(toy, environment={**toy.environment, "WBS_POSTGRES_PORT": "1"}, _running=[])

    try:
        running = lost.start("worker")
        code = running.exit_code()
    finally:
        lost.kill_all()

    assert code == 1
    assert "StoreUnavailable" in running.lines


LONGER_THAN_A_POOL_WAITS_S = 6


@contextmanager
def slow_rebuild(toy: ServiceUnderTest) -> Iterator[None]:
    """The read model is to be made anew, as after a crash of PostgreSQL, and that takes until the block ends."""
    with toy.connection() as other:
        other.execute("SELECT pg_advisory_lock(%s)", (LOG_LOCK,))
        other.execute("TRUNCATE read.built")
        yield


def rebuilds(toy: ServiceUnderTest, running: Running, seconds: float = 0) -> None:
    """Waits until it has been at it for so long, or has ended."""
    eventually(lambda: toy.waits_for_a_lock(seconds) or running.process.poll() is not None)


def test_a_worker_waits_for_its_read_model_however_long_that_takes_and_shows_itself(toy: ServiceUnderTest) -> None:
    port = toy.environment["WBS_METRICS_PORT"]

    with slow_rebuild(toy):
        running = toy.start("worker")
        rebuilds(toy, running, LONGER_THAN_A_POOL_WAITS_S)
        early = "worker_started" in running.lines
        assert answers(port, "/healthz")
        assert answers(port, "/metrics")
        assert not answers(port, "/readyz")

    eventually(lambda: "worker_started" in running.lines or running.process.poll() is not None)
    assert running.stop() == 0, running.lines
    assert not early
    assert toy.rows("TABLE read.built") != []


def test_a_worker_that_waits_for_its_read_model_ends_at_once_when_it_is_told_to(toy: ServiceUnderTest) -> None:
    with slow_rebuild(toy):
        running = toy.start("worker")
        rebuilds(toy, running)
        running.process.send_signal(signal.SIGTERM)

        assert running.process.wait(timeout=4) == -signal.SIGTERM  # nothing is in hand yet


def test_a_web_process_serves_while_its_read_model_is_made_and_is_not_ready(toy: ServiceUnderTest) -> None:
    port = toy.environment["WBS_HTTP_PORT"]

    with slow_rebuild(toy):
        running = toy.start("web")
        rebuilds(toy, running, LONGER_THAN_A_POOL_WAITS_S)
        alive = answers(port, "/healthz")
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(port, "/readyz")
        refused.value.close()

    eventually(lambda: answers(port, "/readyz"))
    assert running.stop() == 0
    assert alive
    assert refused.value.code == 503


@dataclass
class Message:
    """As Kafka gives it."""

    offset: int
    topic: str = ORDERS
    partition: int = 99
    key: bytes | None = b"someone"
    value: bytes | None = b"x"
    headers: Sequence[tuple[str, bytes]] = ()


def test_more_than_a_few_parked_in_a_row_stop_the_process_also_after_a_restart(store: EventStore) -> None:
    letters = DeadLetters(store, "worker.9", most_in_a_row=2)
    for offset in (1, 2):
        letters.park(Message(offset), f"subject {offset}", "not_understood")

    with pytest.raises(TooManyParked):
        letters.park(Message(3), "subject 3", "not_understood")
    with pytest.raises(TooManyParked):
        DeadLetters(store, "worker.9", most_in_a_row=2).park(Message(3), "subject 3", "not_understood")

    assert len(letters.waiting()) == 2
    letters.handled()
    letters.park(Message(3), "subject 3", "not_understood")
    assert len(letters.waiting()) == 3


def test_what_is_down_is_waited_for_in_bounds(store: EventStore) -> None:
    patience = Patience(Metrics("toy", Clock()), attempts=3, longest_wait=0.05)
    calls: list[int] = []

    def answers_at_the_third() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise DependencyDown("openbao")
        return "there"

    def never_answers() -> None:
        raise DependencyDown("openbao")

    assert patience.retry(answers_at_the_third) == "there"
    with pytest.raises(DependencyDown):
        patience.retry(never_answers)
    patience.stopping.set()
    calls.clear()
    with pytest.raises(DependencyDown):
        patience.retry(answers_at_the_third)
    assert len(calls) == 1
