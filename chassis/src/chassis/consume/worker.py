"""Runs a service's worker: the nameko container with consumer and timers, and the relay beside it."""

from __future__ import annotations

import math
import signal
from typing import TYPE_CHECKING, Any

import eventlet
from contracts.events import decode
from nameko.containers import ServiceContainer

from chassis.consume.dead_letters import DeadLetters
from chassis.consume.messages import Decode, Parts
from chassis.consume.patience import Patience
from chassis.settings import Settings
from chassis.store import EventStore, StoreUnavailable
from chassis.telemetry import Metrics, log

if TYPE_CHECKING:
    from chassis.relay import Relay

RELAY_ENDS_S = 2


class RelayEnded(Exception):
    """The relay's thread came back without being asked to."""


def worker_parts(
    settings: Settings, store: EventStore, application: Any, metrics: Metrics, decode: Decode = decode
) -> Parts:
    letters = DeadLetters(store, f"worker.{settings.instance}")
    return Parts(settings, store, application, metrics, Patience(metrics), letters, decode)


def run_worker(worker: type, parts: Parts, relay: Relay) -> int:
    """Starts `relay` too. Returns the exit code: 0 after a stop that was asked for, 1 after an error; then nothing was
    skipped."""
    parts.metrics.dead_letters.set_function(lambda: _count_or_unknown(parts.dead_letters))
    try:
        _run(worker, parts, relay)
    except Exception as error:  # noqa: BLE001  # the one place where a process ends; the class says why
        parts.metrics.failures.labels("worker", type(error).__name__).inc()
        log.error("worker_failed", exc_info=error)
        return 1
    return 0


def _run(worker: type, parts: Parts, relay: Relay) -> None:
    container = ServiceContainer(worker, {"chassis": parts})

    def stop(*_: Any) -> None:
        parts.patience.stopping.set()
        eventlet.spawn_n(container.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    relay.start()
    try:
        container.start()
        container.spawn_managed_thread(lambda: _watch(relay), identifier="relay watch")
        log.info("worker_started")
        container.wait()
    finally:
        relay.stopping.set()
        relay.join(RELAY_ENDS_S)


def _count_or_unknown(letters: DeadLetters) -> float:
    """A scrape must tell the rest while the database is down."""
    try:
        return letters.count()
    except StoreUnavailable:
        return math.nan


def _watch(relay: Relay) -> None:
    while relay.is_alive():
        eventlet.sleep(0.1)
    raise relay.error or RelayEnded()
