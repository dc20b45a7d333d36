"""`python -m chassis.testing.faulty PACKAGE COMMAND…`: a service's own process, with faults at chosen events.

The variable WBS_TEST_FAULTS holds a JSON object: the id of a consumed event -> the fault that happens at it.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Any, cast

from contracts.events import Envelope, Event, NotUnderstood, decode

from chassis.service import Service
from chassis.store import Aggregate, Cause, EventStore, Statement

VARIABLE = "WBS_TEST_FAULTS"


class Fault(Enum):
    DIES_BEFORE_SAVING = "dies before saving"
    DIES_AFTER_SAVING = "dies after saving"
    IS_NOT_UNDERSTOOD = "is not understood"
    IS_STOPPED = "is stopped"
    HAS_A_BUG = "has a bug"


class Bug(Exception):
    """What a handler's mistake raises."""


def _faults() -> dict[str, Fault]:
    given = json.loads(os.environ.get(VARIABLE, "{}"))
    return {event_id: Fault(name) for event_id, name in given.items()}


class FaultyStore(EventStore):
    """An event store whose process comes to harm at the saving of chosen events."""

    def save(self, *aggregates: Aggregate, cause: Cause | None = None, also: Sequence[Statement] = ()) -> None:
        fault = _faults().get(str(cause.event_id)) if cause is not None else None
        if fault is Fault.DIES_BEFORE_SAVING:
            os.kill(os.getpid(), signal.SIGKILL)
        if fault is Fault.HAS_A_BUG:
            raise Bug
        if fault is Fault.IS_STOPPED:
            os.kill(os.getpid(), signal.SIGTERM)
        super().save(*aggregates, cause=cause, also=also)
        if fault is Fault.DIES_AFTER_SAVING:
            os.kill(os.getpid(), signal.SIGKILL)


def faulty_decode(key: bytes | None, value: bytes, headers: Any) -> Envelope[Event]:
    """As code would that is older than the event."""
    envelope = decode(key, value, headers)
    if _faults().get(str(envelope.id)) is Fault.IS_NOT_UNDERSTOOD:
        raise NotUnderstood("a type that is not known")
    return envelope


def main(package: str, arguments: Sequence[str]) -> int:
    faulthandler.register(signal.SIGUSR1)
    service = cast(Service[Any], importlib.import_module(f"{package}.__main__").SERVICE)
    return replace(service, store=FaultyStore, decode=faulty_decode).main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
