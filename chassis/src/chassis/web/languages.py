"""Indonesian, in which texts are written, and English, from catalogs: by Accept-Language, or as a person chose on a
page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from contracts.places import area_words, office_words
from contracts.vocabulary import Role
from contracts.words import Words, words
from flask import Flask, Response, current_app, request
from flask_babel import Babel
from flask_babel import gettext as _

from chassis.web.foreign_text import isolated

LANGUAGES = ("id", "en")
CHOICE = "language"  # query parameter and cookie
OWN = Path(__file__).parents[1] / "translations"
WIB = timezone(timedelta(hours=7))
OPERATOR = "operator"
A_YEAR_S = 365 * 24 * 3600


def install(app: Flask, folders: Sequence[Path], remembers: bool) -> None:
    """`folders` hold `<language>/LC_MESSAGES/messages.po`; the service's come before the chassis's.

    `remembers`: staff's choice is kept in a cookie. A reporter's device keeps nothing of us.
    """
    folders = (*folders, OWN)
    for folder in folders:
        compile_catalogs(folder)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(map(str, folders))
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    Babel(app, locale_selector=language)
    if remembers:
        app.after_request(_remember_choice)
    app.context_processor(
        lambda: {
            "language": language(),
            "languages": LANGUAGES,
            "language_link": _link,
            "can_be_asked_again": _can_be_asked_again,
        }
    )
    app.jinja_env.filters |= {
        "words": words_of,
        "hour": shown_hour,
        "area": lambda code: in_language(area_words(code)),
        "office": lambda code: in_language(office_words(code)),
        "role": role_words,
        "foreign": isolated,
    }


def language() -> str:
    for choice in (request.args.get(CHOICE), request.cookies.get(CHOICE)):
        if choice in LANGUAGES:
            return choice
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def in_language(found: Words) -> str:
    """In the language of whoever asks."""
    return found.en if language() == "en" else found.id


def words_of(term: StrEnum) -> str:
    """What people read for a term of `contracts.vocabulary`."""
    return in_language(words(term))


def role_words(role: str) -> str:
    """What people read for a group at OpenBao; operators are in none of the vocabulary's."""
    try:
        return words_of(Role(role))
    except ValueError:
        return _("Pengelola sistem") if role == OPERATOR else role


def shown_hour(moment: datetime) -> str:
    """Western Indonesian time (UTC+7), to the hour."""
    return f"{moment.astimezone(WIB):%d-%m-%Y, %H.00} WIB"


def _link(code: str) -> str:
    """To this page in another language, or to the first one where no link shows this page again."""
    if _can_be_asked_again():
        return "?" + urlencode({**request.args.to_dict(), CHOICE: code})
    return "/?" + urlencode({CHOICE: code})


def _can_be_asked_again() -> bool:
    if request.method == "GET":
        return True
    addresses = current_app.create_url_adapter(request)
    return addresses is not None and "GET" in addresses.allowed_methods()


def _remember_choice(response: Response) -> Response:
    choice = request.args.get(CHOICE)
    if choice in LANGUAGES:
        secure = request.is_secure
        response.set_cookie(CHOICE, choice, max_age=A_YEAR_S, samesite="Strict", httponly=True, secure=secure)
    return response


def compile_catalogs(folder: Path) -> None:
    """As `pybabel compile` does: without the .mo file, an English reader would silently get Indonesian."""
    for source in folder.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text, target.open("wb") as binary:
            write_mo(binary, read_po(text))
