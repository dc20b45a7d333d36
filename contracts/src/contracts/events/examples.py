"""An example of each type of event, all invented: the reports, numbers and signatures in them don't exist.

Examples are made from the shapes, so a new member can't be forgotten: each type of member has one sample value.
"""

import types
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import NAMESPACE_URL, UUID, uuid5

from marshmallow.validate import Regexp

from contracts.events.definition import EXAMPLE_REPORT, Event
from contracts.sealed import Sealed
from contracts.vocabulary import Route

E = TypeVar("E", bound=Event)
_NAMED: dict[str, Any] = {
    "report_id": EXAMPLE_REPORT,
    "route": Route.INSPEKTORAT,
    "sk_number": "SK-CONTOH/700/2026",
    "kpk_reference": "KPK-CONTOH-0001",
    "object": f"{EXAMPLE_REPORT}/contoh",
    "version": "contoh-versi-1",
}


def example_of(event: type[E]) -> E:
    """Give the example of a type of event."""
    hints = get_type_hints(event, include_extras=True)
    return event(**{field.name: _sample(field.name, hints[field.name]) for field in fields(event)})


def _sample(name: str, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _sample(name, next(argument for argument in arguments if argument is not type(None)))
    if origin is Annotated:
        is_hash = any(isinstance(rule, Regexp) for rule in arguments[1:])
        return "c0" * 32 if is_hash else _sample(name, arguments[0])
    if origin is tuple:
        return (_sample(name, arguments[0]),)
    return _plain_sample(name, hint)


def _plain_sample(name: str, kind: type[Any]) -> Any:
    if name in _NAMED and isinstance(_NAMED[name], kind):
        return _NAMED[name]
    if issubclass(kind, StrEnum):
        return next(iter(kind))
    samples: dict[type[Any], Any] = {
        UUID: uuid5(NAMESPACE_URL, f"https://contoh.invalid/{name}"),
        Sealed: Sealed("Y29udG9oIHNhamE="),
        str: "contoh",
        bool: True,
        int: 3,
        date: date(2026, 7, 1),
        datetime: datetime(2026, 7, 1, 9, tzinfo=UTC),
    }
    return samples[kind]
