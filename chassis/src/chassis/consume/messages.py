"""What becomes of one consumed message: handled once in effect, known already, or parked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import eventlet.event
from contracts.events import REGISTRY, SYSTEM, Envelope, Event, NotUnderstood, decode

from chassis import DependencyDown
from chassis.consume.dead_letters import MOST_ENDS, DeadLetters, Record
from chassis.consume.patience import Patience
from chassis.settings import Settings
from chassis.store import AlreadyHandled, Cause, EventStore, StoreUnavailable
from chassis.telemetry import Metrics, log

Decode: TypeAlias = Callable[[bytes | None, bytes, Sequence[tuple[str, bytes]]], Envelope[Event]]

TYPE_HEADER = "ce_type"


class CauseNotRecorded(Exception):
    """A handler came back without having saved its cause: a second delivery would be handled again. A bug."""

    def __init__(self, handler: str) -> None:
        super().__init__(handler)


@dataclass(frozen=True)
class Parts:
    """What a worker's extensions stand on; in the container's configuration under "chassis"."""

    settings: Settings
    store: EventStore
    application: Any
    metrics: Metrics
    patience: Patience
    dead_letters: DeadLetters
    decode: Decode = decode


class Next(Enum):
    HANDLE = "handle"
    LEAVE = "leave"


def call(container: Any, entrypoint: Any, args: tuple[Any, ...]) -> None:
    """Runs a worker's method by the container and waits for it; its error is raised here."""
    done = eventlet.event.Event()

    def handle_result(_: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        done.send(exc_info)
        return result, exc_info

    container.spawn_worker(entrypoint, args, {}, handle_result=handle_result)
    exc_info = done.wait()
    if exc_info is not None:
        raise exc_info[1]


def wait_for_end(thread: Any) -> None:
    """Of a managed greenthread, also when it ended by an error: the container raises that itself."""
    done = eventlet.event.Event()
    thread.link(lambda _: done.send(None))
    done.wait()


class Messages:
    """`run(entrypoint, envelope, cause)` calls the handler."""

    def __init__(
        self, parts: Parts, entrypoints: Mapping[type[Event], Any], run: Callable[[Any, Envelope[Event], Cause], None]
    ) -> None:
        self._parts, self._entrypoints, self._run = parts, entrypoints, run
        self._letters = parts.dead_letters

    def take(self, record: Record) -> None:
        """Returns once the message's effects, or the message itself, stand in the database. A handler's error is
        raised."""
        if self._is_for_others(record):
            return None
        retry = self._parts.patience.retry
        try:
            envelope = self._parts.decode(record.key, record.value or b"", record.headers)
        except NotUnderstood as error:
            subject, detail = _subject(record.key), str(error)
            return retry(lambda: self._park(record, subject, "not_understood", detail))
        entrypoint = self._entrypoints.get(type(envelope.data))
        if entrypoint is not None and retry(lambda: self._prepare(record, envelope)) is Next.HANDLE:
            self._handle(record, envelope, entrypoint)
        return None

    def _is_for_others(self, record: Record) -> bool:
        """Told by its header: most of what a topic brings is for others, and costs them alone to be read."""
        kind = REGISTRY.get((dict(record.headers).get(TYPE_HEADER) or b"").decode(errors="replace"))
        return kind is not None and kind not in self._entrypoints

    def _prepare(self, record: Record, envelope: Envelope[Event]) -> Next:
        met = self._letters.begin(record, envelope.id, envelope.subject)
        if met.is_handled:
            self._count(envelope, "duplicate")
            return Next.LEAVE
        if met.is_behind:
            if not self._letters.park_behind(record, envelope.subject):
                return self._prepare(record, envelope)  # the letter ahead was replayed just now
            self._count(envelope, "behind")
            return Next.LEAVE
        if met.attempts > MOST_ENDS:
            self._park(record, envelope.subject, "ended_the_process")
            return Next.LEAVE
        return Next.HANDLE

    def _handle(self, record: Record, envelope: Envelope[Event], entrypoint: Any) -> None:
        cause = Cause(record.topic, envelope.id)
        try:
            self._parts.patience.retry(lambda: self._run(entrypoint, envelope, cause))
        except AlreadyHandled:
            return self._count(envelope, "duplicate")
        except NotUnderstood as error:
            return self._park(record, envelope.subject, "not_understood", str(error))
        except DependencyDown:
            self._give_back(record)
            raise
        if not cause.recorded:
            raise CauseNotRecorded(entrypoint.method_name)
        self._letters.handled()
        return self._count(envelope, "handled")

    def _give_back(self, record: Record) -> None:
        try:
            self._letters.give_back(record)
        except StoreUnavailable:
            log.warning("attempt_stays_counted")

    def _park(self, record: Record, subject: str | None, reason: str, detail: str = "") -> None:
        """What is about no report has versions, and keeps nothing behind it: a forged one would keep real ones out."""
        about = None if subject == SYSTEM else subject
        self._letters.park(record, about, f"{reason}: {detail}" if detail else reason)
        self._parts.metrics.parked.labels(reason).inc()
        log.error("event_parked", topic=record.topic, reason=reason)

    def _count(self, envelope: Envelope[Event], outcome: str) -> None:
        self._parts.metrics.events_handled.inc(envelope.type, outcome)


def _subject(key: bytes | None) -> str | None:
    return None if key is None else key.decode(errors="replace")
