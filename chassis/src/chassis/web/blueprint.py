"""flask-smorest's blueprint, stricter about what a body is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import flask_smorest

from chassis.web.bodies import Parser
from chassis.web.documentation import Header, Terms, add_terms

F = TypeVar("F", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Bodies and answers are JSON, errors problem details."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(add_terms)

    @staticmethod
    def documented(*problems: int, token: bool = False, headers: Sequence[Header] = ()) -> Callable[[F], F]:
        """What the document says of the operation beyond its bodies: `Terms`."""

        def decorate(view: F) -> F:
            view._apidoc = {**getattr(view, "_apidoc", {}), "terms": Terms(problems, token, headers)}  # type: ignore[attr-defined]
            return view

        return decorate

    if TYPE_CHECKING:  # flask-smorest has no types; its decorators give back what they are put on

        def get(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def post(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def put(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def delete(self, rule: str, **options: Any) -> Callable[[F], F]: ...
        def arguments(self, schema: Any, **options: Any) -> Callable[[F], F]: ...
        def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[F], F]: ...
        def alt_response(self, status_code: int, **options: Any) -> Callable[[F], F]: ...
        def doc(self, **content: Any) -> Callable[[F], F]: ...
