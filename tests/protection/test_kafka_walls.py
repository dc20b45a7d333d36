"""Kafka's walls: each service tries every topic and everybody's groups, and gets exactly what is declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.errors import AuthorizationError, KafkaError, NoError, RetriableError
from wbs_local import walls
from wbs_local.parts.kafka import login_of
from wbs_local.system import System

TOPICS = walls.topics()
NO_NEW_TOPICS = {"allow_auto_create_topics": False}
REFUSED = re.compile(r"AuthorizationFailed|needs \w+ permission")
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
    except AuthorizationError:
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


ANY_ACL = ACLFilter(
    None,
    None,
    ACLOperation.ANY,
    ACLPermissionType.ANY,
    ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)
OTHER_PASSWORD = UserScramCredentialUpsertion("intake", ScramMechanism.SCRAM_SHA_512, b"own")


def on_a_topic(admin: KafkaAdminClient, service: str, topic: str) -> dict[str, Callable[[], object]]:
    """What only the administrator does: tried on a service's own topic, too."""
    everything = ACL(
        f"User:{service}", "*", ACLOperation.ALL, ACLPermissionType.ALLOW, ResourcePattern(ResourceType.TOPIC, topic)
    )
    briefly = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "1"})
    return {
        "delete": lambda: admin.delete_topics([topic]),
        # By the broker's number: of a topic that a service may not see it finds no leader.
        "truncate": lambda: admin.delete_records({TopicPartition(topic, 0): -1}, partition_leader_id=1),
        "keep briefly": lambda: _raise_text(admin.alter_configs([briefly], raise_on_unknown=False)["topic"][topic]),
        "widen": lambda: admin.create_partitions({topic: 99}),
        "allow oneself": lambda: _raise(*admin.create_acls([everything])["failed"]),
    }


def on_the_cluster(admin: KafkaAdminClient) -> dict[str, Callable[[], object]]:
    return {
        "create": lambda: admin.create_topics({"own": {"num_partitions": 1, "replication_factor": 1}}),
        "see who may what": lambda: _raise(admin.describe_acls(ANY_ACL)[1]),
        "forbid all": lambda: _raise(*(error for _, _, error in admin.delete_acls([ANY_ACL]))),
        "another's password": lambda: _raise_text(admin.alter_user_scram_credentials([OTHER_PASSWORD])["intake"]),
    }


def _raise(*errors: type[KafkaError]) -> None:
    for error in errors:
        if error is not NoError:
            raise error


def _raise_text(result: str | None) -> None:
    """Of some errors the client gives the text alone."""
    if result not in ("OK", None):
        raise AuthorizationError if REFUSED.search(str(result)) else KafkaError(result)


@pytest.mark.parametrize("service", walls.SERVICES)
def test_a_service_administers_nothing_not_even_its_own_topic(system: System, service: str) -> None:
    admin = KafkaAdminClient(**login_of(system, service))
    attempts = {
        f"{name}, {topic.name}": act for topic in TOPICS for name, act in on_a_topic(admin, service, topic.name).items()
    }
    attempts |= on_the_cluster(admin)

    try:
        assert {name: may(attempt) for name, attempt in attempts.items()} == dict.fromkeys(attempts, False)
    finally:
        admin.close()
