"""Connections to Kafka as this service, and the checks that must hold before a message is taken or sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from contracts.events import Envelope, Event, NotUnderstood, decode
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError

from chassis import DependencyDown
from chassis.consume import nameless_headers
from chassis.settings import Settings
from chassis.telemetry import log

nameless_headers.install()


class KafkaDown(DependencyDown):
    """No answer from a broker, or a refusal. A wrong password or an unknown CA look like the first to the client
    library."""

    def __init__(self, error: str) -> None:
        super().__init__(f"kafka ({error})")


class TopicNotReadable(Exception):
    """It does not exist, or no ACL allows reading it: the broker would let us wait for ever and say nothing."""


class TopicForgets(Exception):
    """Event times are rounded down, so any finite retention would delete young events: `retention.ms` must be -1."""


def login(settings: Settings) -> dict[str, Any]:
    """What every Kafka client of this process is given."""
    tls = {"ssl_cafile": str(settings.kafka_ca)} if settings.kafka_ca else {}
    return {
        "bootstrap_servers": settings.kafka_bootstrap,
        "security_protocol": "SASL_SSL" if tls else "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.service,
        "sasl_plain_password": settings.secret("kafka_password").reveal(),
        "bootstrap_timeout_ms": 10_000,
        "reconnect_backoff_max_ms": 1000,
        **tls,
    }


@contextmanager
def translated_errors() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise KafkaDown(type(error).__name__) from None


def open_consumer(settings: Settings, topics: Iterable[str]) -> KafkaConsumer:
    """Joins the group `<service>.<epoch>`: a restored database gets a new epoch and reads everything again.

    Raises TopicNotReadable or TopicForgets.
    """
    topics = sorted(topics)
    with translated_errors():
        check_retention(settings, topics)
        consumer = KafkaConsumer(
            **login(settings),
            group_id=f"{settings.service}.{settings.epoch}",
            session_timeout_ms=6000,
            heartbeat_interval_ms=2000,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            max_poll_records=100,
        )
        # Asked before joining: a group's leader that does not know a topic's partitions yet hands out none, and
        # kafka-python 3.0.12 does not always notice when it comes to know them.
        try:
            for topic in topics:
                partitions_of(consumer, topic)
        except TopicNotReadable:
            consumer.close(autocommit=False)
            raise
        consumer.subscribe(topics)
    return consumer


def partitions_of(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """Raises TopicNotReadable where there is no such topic, or this login may not see it."""
    # Twice: kafka-python 3.0.12 may answer from a refresh that was under way, which had not asked for this topic.
    known = consumer.partitions_for_topic(topic) or consumer.partitions_for_topic(topic)
    if not known:
        raise TopicNotReadable(topic)
    return [TopicPartition(topic, number) for number in sorted(known)]


def check_retention(settings: Settings, topics: Iterable[str]) -> None:
    """Raises TopicForgets, or TopicNotReadable for one whose configuration this service may not see."""
    topics = sorted(topics)
    admin = KafkaAdminClient(**login(settings))
    try:
        found = admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": None}) for topic in topics],
            config_filter="all",
        )
    finally:
        admin.close()
    forgetful = [topic for topic in topics if _retention(found, topic) != "-1"]
    if forgetful:
        raise TopicForgets(", ".join(forgetful))


def _retention(found: dict[str, Any], topic: str) -> str | None:
    entry = found.get("topic", found.get("TOPIC", {})).get(topic, {}).get("retention.ms")
    return entry.get("value") if isinstance(entry, dict) else entry


def read_all(settings: Settings, topic: str) -> Iterator[Envelope[Event]]:
    """Every event of a topic that stands there now, without a group or a bookmark; what can't be understood is left
    out, and logged by its place.
    `intake` reads its own topic so, to take back what a restored database lacks."""
    with translated_errors():
        consumer = KafkaConsumer(
            **login(settings),
            isolation_level="read_committed",
            enable_auto_commit=False,
            allow_auto_create_topics=False,
        )
        try:
            partitions = partitions_of(consumer, topic)
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            while any(consumer.position(partition) < ends[partition] for partition in partitions):
                for records in consumer.poll(timeout_ms=500).values():
                    yield from understood(records)
        finally:
            consumer.close()


def understood(records: Iterable[Any]) -> Iterator[Envelope[Event]]:
    for record in records:
        try:
            yield decode(record.key, record.value, record.headers)
        except NotUnderstood as error:
            place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            log.error("event_left_out", **place, error=type(error).__name__)
