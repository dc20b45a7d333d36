"""What a service publishes, read in the background while tests drive it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from contracts.events import Envelope, Event
from contracts.events.definition import ReportEvent
from kafka import KafkaConsumer

from chassis.consume.broker import partitions_of, understood

E = TypeVar("E", bound=ReportEvent)


class Published:
    """All events on a topic, from its beginning; `login` is a reader's. What ends the reading is raised by `of`."""

    def __init__(self, topic: str, login: Mapping[str, Any]) -> None:
        self._topic, self._login = topic, login
        self._stopping = threading.Event()
        self._seen: list[Envelope[Event]] = []
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def of(self, report_id: UUID, event_class: type[E]) -> list[E]:
        if self._error is not None:
            raise self._error
        return [
            each.data
            for each in list(self._seen)
            if isinstance(each.data, event_class) and each.data.report_id == report_id
        ]

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001  # the test raises it
            self._error = error

    def _read(self) -> None:
        consumer = KafkaConsumer(**self._login, isolation_level="read_committed", enable_auto_commit=False)
        try:
            partitions = partitions_of(consumer, self._topic)
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            while not self._stopping.is_set():
                for records in consumer.poll(timeout_ms=100).values():
                    self._seen.extend(understood(records))  # other tests write what nobody understands
        finally:
            consumer.close()
