"""A report that can't be read although nobody erased it: said in the log and counted, and it stops nothing."""

from __future__ import annotations

from uuid import UUID

from chassis.telemetry import log
from prometheus_client import Counter

WHERE = "reading"


class Unreadable:
    """The alarm of one process. What is found before there is a counter, as when a read model is made, is counted then.

    `counter` has the labels `where` and `error`.
    """

    def __init__(self) -> None:
        self._counter: Counter | None = None
        self._uncounted: list[str] = []

    def count_on(self, counter: Counter) -> None:
        self._counter = counter
        for error in self._uncounted:
            counter.labels(WHERE, error).inc()
        self._uncounted.clear()

    def tell(self, report_id: UUID, error: Exception) -> None:
        kind = type(error).__name__
        log.error("report_unreadable", report_id=str(report_id), exc_info=error)
        if self._counter is None:
            self._uncounted.append(kind)
        else:
            self._counter.labels(WHERE, kind).inc()
