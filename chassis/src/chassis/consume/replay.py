"""Handles dead letters again, after people have mended what was wrong."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from contracts.events import Event, NotUnderstood
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from chassis import DependencyDown
from chassis.consume.dead_letters import DeadLetter
from chassis.consume.entrypoints import Consume, HandedIn
from chassis.consume.messages import CauseNotRecorded, Parts
from chassis.store import AlreadyHandled, Cause
from chassis.telemetry import log


@dataclass(frozen=True)
class Replayed:
    handled: int
    left: int


def replay_dead_letters(worker: type, parts: Parts) -> Replayed:
    """Oldest first; where one fails again, those of its topic and subject stay behind it. The worker may run
    meanwhile."""
    methods, instance = _handlers(worker, parts.application)
    blocked: set[tuple[str, str | None, int | None]] = set()
    handled = 0
    while letter := _first_open(parts, blocked):
        if _replay(parts, letter, methods, instance):
            handled += 1
        else:
            blocked.add(_queue(letter))
    parts.dead_letters.forget_row()
    return Replayed(handled, parts.dead_letters.count())


def _first_open(parts: Parts, blocked: set[tuple[str, str | None, int | None]]) -> DeadLetter | None:
    return next((letter for letter in parts.dead_letters.waiting() if _queue(letter) not in blocked), None)


def _queue(letter: DeadLetter) -> tuple[str, str | None, int | None]:
    """A letter without a subject stands in no queue but its own."""
    return letter.topic, letter.subject, letter.id if letter.subject is None else None


def _replay(parts: Parts, letter: DeadLetter, methods: dict[type[Event], str], instance: Any) -> bool:
    """The handling and the letter's removal are one transaction."""
    try:
        envelope = parts.decode(letter.key, letter.value or b"", letter.headers)
        method = methods.get(type(envelope.data))
        if method is None:
            parts.dead_letters.remove(letter)
            return True
        cause = Cause(letter.topic, envelope.id, also=(letter.removal(),))
        getattr(instance, method)(envelope, cause)
        if not cause.recorded:
            raise CauseNotRecorded(method)
    except AlreadyHandled:
        parts.dead_letters.remove(letter)
    except DependencyDown:
        raise
    except NotUnderstood as error:
        log.error("replay_failed", letter=letter.id, reason=str(error))
        return False
    except Exception as error:  # noqa: BLE001  # a bug again: the letter stays, the others are tried
        log.error("replay_failed", letter=letter.id, exc_info=error)
        return False
    return True


def _handlers(worker: type, application: Any) -> tuple[dict[type[Event], str], Any]:
    """The worker's consuming methods, and an instance made as the container makes it."""
    methods = {
        entrypoint.event_class: name
        for name, method in inspect.getmembers(worker, inspect.isfunction)
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entrypoint, Consume)
    }
    instance = worker()
    for name, _ in inspect.getmembers(worker, lambda each: isinstance(each, HandedIn)):
        setattr(instance, name, application)
    return methods, instance
