"""How the pages say things: the vocabulary in the reader's language, hours, sizes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

from contracts.words import words
from flask import Flask, request
from flask_babel import Babel, get_locale
from flask_babel import gettext as _

from kpk_sandbox.dossier import statement_kind

LANGUAGES = ("id", "en")
WIB = timezone(timedelta(hours=7))


def install(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).with_name("translations"))
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    Babel(app, locale_selector=_language)
    app.jinja_env.filters |= {"words": _words, "hour": _hour, "size": _size, "question_words": _question}
    app.context_processor(lambda: {"language": _language(), "statement_kind": statement_kind})


def _language() -> str:
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def _words(term: StrEnum) -> str:
    found = words(term)
    return found.en if str(get_locale()) == "en" else found.id


def _hour(text: str) -> str:
    """Western Indonesian time (UTC+7), to the hour."""
    return f"{datetime.fromisoformat(text).astimezone(WIB):%d-%m-%Y, %H.00} WIB"


def _size(number: int) -> str:
    for unit, one in (("MB", 1 << 20), ("kB", 1 << 10)):
        if number >= one:
            return f"{number / one:.1f} {unit}"
    return f"{number} B"


def _question(name: str) -> str:
    questions = {
        "what": _("Apa yang terjadi?"),
        "who": _("Siapa yang terlibat?"),
        "when": _("Kapan terjadi?"),
        "where": _("Di mana terjadi?"),
        "why": _("Mengapa terjadi?"),
        "how": _("Bagaimana terjadi?"),
        "how_much": _("Berapa kerugiannya?"),
    }
    return str(questions.get(name, name))
