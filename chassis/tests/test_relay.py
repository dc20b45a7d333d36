"""The relay between a real PostgreSQL and a real Kafka: in order, once under one id, whatever breaks."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from chassis.clock import Clock
from chassis.consume import read_all
from chassis.relay import Relay, republish
from chassis.settings import Settings
from chassis.store import EventStore
from chassis.telemetry import Metrics
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.testing.toy.__main__ import Pages, publish
from chassis.testing.toy.domain import Page
from chassis.testing.toy.events import LEDGER, PageOpened

KEPT = "toy_kept_for_relay"


@pytest.fixture
def store(settings: Settings) -> Iterator[EventStore]:
    opened = EventStore.open(settings, (Pages(),))
    yield opened
    opened.close()


def relay_of(settings: Settings, store: EventStore) -> Relay:
    relay = Relay(settings, store.database, publish, Metrics("toy", Clock()))
    relay.start()
    return relay


def end(relay: Relay) -> None:
    relay.stopping.set()
    relay.join(10)
    assert relay.error is None


def position(store: EventStore) -> int:
    row = store.row("SELECT position FROM relay_position")
    assert row is not None
    return int(row["position"])


def head(store: EventStore) -> int:
    row = store.row("SELECT max(notification_id) AS head FROM events")
    assert row is not None
    return int(row["head"])


def save_pages(store: EventStore, count: int) -> list[UUID]:
    ids = [uuid4() for _ in range(count)]
    for order_id in ids:
        store.save(Page.open(order_id, "paper", 1))
    return ids


def published(settings: Settings) -> list[tuple[UUID, UUID]]:
    """(event id, order id) of everything on the toy's topic."""
    return [(each.id, each.data.order_id) for each in read_all(settings, LEDGER) if isinstance(each.data, PageOpened)]


def run_to_the_end(settings: Settings, store: EventStore) -> None:
    relay = relay_of(settings, store)
    eventually(lambda: position(store) == head(store) or relay.error)
    end(relay)


def test_each_event_is_published_once_with_its_saved_id_and_whole_hour(settings: Settings, store: EventStore) -> None:
    ids = save_pages(store, 30)
    saved = {each.event.originator_id: each.event for each in store.notifications(limit=10_000)}

    run_to_the_end(settings, store)

    ours = [each for each in read_all(settings, LEDGER) if each.data.subject in set(map(str, ids))]
    assert sorted(each.data.subject for each in ours) == sorted(map(str, ids))
    assert all(each.id == saved[UUID(each.subject)].event_id for each in ours)
    assert all(each.time == saved[UUID(each.subject)].timestamp for each in ours)
    assert all((each.time.minute, each.time.second, each.time.microsecond) == (0, 0, 0) for each in ours)


def test_events_saved_while_it_runs_are_published_too(settings: Settings, store: EventStore) -> None:
    relay = relay_of(settings, store)

    (order_id,) = save_pages(store, 1)
    eventually(lambda: position(store) == head(store))
    end(relay)

    assert order_id in {each for _, each in published(settings)}


def test_a_second_relay_waits_for_the_first(settings: Settings, store: EventStore) -> None:
    first = relay_of(settings, store)
    save_pages(store, 1)
    eventually(lambda: position(store) == head(store))
    second = relay_of(settings, store)

    end(first)
    (order_id,) = save_pages(store, 1)
    eventually(lambda: position(store) == head(store))
    end(second)

    assert [each for _, each in published(settings)].count(order_id) == 1


def test_a_crash_after_sending_and_before_the_bookmark_sends_again_under_the_same_id(
    settings: Settings, store: EventStore
) -> None:
    before = head(store) if store.row("SELECT 1 FROM events") else 0
    ids = save_pages(store, 3)
    run_to_the_end(settings, store)

    republish(store.database, before + 1)
    run_to_the_end(settings, store)

    ours = [(event_id, order_id) for event_id, order_id in published(settings) if order_id in ids]
    assert len(ours) == 6
    assert len(set(ours)) == 3


def test_a_restored_database_goes_on_without_losing_or_doubling(
    settings: Settings, store: EventStore, toy: ServiceUnderTest
) -> None:
    kept = save_pages(store, 2)
    run_to_the_end(settings, store)
    store.close()
    toy.keep_state(KEPT)
    with_lost = EventStore.open(settings, (Pages(),))
    lost = save_pages(with_lost, 2)
    run_to_the_end(settings, with_lost)
    highest = head(with_lost)
    with_lost.close()

    toy.restore_state(KEPT)
    restored = EventStore.open(settings, (Pages(),))
    new = save_pages(restored, 2)
    run_to_the_end(settings, restored)
    reissued = head(restored) <= highest
    restored.close()

    sent = published(settings)
    assert reissued  # positions were given out again, and did no harm
    for order_id in (*kept, *lost, *new):
        assert len({event_id for event_id, each in sent if each == order_id}) == 1


def test_an_error_of_the_mapping_ends_the_relay_and_moves_no_bookmark(settings: Settings, store: EventStore) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    run_to_the_end(settings, store)
    before = position(store)
    save_pages(store, 1)
    relay = Relay(settings, store.database, broken, Metrics("toy", Clock()))
    relay.start()
    relay.join(20)

    assert isinstance(relay.error, ZeroDivisionError)
    assert position(store) == before
    run_to_the_end(settings, store)
