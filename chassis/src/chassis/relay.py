"""The outbox: a thread that publishes the event store's notification log to the service's own topic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from contracts.events import KafkaMessage, encode
from kafka import KafkaProducer
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from chassis.consume import broker
from chassis.settings import Settings
from chassis.store import Database, Event, Notification, Row, Statement
from chassis.store.log import BATCH, CHANNEL, read_batch
from chassis.telemetry import Metrics, log

RELAY_LOCK = 0x7762735F726C79  # "wbs_rly"
LOOK_EVERY_S = 0.5

Publish: TypeAlias = Callable[[Event], Any | None]
"""A service's mapping of a domain event to the integration event (a dataclass of contracts.events) that tells of it,
or None."""


class Relay(threading.Thread):
    """One a service is active, by an advisory lock; Kafka fences a second writer. Delivered at least once, in the
    order of the
    log, under the event's saved id. An error ends the thread; whoever started it must look at `error`."""

    def __init__(self, settings: Settings, database: Database, publish: Publish, metrics: Metrics) -> None:
        super().__init__(name="relay", daemon=True)
        self._settings, self._database, self._publish, self._metrics = settings, database, publish, metrics
        self.stopping = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001  # handed to the watcher, which ends the process
            self.error = error

    def _run(self) -> None:
        with self._database.own_connection() as connection:
            if not self._wait_for_lock(connection):
                return
            producer = self._open_producer()
            try:
                # LISTEN first, then read: an event in between is read or notified, never missed.
                connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
                while not self.stopping.is_set():
                    if self._pass_on(connection, producer) < BATCH:
                        list(connection.notifies(timeout=LOOK_EVERY_S, stop_after=1))
            finally:
                producer.close(timeout=2)

    def _wait_for_lock(self, connection: Connection[Row]) -> bool:
        while not self.stopping.is_set():
            row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (RELAY_LOCK,)).fetchone()
            if row and row["mine"]:
                return True
            self.stopping.wait(LOOK_EVERY_S)
        return False

    def _open_producer(self) -> KafkaProducer:
        with broker.translated_errors():
            producer = KafkaProducer(
                **broker.login(self._settings),
                transactional_id=f"{self._settings.service}.relay",
                acks="all",
                linger_ms=5,
                delivery_timeout_ms=60_000,
                max_block_ms=30_000,
                allow_auto_create_topics=False,
            )
            producer.init_transactions()
        return producer

    def _pass_on(self, connection: Connection[Row], producer: KafkaProducer) -> int:
        """Publishes the next batch; how many events it had. The row is read each time: `republish` may have moved
        it."""
        row = connection.execute("SELECT position FROM relay_position").fetchone()
        position = row["position"] if row else 0
        batch = read_batch(connection, position)
        if not batch:
            return 0
        self._metrics.relay_waiting.begin()
        self._send(producer, [message for each in batch if (message := self._message(each)) is not None])
        connection.execute(
            "UPDATE relay_position SET position = %s WHERE position = %s", (batch[-1].position, position)
        )
        self._metrics.relay_waiting.end()
        return len(batch)

    def _message(self, notification: Notification) -> KafkaMessage | None:
        event = notification.event
        content = self._publish(event)
        if content is None:
            return None
        self._metrics.events_published.inc(type(content).__name__)
        return encode(content, event.event_id, event.timestamp, event.causation_id)

    def _send(self, producer: KafkaProducer, messages: Sequence[KafkaMessage]) -> None:
        """In one transaction: readers see all of them or, after a crash, none until they are sent again."""
        if not messages:
            return
        with broker.translated_errors():
            producer.begin_transaction()
            sent = [
                producer.send(
                    message.topic,
                    key=message.key,
                    value=message.value,
                    headers=list(message.headers),
                    timestamp_ms=message.timestamp_ms,  # Kafka's own would be the millisecond
                )
                for message in messages
            ]
            producer.flush(timeout=60)
            for future in sent:
                future.get(timeout=60)
            producer.commit_transaction()


def republish(database: Database, from_position: int) -> None:
    """The running relay, or the next one, publishes the log again from this position on; readers know the ids."""
    database.execute(
        Statement("UPDATE relay_position SET position = %s", (from_position - 1,), expect_rows=1),
        Statement(f"NOTIFY {CHANNEL}"),
    )
    log.info("relay_moved")
