"""flask-smorest's blueprint, stricter about what a body is."""

from __future__ import annotations

from typing import Any

import flask_smorest
from flask import Request, abort
from webargs.core import is_json
from webargs.flaskparser import FlaskParser


class _Parser(FlaskParser):
    def load_json(self, req: Request, schema: Any) -> Any:
        """Another type of content would be taken for an empty body, and blamed on missing fields."""
        if req.content_length and not is_json(req.mimetype):
            abort(415)
        return super().load_json(req, schema)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Bodies and answers are JSON, errors problem details."""

    ARGUMENTS_PARSER = _Parser()
