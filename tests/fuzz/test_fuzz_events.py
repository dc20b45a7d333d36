"""Bytes on the topics, with the writers' own credentials: every worker goes on, and exactly what it can't understand is
parked, each piece once, and counted."""

from __future__ import annotations

import json
import os
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from chassis.consume.dead_letters import MOST_IN_A_ROW
from chassis.testing.harness import Running as Process
from chassis.testing.harness import ServiceUnderTest, eventually
from contracts.events import REGISTRY, Event, NotUnderstood, ReportEvent, decode, encode, example_of
from contracts.events.identity import CheckKeysPublished
from hypothesis import settings
from kafka import KafkaProducer
from wbs_local import launch, services, walls
from wbs_local.parts import kafka
from wbs_local.system import System

HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)
PIECES = min(settings().max_examples, 400)  # to each service
ROW = MOST_IN_A_ROW - 2  # so many in a row stop a process: they are likely our own fault
# Another one each time by `make fuzz`; WBS_SEED=N repeats one.
SEED = int(os.environ.get("WBS_SEED") or (7 if settings().derandomize else secrets.randbits(32)))
ODD_BYTES = (
    *(b"", b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 5000, b"[" * 100_000, b"9" * 5000),
    *(b'{"a":1,"a":2}', b'"\\ud800"'),
)
ODD = (None, 7, "", [], {}, "x" * 300_000, "\x00", True)

Place = tuple[str, int, int]  # topic, partition, offset
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
            content[chance.choice([*content, "more"])] = chance.choice(ODD)
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
    """The topics, with their writers' passwords, outside of any transaction: their relays don't run here."""

    producers: dict[str, KafkaProducer]

    def put(self, topic: str, record: Record) -> Place:
        key, value, headers = record
        sent = self.producers[topic].send(topic, key=key, value=value, headers=headers).get(timeout=30)
        return topic, int(sent.partition), int(sent.offset)


@dataclass(frozen=True)
class Sent:
    """`named`: the type that the header names, if it is one."""

    named: type[Event] | None
    is_understood: bool


@dataclass
class Worker:
    """A service's worker, and what it reads."""

    service: str
    hands: ServiceUnderTest
    types: list[type[Event]]
    process: Process

    @property
    def topics(self) -> set[str]:
        return {each.topic for each in self.types}

    def parks(self, place: Place, sent: Sent) -> bool:
        """What names a type that others handle is left unread. Lists of check keys that nobody signed can be read, and
        are refused."""
        is_read = place[0] in self.topics and (sent.named is None or sent.named in self.types)
        return is_read and (not sent.is_understood or sent.named is CheckKeysPublished)

    def lives(self) -> bool:
        return self.process.process.poll() is None

    def parked(self) -> list[Place]:
        rows = self.hands.rows("SELECT topic, kafka_partition, kafka_offset FROM held.dead_letters")
        return [(row["topic"], row["kafka_partition"], row["kafka_offset"]) for row in rows]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Parts of its own: what is put here stays on the topics, for every worker that reads them from the beginning."""
    made = launch.make_system(tmp_path_factory.mktemp("fuzzed"))
    with launch.parts_running(made) as running:
        running.hold_ceremony()
        yield made


@pytest.fixture(scope="module")
def bus(own: System) -> Iterator[Bus]:
    found = Bus({each.name: KafkaProducer(**kafka.login_of(own, each.writer), acks="all") for each in walls.topics()})
    yield found
    for each in found.producers.values():
        each.close()


@pytest.fixture(scope="module")
def workers(own: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Worker]]:
    """All of them at once."""
    started = [_start(own, service, tmp_path_factory.mktemp(service)) for service in walls.SERVICES]
    for each in started:
        eventually(lambda each=each: "worker_started" in each.process.lines or not each.lives(), patience=200)
    yield started
    for each in started:
        each.hands.kill_all()


def _start(system: System, service: str, folder: Path) -> Worker:
    launch.migrate(system, service)
    hands = ServiceUnderTest(
        package=services.package_of(service),
        database=next(each.name for each in walls.databases() if each.service == service),
        environment=services.environment(system, f"{service}-worker"),
        admin={
            "host": system.host,
            "port": system.ports["postgres"],
            "user": "postgres",
            "password": system.keep_secret("postgres", "superuser_password"),
        },
        writers={},
        folder=folder,
    )
    return Worker(service, hands, heard(service), hands.start("worker"))


def test_workers_outlive_whatever_is_put_on_their_topics(own: System, bus: Bus, workers: list[Worker]) -> None:
    print(f"WBS_SEED={SEED}")
    chance, sent = random.Random(SEED), dict[Place, Sent]()
    types = sorted({each for worker in workers for each in worker.types}, key=lambda each: each.type)
    for _ in range(0, PIECES, ROW):
        sent |= _put_a_row(bus, chance, types)
        for worker in workers:
            theirs = {place for place, each in sent.items() if worker.parks(place, each)}
            eventually(lambda worker=worker, theirs=theirs: not worker.lives() or theirs <= set(worker.parked()))
            _end_the_row(bus, chance, worker)

    for worker in workers:
        theirs = sorted(place for place, each in sent.items() if worker.parks(place, each))
        assert sorted(worker.parked()) == theirs
        assert _counted(own, worker.service) == len(theirs) > 0
        assert worker.process.stop() == 0


def _put_a_row(bus: Bus, chance: random.Random, types: list[type[Event]]) -> dict[Place, Sent]:
    sent = {}
    for _ in range(ROW):
        event = chance.choice(types)
        record = changed(chance, event)
        named = REGISTRY.get((dict(record[2]).get("ce_type") or b"").decode(errors="replace"))
        sent[bus.put(event.topic, record)] = Sent(named, is_understood(record))
    return sent


def _end_the_row(bus: Bus, chance: random.Random, worker: Worker) -> None:
    """By a good event, which must be handled."""
    event, event_id = chance.choice([each for each in worker.types if each is not CheckKeysPublished]), uuid4()
    message = encode(new(event), event_id, HOUR)
    bus.put(event.topic, (message.key, message.value, list(message.headers)))
    eventually(lambda: not worker.lives() or worker.hands.has_handled(event_id))
    assert worker.lives(), worker.process.lines


def _counted(system: System, service: str) -> int:
    """What the worker's own metric tells the alarm."""
    port = services.metrics_ports(system)[f"{service}-worker"]
    text = requests.get(f"http://{system.host}:{port}/metrics", timeout=10).text
    line = next(line for line in text.splitlines() if line.startswith("wbs_") and "_dead_letters " in line)
    return int(float(line.rpartition(" ")[2]))
