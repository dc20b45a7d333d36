"""A consumer whose join was forgotten by the client library comes back into its group, on a real Kafka."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chassis.consume.broker import open_consumer
from chassis.consume.membership import JOINING_LASTS_S, Membership
from chassis.settings import Settings
from chassis.testing.harness import eventually
from chassis.testing.toy.events import ORDERS
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import MemberState


@pytest.fixture
def consumer(settings: Settings) -> Iterator[KafkaConsumer]:
    opened = open_consumer(settings, [ORDERS])
    eventually(lambda: is_member(opened))
    yield opened
    opened.close(autocommit=False, timeout_ms=2000)


def is_member(consumer: KafkaConsumer) -> bool:
    consumer.poll(timeout_ms=100)
    return bool(consumer.group_metadata().state == MemberState.STABLE)


def begin_a_join_that_is_forgotten(consumer: KafkaConsumer, settings: Settings) -> None:
    """The picture of the topics changes and is right again, and the join that it asks for outlasts the poll that began
    it, however slow that is: it waits for another member, which doesn't poll."""
    other = open_consumer(settings, [ORDERS])
    try:
        eventually(lambda: is_member(consumer) and is_member(other))
        coordinator = consumer._coordinator
        right = coordinator._metadata_snapshot

        def is_joining() -> bool:
            coordinator._metadata_snapshot = {ORDERS: {0}}
            consumer.poll(timeout_ms=0)
            return bool(coordinator.rebalance_in_progress())

        def is_forgotten() -> bool:
            coordinator._metadata_snapshot = right
            other.poll(timeout_ms=100)
            return not coordinator.need_rejoin()

        eventually(is_joining)
        eventually(is_forgotten)
        assert coordinator.rebalance_in_progress()
    finally:
        other.close(autocommit=False, timeout_ms=2000)


def test_a_join_that_was_forgotten_is_begun_anew(consumer: KafkaConsumer, settings: Settings) -> None:
    time = [0.0]
    membership = Membership(consumer, [ORDERS], lambda: time[0])
    begin_a_join_that_is_forgotten(consumer, settings)
    for _ in range(20):
        consumer.poll(timeout_ms=100)
    bookmark = {TopicPartition(ORDERS, 0): OffsetAndMetadata(0, "", -1)}
    with pytest.raises(KafkaError):
        consumer.commit(bookmark, timeout_ms=2000)

    membership.look()
    time[0] += JOINING_LASTS_S + 1
    membership.look()

    eventually(lambda: is_member(consumer))
    consumer.commit(bookmark, timeout_ms=5000)


def test_a_member_is_left_alone(consumer: KafkaConsumer) -> None:
    time = [0.0]
    membership = Membership(consumer, [ORDERS], lambda: time[0])
    generation = consumer.group_metadata().generation_id

    membership.look()
    time[0] += JOINING_LASTS_S + 1
    membership.look()

    assert is_member(consumer)
    assert consumer.group_metadata().generation_id == generation
