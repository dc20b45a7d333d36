"""Marshmallow schemas derived from frozen dataclasses, so that each shape is written down once.

(marshmallow-dataclass, the known library for it, stops at marshmallow 3.) Readers ignore unknown members.
"""

import base64
import binascii
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, post_load
from marshmallow import fields as mf

from contracts.sealed import Sealed

T = TypeVar("T")


class NotUnderstood(ValueError):
    """Data that is not of the shape expected. It names members, never their values."""


class SealedField(mf.String):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Sealed:
        return Sealed(super()._deserialize(value, attr, data, **kwargs))


class UtcDateTime(mf.AwareDateTime):
    """A moment with its offset, given back in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)


class TupleOf(mf.List[Any]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class StrictBoolean(mf.Boolean):
    """JSON's true and false only: marshmallow also takes "yes", 1 and the like."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input="")
        return value


class Base64Bytes(mf.Field[bytes]):
    """Bytes as standard base64 text."""

    def _serialize(self, value: bytes | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else base64.b64encode(value).decode("ascii")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise ValidationError("Not base64.") from error


_PLAIN: dict[type, type[mf.Field[Any]]] = {
    Sealed: SealedField,
    str: mf.String,
    bool: StrictBoolean,
    bytes: Base64Bytes,
    UUID: mf.UUID,
    datetime: UtcDateTime,
    date: mf.Date,
}


_CLASSES: dict[type[Any], type[Schema]] = {}
_SCHEMAS: dict[type[Any], Schema] = {}


def _field(hint: Any, **options: Any) -> mf.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _field(arguments[0], validate=list(arguments[1:]), **options)
    if origin in (Union, types.UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _field(inner, allow_none=True, **options)
    if origin is tuple:
        return TupleOf(_field(arguments[0]), **options)
    if origin is Mapping:
        return mf.Dict(keys=_field(arguments[0]), values=_member(arguments[1]), **options)
    if hint is int:
        return mf.Integer(strict=True, **options)
    if is_dataclass(hint):
        return mf.Nested(schema_class(cast(type[Any], hint)), **options)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return mf.Enum(hint, by_value=True, **options)
    return _PLAIN[hint](**options)


def _member(hint: Any) -> mf.Field[Any] | None:
    return None if hint is Any else _field(hint)


def _has_default(field: Any) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def schema_class(of: type[Any]) -> type[Schema]:
    """Derive the schema class of a dataclass: a field with a default may be missing, one of `| None` may be null."""
    if of not in _CLASSES:
        _CLASSES[of] = _derive(of)
    return _CLASSES[of]


def _derive(of: type[Any]) -> type[Schema]:
    hints = get_type_hints(of, include_extras=True)

    def make(self: Schema, data: dict[str, Any], **_: Any) -> Any:
        return of(**data)

    members: dict[str, Any] = {
        field.name: _field(hints[field.name], required=not _has_default(field)) for field in fields(of)
    }
    members["make"] = post_load(make)
    members["Meta"] = type("Meta", (), {"unknown": EXCLUDE})
    return cast(type[Schema], type(of.__name__, (Schema,), members))


def _schema(of: type[Any]) -> Schema:
    if of not in _SCHEMAS:
        _SCHEMAS[of] = schema_class(of)()
    return _SCHEMAS[of]


def to_json(value: Any) -> dict[str, Any]:
    """Give a dataclass as members of JSON."""
    return cast(dict[str, Any], _schema(type(value)).dump(value))


def from_json(of: type[T], data: Any) -> T:
    """Read a dataclass from members of JSON, or raise NotUnderstood naming the members that are wrong."""
    try:
        return cast(T, _schema(of).load(data))
    except ValidationError as error:
        raise NotUnderstood(f"{of.__name__}: {_wrong_members(error.messages)}") from None


def _wrong_members(messages: Any) -> str:
    """Name members only: marshmallow's messages may repeat a value, and a value may be what must stay sealed."""
    return ", ".join(sorted(str(name) for name in messages)) if isinstance(messages, dict) else "not an object"
