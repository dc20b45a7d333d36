"""flask-smorest's blueprint, stricter about what a body is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import flask_smorest

from chassis.web.bodies import Parser

F = TypeVar("F", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Bodies and answers are JSON, errors problem details."""

    ARGUMENTS_PARSER = Parser()

    if TYPE_CHECKING:  # flask-smorest has no types; its decorators give back what they are put on

        def get(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def post(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def put(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def delete(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def arguments(self, schema: Any, **options: Any) -> Callable[[F], F]: ...
        def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[F], F]: ...
        def alt_response(self, status_code: int, **options: Any) -> Callable[[F], F]: ...
