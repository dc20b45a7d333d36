"""Bytes on the topics, with the writers' own credentials: every worker goes on, and what it can't understand is parked,
each piece once, and counted."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import requests
from chassis.testing.harness import Running as Process
from chassis.testing.harness import ServiceUnderTest, eventually
from contracts.events import Event, NotUnderstood, ReportEvent, decode, encode, example_of
from hypothesis import settings
from kafka import KafkaProducer
from wbs_local import services, walls
from wbs_local.system import System

HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)
PIECES = min(settings().max_examples, 400)  # to each service
ROW = 8  # fewer than what stops a process: so many in a row are likely our own fault (DESIGN, Faults)
ODD_BYTES = (
    *(b"", b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 5000, b"[" * 100_000, b"9" * 5000),
    *(b'{"a":1,"a":2}', b'"\\ud800"'),
)
ODD = (None, 7, "", [], {}, "x" * 300_000, "\x00", True)

Record = tuple[bytes | None, bytes, list[tuple[str, bytes]]]


def heard(service: str) -> list[type[Event]]:
    """The types that the service's worker handles, of topics that others write."""
    worker = __import__(f"{services.package_of(service)}.worker", fromlist=["worker"])
    classes = [each for each in vars(worker).values() if isinstance(each, type) and each.__name__.endswith("Worker")]
    found = {
        entrypoint.event_class
        for each in classes
        for method in vars(each).values()
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        if hasattr(entrypoint, "event_class")
    }
    return sorted(found, key=lambda each: each.type)


def new(event: type[Event]) -> Event:
    """The example, about a report of its own."""
    example = example_of(event)
    return replace(example, report_id=uuid4()) if isinstance(example, ReportEvent) else example


def changed(chance: random.Random, event: type[Event]) -> Record:
    """An example with something wrong, or nothing."""
    message = encode(new(event), uuid4(), HOUR)
    key, value, headers = message.key, message.value, list(message.headers)
    match chance.randrange(7):
        case 0:
            value = chance.choice(ODD_BYTES)
        case 1:
            cut = chance.randrange(len(value))
            value = value[:cut] + chance.randbytes(3) + value[cut:]
        case 2:
            content = json.loads(value)
            content[chance.choice([*content, "more"])] = chance.choice(
                [None, 7, "", [], {}, "x" * 300_000, "\x00", True]
            )
            value = json.dumps(content).encode()
        case 3:
            key = chance.choice([None, b"", b"system", str(uuid4()).encode(), b"\xff"])
        case 4:
            at = chance.randrange(len(headers))
            headers[at] = (
                headers[at][0],
                chance.choice([b"", b"\xff", b"wbs.nothing.v1", b"1", str(uuid4()).encode()]),
            )
        case 5:
            headers.pop(chance.randrange(len(headers)))
        case _:
            key, value, headers = chance.randbytes(8), chance.randbytes(chance.randrange(200)), []
    return key, value, headers


def is_understood(record: Record) -> bool:
    try:
        decode(*record)
    except NotUnderstood:
        return False
    return True


@dataclass
class Bus:
    """A topic, with its writer's password, outside of any transaction: its relay is none of ours here."""

    producer: KafkaProducer
    topic: str

    def put(self, record: Record) -> tuple[int, int]:
        key, value, headers = record
        sent = self.producer.send(self.topic, key=key, value=value, headers=headers).get(timeout=30)
        return sent.partition, sent.offset


@pytest.fixture(scope="module", params=walls.SERVICES)
def under_test(
    request: pytest.FixtureRequest, service_under_test: Callable[[str], ServiceUnderTest]
) -> tuple[str, ServiceUnderTest]:
    return request.param, service_under_test(request.param)


@pytest.fixture
def buses(under_test: tuple[str, ServiceUnderTest]) -> Iterator[Callable[[str], Bus]]:
    opened: dict[str, Bus] = {}

    def bus(topic: str) -> Bus:
        if topic not in opened:
            opened[topic] = Bus(KafkaProducer(**under_test[1].writers[topic], acks="all"), topic)
        return opened[topic]

    yield bus
    for each in opened.values():
        each.producer.close()


def test_a_worker_outlives_whatever_is_put_on_its_topics(
    under_test: tuple[str, ServiceUnderTest], buses: Callable[[str], Bus], system: System
) -> None:
    service, tested = under_test
    types, chance = heard(service), random.Random(7)
    with tested.worker() as running:
        for _ in range(0, PIECES, ROW):
            _put_a_row(tested, buses, chance, types, running)

        assert running.process.poll() is None, running.lines
        assert _counted(system, service) == len(_parked(tested))


def _put_a_row(
    tested: ServiceUnderTest,
    buses: Callable[[str], Bus],
    chance: random.Random,
    types: list[type[Event]],
    running: Process,
) -> None:
    """Some bad ones, and when they are parked a good one, which ends the row of those that couldn't be handled."""
    bad = set()
    for _ in range(ROW):
        event = chance.choice(types)
        record = changed(chance, event)
        place = buses(event.topic).put(record)
        if not is_understood(record):
            bad.add((event.topic, *place))
    eventually(lambda: running.process.poll() is not None or bad <= _parked(tested))
    event, event_id = chance.choice(types), uuid4()
    message = encode(new(event), event_id, HOUR)
    buses(event.topic).put((message.key, message.value, list(message.headers)))
    eventually(lambda: running.process.poll() is not None or tested.has_handled(event_id))
    assert running.process.poll() is None, running.lines


def _parked(tested: ServiceUnderTest) -> set[tuple[str, int, int]]:
    rows = tested.rows("SELECT topic, kafka_partition, kafka_offset FROM held.dead_letters")
    return {(row["topic"], row["kafka_partition"], row["kafka_offset"]) for row in rows}


def _counted(system: System, service: str) -> int:
    """What the worker's own metric tells the alarm."""
    port = services.metrics_ports(system)[f"{service}-worker"]
    text = requests.get(f"http://{system.host}:{port}/metrics", timeout=10).text
    line = next(line for line in text.splitlines() if line.startswith("wbs_") and "_dead_letters " in line)
    return int(float(line.rpartition(" ")[2]))
