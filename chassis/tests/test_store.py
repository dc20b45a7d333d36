"""The event store on a real PostgreSQL: one transaction for all that belongs together, and errors that say which."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest
from chassis.settings import Secret
from chassis.store import (
    AggregateNotFound,
    AlreadyHandled,
    Cause,
    ConstraintViolated,
    Database,
    Event,
    EventStore,
    Row,
    Statement,
    Tables,
    UnexpectedRows,
    VersionConflict,
    has_happened,
    retry_on_conflict,
)
from chassis.store.migration import ReadModelLeaks, migrate_database
from chassis.store.read_model import ensure_built
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.testing.toy.__main__ import TABLES, Pages
from chassis.testing.toy.domain import Page
from psycopg import Connection
from wbs_local.system import System


@pytest.fixture
def store(toy: ServiceUnderTest, system: System) -> Iterator[EventStore]:
    opened = EventStore(_database(toy, system), (Pages(),))
    yield opened
    opened.close()


def _database(toy: ServiceUnderTest, system: System) -> Database:
    password = Secret(system.keep_secret("toy-worker", "postgres_password"))
    return Database(system.host, system.ports["postgres"], "toy", "toy", password, ensure_built((Pages(),)))


def opened_page() -> Page:
    return Page.open(uuid4(), "paper", 3)


def counted(store: EventStore, aggregate_id: UUID) -> int:
    return len(store.rows("SELECT 1 FROM events WHERE originator_id = %s", (aggregate_id,)))


def test_an_event_has_happened_under_each_name_that_its_class_was_saved_by(
    store: EventStore, toy: ServiceUnderTest
) -> None:
    page, older = opened_page(), uuid4()
    store.save(page)
    with psycopg.connect(**toy.admin, dbname="toy") as connection:
        connection.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state)"
            " SELECT %s, 1, 'chassis.testing.toy.__main__:Page.Opened', state FROM events WHERE originator_id = %s",
            (older, page.id),
        )

    assert all(has_happened(store.database, each, Page.Opened) for each in (page.id, older))
    assert not any(has_happened(store.database, each, Page.Closed) for each in (page.id, older))


def test_what_was_saved_is_loaded_with_ids_whole_hours_and_cause(store: EventStore) -> None:
    page, cause = opened_page(), Cause("a topic", uuid4())
    page.raise_amount(2)

    store.save(page, cause=cause)
    loaded = store.load(Page, page.id)
    events = [each.event for each in store.notifications(limit=10_000) if each.event.originator_id == page.id]

    assert (loaded.amount, loaded.version, loaded.pending_events) == (5, 2, [])
    assert [event.causation_id for event in events] == [cause.event_id] * 2
    assert len({event.event_id for event in events}) == 2
    assert all((event.timestamp.minute, event.timestamp.second) == (0, 0) for event in events)
    assert cause.recorded


def test_what_nobody_could_be_told_of_is_not_saved(toy: ServiceUnderTest, system: System) -> None:
    class NotTellable(Exception):
        pass

    def refuse(_: object) -> None:
        raise NotTellable

    store, page = EventStore(_database(toy, system), (Pages(),), refuse), opened_page()
    cause = Cause("a topic", uuid4())

    with pytest.raises(NotTellable):
        store.save(page, cause=cause)

    assert not cause.recorded
    assert counted(store, page.id) == 0
    store.close()


def test_an_unknown_aggregate_is_not_found(store: EventStore) -> None:
    assert store.find(Page, uuid4()) is None
    with pytest.raises(AggregateNotFound):
        store.load(Page, uuid4())


def test_an_aggregate_saved_since_it_was_loaded_is_a_conflict_and_saves_nothing(store: EventStore) -> None:
    page = opened_page()
    store.save(page)
    one, other = store.load(Page, page.id), store.load(Page, page.id)
    one.raise_amount(1)
    other.raise_amount(1)
    cause = Cause("a topic", uuid4())

    store.save(one)
    with pytest.raises(VersionConflict):
        store.save(other, cause=cause)

    assert counted(store, page.id) == 2
    assert not store.has_handled(cause.event_id)
    assert not cause.recorded


def test_a_conflict_is_decided_again(store: EventStore) -> None:
    page = opened_page()
    store.save(page)

    @retry_on_conflict
    def raise_it() -> None:
        loaded = store.load(Page, page.id)
        loaded.raise_amount(1)
        store.save(loaded)

    threads = [threading.Thread(target=raise_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.load(Page, page.id).amount == 7


def test_a_second_delivery_is_told_apart_from_a_conflict_and_changes_nothing(store: EventStore) -> None:
    page, event_id = opened_page(), uuid4()
    store.save(page, cause=Cause("a topic", event_id))
    again = store.load(Page, page.id)
    again.raise_amount(1)
    cause = Cause("a topic", event_id)

    with pytest.raises(AlreadyHandled):
        store.save(again, cause=cause)

    assert counted(store, page.id) == 1
    assert cause.recorded


def test_a_service_s_own_constraint_has_its_name_and_rolls_everything_back(store: EventStore) -> None:
    page, secret_value = opened_page(), uuid4()
    erased = Statement("INSERT INTO held.erased VALUES (%s)", (secret_value,))
    store.execute(erased)

    with pytest.raises(ConstraintViolated) as caught:
        store.save(page, also=[erased])

    assert caught.value.constraint == "erased_pkey"
    assert str(secret_value) not in f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r}"
    assert store.find(Page, page.id) is None


def test_a_statement_that_touches_another_number_of_rows_rolls_everything_back(store: EventStore) -> None:
    page = opened_page()

    with pytest.raises(UnexpectedRows):
        store.save(page, also=[Statement("DELETE FROM held.erased WHERE id = %s", (uuid4(),), expect_rows=1)])

    assert store.find(Page, page.id) is None


def test_of_several_statements_that_fail_the_first_is_told(store: EventStore) -> None:
    known = uuid4()
    insertion = Statement("INSERT INTO held.erased VALUES (%s)", (known,), expect_rows=1)
    store.execute(insertion)
    removal = Statement("DELETE FROM held.erased WHERE id = %s", (uuid4(),), expect_rows=1)

    with pytest.raises(UnexpectedRows):
        store.execute(removal, insertion)
    with pytest.raises(ConstraintViolated):
        store.execute(insertion, removal)

    assert store.rows("SELECT 1 FROM held.erased WHERE id = %s", (known,))
    store.execute()  # the connection is as good as before


def test_a_connection_stays_good_however_often_its_statements_fail(store: EventStore) -> None:
    """The driver has the server keep a statement that it meets again and again, and must not take one for kept that an
    error before it has cut off."""
    known = uuid4()
    store.execute(Statement("INSERT INTO held.erased VALUES (%s)", (known,)))
    tick = Statement("INSERT INTO held.ticks DEFAULT VALUES")
    # Slow, so that what follows is under way before it is known to fail.
    again = Statement("INSERT INTO held.erased SELECT %s::uuid FROM pg_sleep(0.1)", (known,))

    for _ in range(8):
        with pytest.raises(ConstraintViolated):
            store.execute(tick, again, tick)

    store.execute(tick)


def test_a_read_model_is_made_anew_in_the_order_of_the_events(store: EventStore) -> None:
    """Though its statements are made by several threads."""
    pages = [opened_page() for _ in range(30)]
    for page in pages:
        store.save(page)
    for page in pages:
        page.raise_amount(1)
        page.raise_amount(2)
        store.save(page)
    store.rebuild()

    rows = store.rows("SELECT amount FROM read.pages WHERE id = ANY(%s)", ([page.id for page in pages],))
    assert [row["amount"] for row in rows] == [page.amount for page in pages]


def test_a_projection_is_not_asked_about_what_it_ignores(
    store: EventStore, toy: ServiceUnderTest, system: System
) -> None:
    class Opened(Pages):
        ignored = (Page.Raised, Page.Closed)

    page, ignoring = opened_page(), EventStore(_database(toy, system), (Opened(),))
    page.raise_amount(2)

    ignoring.save(page)
    shown = [_amount(store, page)]
    ignoring.rebuild()
    shown.append(_amount(store, page))
    store.rebuild()

    assert shown == [3, 3]
    assert _amount(store, page) == page.amount == 5
    ignoring.close()


def _amount(store: EventStore, page: Page) -> int:
    ((amount,),) = (row.values() for row in store.rows("SELECT amount FROM read.pages WHERE id = %s", (page.id,)))
    return int(amount)


def test_eight_threads_that_save_the_same_event_have_one_effect(store: EventStore) -> None:
    event_id, outcomes = uuid4(), []

    def handle() -> None:
        try:
            store.save(opened_page(), cause=Cause("a topic", event_id))
            outcomes.append("saved")
        except AlreadyHandled:
            outcomes.append("known")

    threads = [threading.Thread(target=handle) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["known"] * 7 + ["saved"]


@pytest.mark.parametrize("change", ["UPDATE events SET topic = 'x'", "DELETE FROM events", "TRUNCATE events"])
def test_nobody_changes_history_not_even_the_owner(toy: ServiceUnderTest, system: System, change: str) -> None:
    for user, process in (("toy", "toy-worker"), ("toy_owner", "toy-migrate")):
        password = system.keep_secret(process, "postgres_password")
        with (
            psycopg.connect(
                host=system.host, port=system.ports["postgres"], dbname="toy", user=user, password=password
            ) as connection,
            pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)),
        ):
            connection.execute(change.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER append_only ON events",
        "CREATE TABLE public.mine (id int)",
        "CREATE TABLE held.mine (id int)",
        "CREATE TABLE read.mine (id int)",
        "CREATE SCHEMA mine",
    ],
)
def test_the_run_time_role_makes_and_changes_no_table(store: EventStore, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        store.execute(Statement(statement))


def test_migrating_again_keeps_what_is_there(store: EventStore, system: System) -> None:
    page = opened_page()
    store.save(page)

    _migrate(system, TABLES)

    assert store.load(Page, page.id).amount == 3
    assert store.row("SELECT 1 FROM read.pages WHERE id = %s", (page.id,)) is not None


@pytest.mark.parametrize(
    "leak",
    [
        ("CREATE TABLE read.logged (story text)",),
        (
            "CREATE UNLOGGED TABLE read.indexed (story text)",
            "CREATE INDEX by_word ON read.indexed (lower(story))",
        ),
    ],
)
def test_a_read_model_that_would_leak_is_refused(toy: ServiceUnderTest, system: System, leak: tuple[str, ...]) -> None:
    with pytest.raises(ReadModelLeaks):
        _migrate(system, Tables(TABLES.held, leak))


def test_statistics_keep_no_value_of_a_read_model(store: EventStore, toy: ServiceUnderTest) -> None:
    store.save(Page.open(uuid4(), "planted word", 1))

    with toy.connection() as connection:
        connection.execute("ANALYZE read.pages")

    assert toy.rows("SELECT 1 FROM pg_stats WHERE schemaname = 'read'") == []


def test_saves_wait_while_the_read_model_is_rebuilt_and_none_is_lost(store: EventStore) -> None:
    pages = [opened_page() for _ in range(40)]

    def save_all() -> None:
        for page in pages:
            store.save(page)

    saving = threading.Thread(target=save_all)

    saving.start()
    while saving.is_alive():
        store.rebuild()
    saving.join()

    found = {row["id"] for row in store.rows("SELECT id FROM read.pages")}
    assert {page.id for page in pages} <= found
    assert len(found) == len(store.rows("SELECT DISTINCT originator_id FROM events"))


@pytest.fixture
def impatient(store: EventStore) -> Iterator[Connection[Row]]:
    """A fresh connection, of which PostgreSQL bears less than usual."""
    with store.database.own_connection() as connection:
        for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(f"SET {limit} = '100ms'".encode())
        yield connection


def test_a_fresh_connection_waits_while_another_process_makes_the_read_model(
    impatient: Connection[Row], toy: ServiceUnderTest
) -> None:
    with ThreadPoolExecutor() as threads:
        with toy.connection() as other, other.transaction():
            other.execute("LOCK TABLE read.built")  # as the emptying of it does
            checking = threads.submit(ensure_built((Pages(),)), impatient)
            eventually(lambda: checking.done() or toy.waits_for_a_lock(0.5))

        assert checking.exception() is None


def test_a_read_model_is_made_however_slow_a_projection_is(
    store: EventStore, impatient: Connection[Row], toy: ServiceUnderTest
) -> None:
    page, slow_of = opened_page(), []
    store.save(page)
    store.close()  # a connection that its pool opens just then would make the read model first

    class Slow(Pages):
        def statements(self, event: Event) -> Iterable[Statement]:
            if event.originator_id == page.id:
                slow_of.append(page.id)
                threading.Event().wait(0.5)  # five times what PostgreSQL bears here
            return super().statements(event)

    with toy.connection() as other:
        other.execute("TRUNCATE read.built")
    ensure_built((Slow(),))(impatient)

    assert slow_of == [page.id]
    assert len(toy.rows("SELECT 1 FROM read.pages WHERE id = %s", (page.id,))) == 1


def test_a_connection_that_the_server_ended_is_not_handed_out(store: EventStore, toy: ServiceUnderTest) -> None:
    assert store.row("SELECT 1")
    toy.rows("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'toy'")

    assert store.row("SELECT 1")


def _migrate(system: System, tables: Tables) -> None:
    password = Secret(system.keep_secret("toy-migrate", "postgres_password"))
    migrate_database(system.host, system.ports["postgres"], "toy", "toy_owner", password, tables)


def test_a_server_whose_machine_is_gone_is_noticed_within_half_a_minute(store: EventStore) -> None:
    with store.database.connection() as connection, socket.socket(fileno=os.dup(connection.fileno())) as used:
        idle, interval, count, unacknowledged_ms = (
            used.getsockopt(socket.IPPROTO_TCP, option)
            for option in (
                socket.TCP_KEEPIDLE,
                socket.TCP_KEEPINTVL,
                socket.TCP_KEEPCNT,
                socket.TCP_USER_TIMEOUT,
            )
        )

    assert idle + interval * count <= 30
    assert unacknowledged_ms <= 30_000
