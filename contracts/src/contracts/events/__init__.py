"""The integration events: what services tell each other, by topic. Import classes from the topic's module.

`ConflictDeclared`, `LetterUnreadable` and `ErasureDue` are told by several services, so a class is named with its
module: `cases.ErasureDue`, `forwarding.ErasureDue`.
"""

from contracts.events import cases, evidence, forwarding, identity, intake
from contracts.events.definition import (
    CASES,
    EVIDENCE,
    FORWARDING,
    IDENTITY,
    INTAKE,
    LARGEST_EVENT,
    SOURCES,
    SYSTEM,
    Event,
    ReportEvent,
    defined,
)
from contracts.events.envelope import Envelope, EventTooLarge, KafkaMessage, UnknownEventType, decode, encode
from contracts.events.examples import example_of
from contracts.schema import NotUnderstood

REGISTRY: dict[str, type[Event]] = defined()  # CloudEvents type -> class
TOPICS = tuple(SOURCES)

__all__ = [
    "CASES",
    "EVIDENCE",
    "FORWARDING",
    "IDENTITY",
    "INTAKE",
    "LARGEST_EVENT",
    "REGISTRY",
    "SOURCES",
    "SYSTEM",
    "TOPICS",
    "Envelope",
    "Event",
    "EventTooLarge",
    "KafkaMessage",
    "NotUnderstood",
    "ReportEvent",
    "UnknownEventType",
    "cases",
    "decode",
    "encode",
    "evidence",
    "example_of",
    "forwarding",
    "identity",
    "intake",
]
