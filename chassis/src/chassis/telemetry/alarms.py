"""A report that can't be read although nobody erased it: said in the log and counted, and it stops nothing."""

from __future__ import annotations

from uuid import UUID

from prometheus_client import Counter

from chassis.telemetry.logs import log


class Unreadable:
    """The alarm of one place in a process. What is found before there is a counter, as when a read model is made, is
    counted then.

    `where`: as the counter's label, which has `error` beside it. `event`: the log line's, of which operators are told.
    """

    def __init__(self, where: str, counter: Counter | None = None, event: str = "report_unreadable") -> None:
        self._where, self._counter, self._event = where, counter, event
        self._uncounted: list[str] = []

    def count_on(self, counter: Counter) -> None:
        self._counter = counter
        for error in self._uncounted:
            counter.labels(self._where, error).inc()
        self._uncounted.clear()

    def tell(self, report_id: UUID, error: Exception) -> None:
        kind = type(error).__name__
        log.error(self._event, report_id=str(report_id), exc_info=error)
        if self._counter is None:
            self._uncounted.append(kind)
        else:
            self._counter.labels(self._where, kind).inc()
