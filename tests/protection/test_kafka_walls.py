"""Kafka's walls: each service tries every topic and everybody's groups, and gets exactly what is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import AuthorizationError, KafkaError, RetriableError
from wbs_local import walls
from wbs_local.parts.kafka import login_of
from wbs_local.system import System

TOPICS = walls.topics()
NO_NEW_TOPICS = {"allow_auto_create_topics": False}
PAIRS = [(service, topic) for service in walls.SERVICES for topic in TOPICS]


@pytest.fixture(scope="module")
def consumers(system: System) -> Iterator[Callable[..., KafkaConsumer]]:
    opened: list[KafkaConsumer] = []

    def consumer(service: str, **settings: Any) -> KafkaConsumer:
        opened.append(KafkaConsumer(**login_of(system, service), **NO_NEW_TOPICS, enable_auto_commit=False, **settings))
        return opened[-1]

    yield consumer
    for each in opened:
        each.close()


def may(act: Callable[[], object]) -> bool:
    """Whether it is allowed; a broker that isn't ready for it has allowed it."""
    try:
        act()
    except RetriableError:
        return True
    except AuthorizationError:
        return False
    return True


@pytest.mark.parametrize(("service", "topic"), PAIRS, ids=lambda value: getattr(value, "name", value))
def test_a_topic_has_its_one_writer(system: System, service: str, topic: walls.Topic) -> None:
    producer = KafkaProducer(**login_of(system, service), **NO_NEW_TOPICS, max_block_ms=10_000, acks="all")

    def write() -> None:
        # Not an event: readers park what they can't understand, and no service runs here.
        producer.send(topic.name, key=b"wall", value=b"wall", partition=0).get(timeout=10)

    try:
        write()
        written = True
    except KafkaError:  # a topic that may not be seen looks like one that isn't there
        written = False
    finally:
        producer.close()

    assert written == (service == topic.writer)


@pytest.mark.parametrize(("service", "topic"), PAIRS, ids=lambda value: getattr(value, "name", value))
def test_a_topic_is_read_by_its_readers_only(
    consumers: Callable[..., KafkaConsumer], service: str, topic: walls.Topic
) -> None:
    consumer = consumers(service)

    readable = bool(consumer.partitions_for_topic(topic.name)) and may(
        lambda: consumer.end_offsets([TopicPartition(topic.name, 0)])
    )

    # A writer sees its topic (to write to it); reading needs more.
    assert readable == (service in topic.readers or service == topic.writer)
    if service == topic.writer and service not in topic.readers:
        consumer.assign([TopicPartition(topic.name, 0)])
        consumer.seek_to_beginning()
        with pytest.raises(AuthorizationError):
            consumer.poll(timeout_ms=5000)


@pytest.mark.parametrize("service", walls.SERVICES)
def test_a_service_bookmarks_in_its_own_groups_only(system: System, service: str) -> None:
    admin = KafkaAdminClient(**login_of(system, service))

    try:
        allowed = {other: may(lambda other=other: admin.list_group_offsets([f"{other}.1"])) for other in walls.SERVICES}
    finally:
        admin.close()

    assert allowed == {other: other == service for other in walls.SERVICES}


@pytest.mark.parametrize("service", walls.SERVICES)
def test_a_service_neither_makes_nor_removes_topics_nor_acls(system: System, service: str) -> None:
    admin = KafkaAdminClient(**login_of(system, service))
    attempts = {
        "create": lambda: admin.create_topics({"own": {"num_partitions": 1, "replication_factor": 1}}),
        "delete": lambda: admin.delete_topics([topic.name for topic in TOPICS]),
        "truncate": lambda: admin.delete_records({TopicPartition(TOPICS[0].name, 0): -1}),
    }

    try:
        assert {name: may(attempt) for name, attempt in attempts.items()} == dict.fromkeys(attempts, False)
    finally:
        admin.close()
