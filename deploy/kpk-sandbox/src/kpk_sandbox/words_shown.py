"""How the pages say things: the vocabulary in the reader's language, hours, sizes, and what others wrote."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

from contracts.foreign_text import visible
from contracts.letters import Purpose
from contracts.places import area_words, office_words
from contracts.vocabulary import Question
from contracts.words import Words, words
from flask import Flask, request
from flask_babel import Babel, format_date, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from kpk_sandbox.dossier import statement_kind
from kpk_sandbox.shapes import kind_of

LANGUAGES = ("id", "en")
WIB = timezone(timedelta(hours=7))


def speak(app: Flask) -> None:
    """Lets `app` say things in the language it is asked in."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).with_name("translations"))
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    Babel(app, locale_selector=_language)


def install(app: Flask) -> None:
    speak(app)
    app.jinja_env.filters |= {
        "words": lambda term: _in_language(words(term)),
        "area": lambda code: isolated(_in_language(area_words(code))),
        "office": lambda code: isolated(_in_language(office_words(code))),
        "hour": _hour,
        "month": _month,
        "size": _size,
        "sex": _sex,
        "letter_words": _letter,
        "question_words": _question,
        "isolated": isolated,
        "visible": visible,
    }
    app.context_processor(lambda: {"language": _language(), "statement_kind": statement_kind})


def isolated(text: str) -> Markup:
    """What others wrote, within a line: nothing in it is hidden, and its direction is its own affair."""
    return Markup("<bdi>{}</bdi>").format(visible(text))


def _language() -> str:
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def _in_language(found: Words) -> str:
    return found.en if str(get_locale()) == "en" else found.id


def _letter(purpose: Purpose) -> str:
    """What a letter is about, by the parcel that brings it."""
    kind: StrEnum | None = kind_of(purpose)
    return _in_language(words(kind)) if kind else str(_("Surat"))


def _sex(code: str) -> str:
    return str({"L": _("Laki-laki"), "P": _("Perempuan")}[code])


def _month(text: str) -> str:
    """`2025-03` -> Maret 2025."""
    return str(format_date(date.fromisoformat(f"{text}-01"), "MMMM yyyy"))


def _hour(text: str) -> str:
    """Western Indonesian time (UTC+7), to the hour."""
    return f"{datetime.fromisoformat(text).astimezone(WIB):%d-%m-%Y, %H.00} WIB"


def _size(number: int) -> str:
    for unit, one in (("MB", 1 << 20), ("kB", 1 << 10)):
        if number >= one:
            return f"{number / one:.1f} {unit}"
    return f"{number} B"


def _question(name: str) -> str:
    """A client's own question stands as it is."""
    return _in_language(words(Question(name))) if name in set(Question) else visible(name)
