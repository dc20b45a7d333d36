"""Events on the wire: CloudEvents 1.0 in Kafka's binary mode, and back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage as CloudEventsMessage
from cloudevents.core.bindings.kafka import from_binary, to_binary
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from contracts.encoding import canonical, strict_json
from contracts.events.definition import LARGEST_EVENT, SOURCES, Event, defined
from contracts.schema import NotUnderstood, from_json, to_json

CONTENT_TYPE = "application/json"
E = TypeVar("E", bound=Event, covariant=True)


class UnknownEventType(NotUnderstood):
    """A CloudEvent of a type that this reader doesn't know yet: a newer service is ahead of it."""


class EventTooLarge(ValueError):
    """More than 1 MB: Kafka would refuse it, long after the event was saved. Nothing within its limits gets here."""


@dataclass(frozen=True)
class KafkaMessage:
    """What to hand to Kafka. `timestamp_ms` is the event's rounded time: Kafka's own would tell the minute."""

    topic: str
    key: bytes
    value: bytes = field(repr=False)
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int


_NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Envelope(Generic[E]):
    """A received event; `causation` is the event that led to it."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    causation: UUID | None
    data: E


def encode(event: Event, id: UUID, time: datetime, causation: UUID | None = None) -> KafkaMessage:
    """Write an event for Kafka. `id` was saved with the domain event; `time` is rounded already and has an offset.

    A time with a fraction of a second is a ValueError: nobody rounded it, and it would tell when a reporter acted.
    Content that readers would refuse is NotUnderstood here already: who makes an event learns it before it is saved.
    """
    if time.tzinfo is None or time.microsecond:
        raise ValueError("an event's time is rounded and has an offset")
    attributes: dict[str, Any] = {
        "id": str(id),
        "type": event.type,
        "source": SOURCES[event.topic],
        "subject": event.subject,
        "time": time.astimezone(UTC),
        "datacontenttype": CONTENT_TYPE,
    }
    if causation is not None:
        attributes["causationid"] = str(causation)
    content = to_json(event)
    cloud_event = CloudEvent(attributes, canonical(content))
    message = to_binary(cloud_event, JSONFormat(), key_mapper=lambda e: e.get_subject())
    if len(message.value) > LARGEST_EVENT:
        raise EventTooLarge(event.type)
    _read(type(event), content)
    headers = tuple(message.headers.items())
    return KafkaMessage(event.topic, event.subject.encode(), message.value, headers, int(time.timestamp() * 1000))


def decode(
    key: bytes | None, value: bytes, headers: Mapping[str, bytes] | Iterable[tuple[str, bytes]]
) -> Envelope[Event]:
    """Read an event from a Kafka record, or raise NotUnderstood with a reason that shows nothing of the content."""
    attributes = _attributes(CloudEventsMessage(dict(headers), key, b""))
    known = defined().get(attributes.get_type())
    if known is None:
        raise UnknownEventType("a type that is not known")
    data = _data(known, value)
    if not attributes.get_subject() == data.subject == (key or b"").decode("utf-8", "replace"):
        raise NotUnderstood(f"{known.type}: subject, key and content disagree")
    if attributes.get_source() != SOURCES[known.topic]:
        raise NotUnderstood(f"{known.type}: from another source")
    return _envelope(attributes, data)


def _attributes(message: CloudEventsMessage) -> BaseCloudEvent:
    try:
        return from_binary(message, JSONFormat())
    except (BaseCloudEventException, ValueError, AttributeError, TypeError):
        raise NotUnderstood("not a CloudEvent") from None


def _data(known: type[Event], value: bytes) -> Event:
    try:
        content = strict_json(value)
    except ValueError:
        raise NotUnderstood(f"{known.type}: not JSON") from None
    return _read(known, content)


def _read(known: type[Event], content: Any) -> Event:
    if not all(map(_can_be_kept, _scalars(content))):
        raise NotUnderstood(f"{known.type}: a text or number that no table holds")
    return from_json(known, content)


def _scalars(content: Any) -> Iterator[Any]:
    """Names of members too."""
    left = [content]
    while left:
        each = left.pop()
        if isinstance(each, Mapping):
            left += (*each, *each.values())
        elif isinstance(each, list):
            left += each
        else:
            yield each


def _can_be_kept(scalar: Any) -> bool:
    """By PostgreSQL, where every reader keeps it: text without NUL and without half of a surrogate pair, 64 bits."""
    if isinstance(scalar, str):
        return _NO_TEXT.search(scalar) is None
    return not isinstance(scalar, int) or -(2**63) <= scalar < 2**63


def _envelope(attributes: BaseCloudEvent, data: Event) -> Envelope[Event]:
    moment, causation = attributes.get_time(), attributes.get_extension("causationid")
    try:
        ids = UUID(attributes.get_id()), UUID(causation) if causation else None
    except ValueError:
        raise NotUnderstood(f"{data.type}: an id that is none") from None
    if moment is None:
        raise NotUnderstood(f"{data.type}: no time")
    utc = moment.astimezone(UTC)
    return Envelope(ids[0], data.type, attributes.get_source(), data.subject, utc, ids[1], data)
