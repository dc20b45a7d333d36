"""The consumer loop: one message after another, from Kafka to one handler, on the container's only native thread."""

from __future__ import annotations

import time
from typing import Any

import eventlet
from contracts.events import Event
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError
from nameko.extensions import ProviderCollector, SharedExtension

from chassis import DependencyDown
from chassis.consume import broker
from chassis.consume.membership import Membership
from chassis.consume.messages import Messages, Parts, call, wait_for_end
from chassis.telemetry import log

POLL_MS = 500  # a message ends the wait; kafka-python takes 1 ms of CPU for each empty poll
BOOKMARK_EVERY_S = 1.0


class EventStream(ProviderCollector, SharedExtension):  # type: ignore[misc]
    """Shared by all `@consume` methods of a worker."""

    def __init__(self) -> None:
        self._entrypoints: dict[type[Event], Any] = {}
        self._consumer: KafkaConsumer = None
        self._membership: Membership = None  # type: ignore[assignment]
        self._thread: Any = None
        self._done: dict[TopicPartition, int] = {}  # offset after the last message that is done
        self._bookmark_due = 0.0
        self._finishing = False
        super().__init__()

    @property
    def parts(self) -> Parts:
        return self.container.config["chassis"]  # type: ignore[no-any-return]

    def add(self, event_class: type[Event], entrypoint: Any) -> None:
        self.register_provider(entrypoint)
        self._entrypoints[event_class] = entrypoint

    def start(self) -> None:
        topics = {event_class.topic for event_class in self._entrypoints}
        self._consumer = broker.open_consumer(self.parts.settings, topics)
        self._membership = Membership(self._consumer, topics)
        self._thread = self.container.spawn_managed_thread(self._run)

    def finish(self) -> None:
        """Returns when the message in hand is done."""
        self._finishing = True
        if self._thread is not None:
            wait_for_end(self._thread)

    def kill(self) -> None:
        self._finishing = True

    def _run(self) -> None:
        messages = Messages(
            self.parts, self._entrypoints, lambda entrypoint, *args: call(self.container, entrypoint, args)
        )
        try:
            while not self._ends:
                self._take_batch(messages)
                eventlet.sleep(0)
        finally:
            self._bookmark()
            self._consumer.close(autocommit=False, timeout_ms=2000)

    def _take_batch(self, messages: Messages) -> None:
        if time.monotonic() >= self._bookmark_due:
            self._bookmark()
            with broker.translated_errors():
                self._membership.look()
        with broker.translated_errors():
            batch = self._consumer.poll(timeout_ms=POLL_MS)
            self.parts.metrics.partitions.set(len(self._consumer.assignment()))
        waiting = self.parts.metrics.consumer_waiting
        if batch:
            waiting.begin()
        else:
            waiting.end()
        for partition, records in batch.items():
            done = None
            for record in records:
                if not self._take(messages, record):
                    break
                done = record
                eventlet.sleep(0)  # a stop that is asked for gets its turn between two messages
            if done is not None:
                self._done[partition] = done.offset + 1
            if self._ends:
                return

    @property
    def _ends(self) -> bool:
        """A signal counts at once, before the container gets round to its own stop."""
        return self._finishing or self.parts.patience.stopping.is_set()

    def _take(self, messages: Messages, record: Any) -> bool:
        """False: the message is left to the next process."""
        if self._ends:
            return False
        try:
            messages.take(record)
        except DependencyDown:
            if not self._ends:
                raise
            return False
        return True

    def _bookmark(self) -> None:
        """What is done stands in the database; a bookmark that comes late or fails only costs a second look at the
        messages."""
        self._bookmark_due = time.monotonic() + BOOKMARK_EVERY_S
        mine = self._consumer.assignment() & self._done.keys()
        if not mine:
            return
        bookmarks = {partition: OffsetAndMetadata(self._done[partition], "", -1) for partition in mine}
        self._done.clear()
        try:
            self._consumer.commit(bookmarks, timeout_ms=5000)
        except KafkaError as error:
            log.warning("bookmark_failed", error=type(error).__name__)
