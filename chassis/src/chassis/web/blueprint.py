"""flask-smorest's blueprint, stricter about what a body is."""

from __future__ import annotations

from collections.abc import Callable
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, TypeVar

import flask_smorest
from flask import Request, abort
from webargs.core import is_json
from webargs.flaskparser import FlaskParser

F = TypeVar("F", bound=Callable[..., Any])


class _Parser(FlaskParser):
    def load_json(self, req: Request, schema: Any) -> Any:
        """Another type of content would be taken for an empty body, and blamed on missing fields."""
        if req.content_length and not is_json(req.mimetype):
            abort(415)
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError):  # nested too deeply, a number of thousands of digits: no JSON of ours
            return self._handle_invalid_json_error(JSONDecodeError("unread", "", 0), req)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Bodies and answers are JSON, errors problem details."""

    ARGUMENTS_PARSER = _Parser()

    if TYPE_CHECKING:  # flask-smorest has no types; its decorators give back what they are put on

        def get(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def post(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def put(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def delete(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def arguments(self, schema: Any, **options: Any) -> Callable[[F], F]: ...
        def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[F], F]: ...
        def alt_response(self, status_code: int, **options: Any) -> Callable[[F], F]: ...
