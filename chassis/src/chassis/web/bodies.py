"""Bodies of requests: bounded whether their length is told or not, JSON, and of characters that mean what they show."""

from __future__ import annotations

from collections.abc import Mapping
from json import JSONDecodeError
from typing import Any, Protocol

from flask import Flask, Request, abort, request
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, missing
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

INPUT = "wsgi.input"
DEEPEST = 32  # levels of lists and objects in a body; ours have fewer than ten
# NUL, which PostgreSQL can't keep; and the marks that turn text around for whoever reads it ("Trojan Source").
MISLEADING = tuple("\0\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MISLEADING = _l("Berisi tanda yang tidak terlihat (NUL atau pembalik arah tulisan).")


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Bounded:
    """A body of unknown length. RequestEntityTooLarge with the first byte that is too much: Werkzeug would cut the body
    there, and what is left of it would be taken for all."""

    def __init__(self, stream: Readable, most: int) -> None:
        self._stream = stream
        self._left = most

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        content = self._stream.read(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise RequestEntityTooLarge
        return content


def bound(app: Flask, most: int) -> None:
    """`most`: bytes. A length that is told is refused by Flask, before anything is read."""
    app.config["MAX_CONTENT_LENGTH"] = most

    def bound_untold() -> None:
        if request.content_length is None and INPUT in request.environ:
            request.max_content_length = most + 1
            request.environ[INPUT] = Bounded(request.environ[INPUT], most)

    app.before_request(bound_untold)


class Parser(FlaskParser):
    """webargs' own, stricter about what JSON is and about what text holds."""

    def load_json(self, req: Request, schema: Any) -> Any:
        """Another type of content would be taken for an empty body, and blamed on missing fields."""
        if not is_json(req.mimetype) and (req.content_length or req.get_data()):
            abort(415)
        try:
            content = super().load_json(req, schema)
            _check_form(content)
            return _plain(content)
        except (RecursionError, ValueError):  # too deep, half a character, a number of thousands of digits: not ours
            return self._handle_invalid_json_error(JSONDecodeError("unread", "", 0), req)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        _plain({name: value for name, value in req.args.items() if name in schema.fields})
        return super().load_querystring(req, schema)


def _check_form(content: Any, levels: int = DEEPEST) -> None:
    """ValueError where it has more levels, or half a surrogate pair, which no answer that quotes it could carry."""
    if isinstance(content, str):
        content.encode()
    elif isinstance(content, dict | list):
        if not levels:
            raise ValueError("nested too deeply")
        for member in [*content, *content.values()] if isinstance(content, dict) else content:
            _check_form(member, levels - 1)


def _plain(content: Any) -> Any:
    """The same. ValidationError, naming the fields, where a text holds a character of MISLEADING."""
    found = None if content is missing else _misleading(content)
    if found:
        raise ValidationError(found)
    return content


def _misleading(content: Any) -> Any:
    """As marshmallow tells errors: the messages of a text, or those of the members that have any."""
    if isinstance(content, str):
        return [_MISLEADING] if any(mark in content for mark in MISLEADING) else None
    if isinstance(content, Mapping):
        members: Any = content.items()
    elif isinstance(content, list):
        members = enumerate(content)
    else:
        return None
    return {name: found for name, value in members if (found := _misleading(value))}
