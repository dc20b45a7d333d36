"""What the `wbs` command says: Indonesian in the source, English by its catalogue."""

from __future__ import annotations

import gettext
from enum import StrEnum
from pathlib import Path

from contracts.words import words

LANGUAGES = ("id", "en")
_TRANSLATIONS = Path(__file__).with_name("translations")

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = LANGUAGES[0]


def speak(language: str) -> None:
    """From now on, in this process."""
    global _catalogue, _language
    is_source = language == LANGUAGES[0]
    _catalogue = gettext.NullTranslations() if is_source else gettext.translation("messages", _TRANSLATIONS, [language])
    _language = language


def _(text: str, **values: object) -> str:
    """The text in the language that is spoken, with `%(name)s` filled in."""
    said = _catalogue.gettext(text) if text else ""
    return said % values if values else said


def _l(text: str) -> str:
    """Marks a text that is said later, by `_`."""
    return text


def said(term: StrEnum) -> str:
    """The words for a term of the vocabulary."""
    return words(term).en if _language == "en" else words(term).id
