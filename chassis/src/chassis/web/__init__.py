"""HTTP habits of every service: problem details in two languages, strict headers, health, OpenAPI, idempotency, the
server."""

from chassis.web.app import make_api, make_app
from chassis.web.blueprint import Blueprint
from chassis.web.documentation import answered, header
from chassis.web.foreign_text import isolated
from chassis.web.idempotency import Idempotency, KeyMissing, KeyReused
from chassis.web.languages import LANGUAGES, in_language, language, role_words, shown_hour, words_of
from chassis.web.problems import Problem, problem_answer
from chassis.web.serving import serve

__all__ = [
    "LANGUAGES",
    "Blueprint",
    "Idempotency",
    "KeyMissing",
    "KeyReused",
    "Problem",
    "answered",
    "header",
    "in_language",
    "isolated",
    "language",
    "make_api",
    "make_app",
    "problem_answer",
    "role_words",
    "serve",
    "shown_hour",
    "words_of",
]
