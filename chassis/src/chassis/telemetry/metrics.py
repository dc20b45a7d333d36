"""Every metric of the chassis, with its name; and counters that move on the hour only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from chassis.clock import Clock
from chassis.telemetry.logs import error_lines

# `_created` series would give the microsecond of a label's first use, which is somebody's report.
disable_created_metrics()  # type: ignore[no-untyped-call]

SHORTEST_WAIT_SHOWN_S = 60


class HourlyCounter(Collector):
    """A counter that a report moves: what was counted within an hour shows when the hour is over, so that no scrape
    dates
    a report. What was counted in the last, unfinished hour is lost with the process."""

    def __init__(
        self, registry: CollectorRegistry, clock: Clock, name: str, text: str, labels: Sequence[str] = ()
    ) -> None:
        self._clock, self._name, self._text, self._labels = clock, name, text, labels
        self._shown: dict[tuple[str, ...], int] = {}
        self._pending: dict[tuple[str, ...], int] = {}
        self._hour: datetime = clock.hour()
        self._lock = threading.Lock()
        registry.register(self)

    def inc(self, *labels: str, amount: int = 1) -> None:
        with self._lock:
            self._turn()
            self._pending[labels] = self._pending.get(labels, 0) + amount

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        with self._lock:
            self._turn()
            for labels, count in self._shown.items():
                family.add_metric(labels, count)
        yield family

    def _turn(self) -> None:
        hour = self._clock.hour()
        if hour == self._hour:
            return
        for labels, count in self._pending.items():
            self._shown[labels] = self._shown.get(labels, 0) + count
        self._pending, self._hour = {}, hour


class Hourly(Collector):
    """What `present` gives, taken once an hour: for what each request, check or parcel moves."""

    def __init__(self, registry: CollectorRegistry, clock: Clock, present: Callable[[], Iterable[Metric]]) -> None:
        self._clock, self._present = clock, present
        self._hour: datetime | None = None
        self._shown: list[Metric] = []
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        hour = self._clock.hour()
        if hour != self._hour:
            self._shown, self._hour = list(self._present()), hour
        yield from self._shown


class Waiting:
    """How long the oldest waiting thing has waited, shown from 60 s on: shorter waits would tell when it came."""

    def __init__(self, registry: CollectorRegistry, name: str, text: str) -> None:
        self._since: float | None = None
        Gauge(name, text, registry=registry).set_function(self._seconds)

    def begin(self) -> None:
        if self._since is None:
            self._since = time.monotonic()

    def end(self) -> None:
        self._since = None

    def _seconds(self) -> float:
        since = self._since
        waited = 0.0 if since is None else time.monotonic() - since
        return waited if waited >= SHORTEST_WAIT_SHOWN_S else 0.0


class ErrorLines(Collector):
    """The errors that this process has logged: nobody reads a log all the time, so that an alarm there is heard by a
    rule."""

    def __init__(self, registry: CollectorRegistry, name: str) -> None:
        self._name = name
        registry.register(self)

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self._name, "Errors said in the log", labels=["event"])
        for event, number in error_lines().items():
            family.add_metric([event], number)
        yield family


class Metrics:
    """The chassis's metrics of one process, on a registry of its own. A service adds its own with `prefix`."""

    def __init__(self, service: str, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self.prefix = f"wbs_{service.replace('-', '_')}"
        Hourly(self.registry, clock, ProcessCollector(registry=None).collect)  # CPU time, memory, descriptors
        self.events_handled = self._hourly(clock, "events_handled", "Consumed events by outcome", "type", "outcome")
        self.events_published = self._hourly(clock, "events_published", "Integration events published", "type")
        self.requests = self._hourly(clock, "requests", "HTTP requests by class of status", "endpoint", "status")
        self.jobs_done = self._hourly(clock, "jobs_done", "Checks by kind and outcome", "kind", "outcome")
        ErrorLines(self.registry, f"{self.prefix}_error_lines")
        self.parked = self._live("events_parked", "Consumed events parked as dead letters", "reason")
        self.failures = self._live("failures", "Errors that were not expected", "where", "error")
        self.retries = self._live("dependency_retries", "Waits for something outside", "what")
        self.dead_letters = Gauge(
            f"{self.prefix}_dead_letters", "Dead letters waiting for people", registry=self.registry
        )
        self.partitions = Gauge(
            f"{self.prefix}_partitions", "Partitions that this process consumes", registry=self.registry
        )
        self.relay_waiting = Waiting(
            self.registry, f"{self.prefix}_relay_waiting_seconds", "Age of the oldest event that is not published"
        )
        self.consumer_waiting = Waiting(
            self.registry, f"{self.prefix}_consumer_waiting_seconds", "For how long there have been events to handle"
        )
        self.oldest_job = Gauge(
            f"{self.prefix}_job_waiting_seconds", "Age of the oldest check not done", ["kind"], registry=self.registry
        )
        self.jobs_repeated = Gauge(
            f"{self.prefix}_jobs_repeated", "Checks that were begun and not done", ["kind"], registry=self.registry
        )

    def _hourly(self, clock: Clock, name: str, text: str, *labels: str) -> HourlyCounter:
        return HourlyCounter(self.registry, clock, f"{self.prefix}_{name}", text, labels)

    def _live(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"{self.prefix}_{name}", text, labels, registry=self.registry)
