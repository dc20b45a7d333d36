"""The outside of a letter: a JWE in general JSON, read strictly, with nothing in it that the format doesn't name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.encoding import b64u, canonical, from_b64u, sha256, strict_json
from contracts.key_pairs import ECDH, RSA_OAEP, WrappedKey
from contracts.letters.errors import LetterTooLarge, NotALetter
from contracts.letters.purposes import Purpose
from contracts.vocabulary import Route

LETTER_TYPE = "wbs-letter+jwe"
WRITING_TYPE = "wbs-letter+jws"
ENC = "A256GCM"
LARGEST_LETTER = 1_500_000
MOST_RECIPIENTS = 8
_MEMBERS = {"protected", "recipients", "iv", "ciphertext", "tag"}
_HEADER = {"enc", "typ", "cty", "report_id", "route", "purpose", "letter_id", "to", "h"}
_PART_HEADERS = ({"alg", "kid"}, {"alg", "kid", "epk"})
_KID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,99}")


@dataclass(frozen=True)
class About:
    """What a letter is about, as its protected header and the signed writing inside both say."""

    report_id: UUID
    route: Route
    purpose: Purpose
    letter_id: UUID


@dataclass(frozen=True)
class Header:
    """What anybody can read of a letter without opening it. `h` is the SHA-256 of the signed writing inside."""

    about: About
    to: tuple[str, ...]
    h: bytes


@dataclass(frozen=True)
class Letter:
    """A letter taken apart, nothing opened yet; `protected` is the very text that the seal covers."""

    header: Header
    protected: str
    parts: Mapping[str, WrappedKey]
    iv: bytes
    ciphertext: bytes
    tag: bytes


def parse(raw: bytes, limit: int = LARGEST_LETTER) -> Letter:
    """Take a letter apart, or raise LetterTooLarge (before anything is read) or NotALetter."""
    if len(raw) > limit:
        raise LetterTooLarge
    try:
        return _letter(strict_json(raw))
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        raise NotALetter from None


def letter_digest(raw: bytes) -> bytes:
    """Give the SHA-256 of a letter in canonical JSON: the same however often it was parsed and written on its way."""
    try:
        return sha256(canonical_letter(strict_json(raw)))
    except ValueError:
        raise NotALetter from None


def canonical_letter(letter: Any) -> bytes:
    """Write a letter that came as parsed JSON from elsewhere as bytes, or raise NotALetter.

    What canonical JSON has no form for (a float, a lone surrogate, a member name beyond ASCII) stands in no letter.
    """
    try:
        return canonical(letter)
    except (ValueError, TypeError):
        raise NotALetter from None


def _letter(jwe: Any) -> Letter:
    _exactly(jwe, _MEMBERS)
    protected: str = jwe["protected"]
    head = strict_json(from_b64u(protected).decode("ascii"))
    lone_epk = head.pop("epk", None)
    parts = _parts(jwe["recipients"], lone_epk)
    header = _header(head)
    iv, tag = from_b64u(jwe["iv"]), from_b64u(jwe["tag"])
    if sorted(parts) != list(header.to) or len(iv) != 12 or len(tag) != 16:
        raise ValueError
    return Letter(header, protected, parts, iv, from_b64u(jwe["ciphertext"]), tag)


def _header(head: dict[str, Any]) -> Header:
    _exactly(head, _HEADER)
    if (head["enc"], head["typ"], head["cty"]) != (ENC, LETTER_TYPE, "JWT") or not isinstance(head["to"], list):
        raise ValueError
    h = from_b64u(head["h"])
    if len(h) != 32:
        raise ValueError
    about = About(_uuid(head["report_id"]), Route(head["route"]), Purpose(head["purpose"]), _uuid(head["letter_id"]))
    return Header(about, tuple(head["to"]), h)


def _parts(recipients: Any, lone_epk: Any) -> dict[str, WrappedKey]:
    if not isinstance(recipients, list) or not 0 < len(recipients) <= MOST_RECIPIENTS:
        raise ValueError
    if lone_epk is not None and len(recipients) != 1:
        raise ValueError
    parts = {_kid(part): _part(part, lone_epk) for part in recipients}
    if len(parts) != len(recipients):
        raise ValueError
    return parts


def _kid(part: Any) -> str:
    kid: str = part["header"]["kid"]
    if not _KID.fullmatch(kid):
        raise ValueError
    return kid


def _part(part: Any, lone_epk: Any) -> WrappedKey:
    """Read one recipient. jose puts `epk` into the protected header when there is one recipient only."""
    _exactly(part, {"header", "encrypted_key"})
    head = part["header"]
    if set(head) not in _PART_HEADERS or head["alg"] not in (RSA_OAEP, ECDH):
        raise ValueError
    epk = head.get("epk", lone_epk)
    if (epk is not None) != (head["alg"] == ECDH) or ("epk" in head and lone_epk is not None):
        raise ValueError
    return WrappedKey(head["alg"], from_b64u(part["encrypted_key"]), epk)


def _uuid(text: str) -> UUID:
    found = UUID(text)
    if str(found) != text:  # one spelling only: what is compared as text elsewhere must be equal there too
        raise ValueError
    return found


def _exactly(members: Any, names: set[str]) -> None:
    if not isinstance(members, dict) or set(members) != names:
        raise ValueError


def protected_header(about: About, to: tuple[str, ...], writing: str) -> dict[str, Any]:
    """Write the protected header: it binds what JWE alone leaves open (who else reads, and what exactly)."""
    return {
        "enc": ENC,
        "typ": LETTER_TYPE,
        "cty": "JWT",
        "report_id": str(about.report_id),
        "route": about.route.value,
        "purpose": about.purpose.value,
        "letter_id": str(about.letter_id),
        "to": list(to),
        "h": b64u(sha256(writing.encode())),
    }
