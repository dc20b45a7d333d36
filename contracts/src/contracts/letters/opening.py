"""Reading letters: what a relay can check of a closed one, and what every opener checks before believing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.encoding import canonical, sha256, strict_json
from contracts.key_pairs import BadKey, CannotUnwrap, Opener, PublicKey, p256_members
from contracts.letters.bodies import Enclosed, FiledIdentity, OfferedIdentity, ReporterKeys, Story
from contracts.letters.errors import (
    BodyNotUnderstood,
    HashMismatch,
    LetterNotSigned,
    LetterTooLarge,
    NotALetter,
    Unopenable,
    WrongLetterId,
    WrongPurpose,
    WrongRecipients,
    WrongReport,
    WrongRoute,
    WrongWriter,
)
from contracts.letters.format import WRITING_TYPE, About, Header, Letter, canonical_letter, parse
from contracts.letters.purposes import LETTERS, NoSuchLetter, Purpose, layers, owner_of, recipients, sealed_limit
from contracts.letters.sealing import Recipients
from contracts.schema import NotUnderstood, from_json
from contracts.signatures import BadSignature, Verified, Writers, unverified_payload, verify_text
from contracts.vocabulary import Route


@dataclass(frozen=True)
class Expected:
    """Which letter this must be; `letter_id` None where the reader learns it from the letter."""

    report_id: UUID
    route: Route
    purpose: Purpose
    letter_id: UUID | None = None
    layer: int = 0


@dataclass(frozen=True)
class Opened:
    """A letter that was opened and believed. `writing` is the signed text, to be sealed anew as it stands."""

    about: About
    writer: str
    body: Any = field(repr=False)
    writing: str = field(repr=False)


def read_header(raw: bytes) -> Header:
    """Read what stands outside: NotALetter, LetterTooLarge."""
    return parse(raw).header


def check_letter(raw: bytes, expected: Expected, known: Recipients) -> Header:
    """Check all that can be checked of a closed letter: size, format, what it is about, its exact recipients.

    `known` gives for each recipient the keys that are accepted today; `alg` must be the one that follows from the key.
    """
    letter = _parsed(raw, expected)
    by_kid = {key.kid: key for name in _names(expected) for key in known.get(name, ())}
    for kid, part in letter.parts.items():
        if kid not in by_kid or by_kid[kid].alg != part.alg:
            raise WrongRecipients
    return letter.header


def open_letter(raw: bytes, expected: Expected, opener: Opener, writers: Writers) -> Opened:
    """Open a letter with one recipient's key and check everything; each fault is a LetterError of its own.

    `writers` gives the key that verifies a kid, retired ones too. The order matters: nothing that was opened is looked
    at before its hash is the one that the header commits to, and nothing is believed before its signature stands.
    """
    letter = _parsed(raw, expected)
    writing = _unseal(letter, opener)
    return _believe(writing, letter.header.about, expected, writers)


def open_introduction(raw: bytes, expected: Expected, opener: Opener) -> Opened:
    """Open a letter that brings the reporter's keys (a story, an identity offer) and is verified by them.

    That shows one writer behind all of it, and nothing of who that is: compare the keys with those known already.
    """
    letter = _parsed(raw, expected)
    writing = _unseal(letter, opener)
    keys = _keys_in(writing, expected.purpose)
    return _believe(writing, letter.header.about, expected, reporter_writers(keys))


def reporter_writers(keys: ReporterKeys) -> Writers:
    """Give the lookup that knows the reporter's own signing key only."""
    try:
        key = PublicKey("reporter-sig", p256_members(keys.signing))
    except BadKey:
        raise LetterNotSigned from None
    return lambda kid: key if kid == key.kid else None


def _parsed(raw: bytes, expected: Expected) -> Letter:
    try:
        letter = parse(raw, sealed_limit(expected.purpose, expected.route, expected.layer))
        names = _names(expected)
    except NoSuchLetter:
        raise WrongPurpose from None
    _compare(letter.header.about, expected)
    if len(letter.parts) != len(names) or {owner_of(kid) for kid in letter.parts} != names:
        raise WrongRecipients
    return letter


def _names(expected: Expected) -> frozenset[str]:
    return recipients(expected.purpose, expected.route, expected.layer)


def _compare(about: About, expected: Expected) -> None:
    if about.report_id != expected.report_id:
        raise WrongReport
    if about.route != expected.route:
        raise WrongRoute
    if about.purpose != expected.purpose:
        raise WrongPurpose
    if expected.letter_id is not None and about.letter_id != expected.letter_id:
        raise WrongLetterId


def _unseal(letter: Letter, opener: Opener) -> str:
    part = letter.parts.get(opener.kid)
    if part is None or part.alg != opener.alg:
        raise WrongRecipients
    try:
        content_key = opener.unwrap(part)
        if len(content_key) != 32:
            raise Unopenable
        plain = AESGCM(content_key).decrypt(letter.iv, letter.ciphertext + letter.tag, letter.protected.encode())
    except (CannotUnwrap, InvalidTag):
        raise Unopenable from None
    if sha256(plain) != letter.header.h:
        raise HashMismatch
    try:
        return plain.decode("ascii")
    except UnicodeDecodeError:
        raise LetterNotSigned from None


def _believe(writing: str, outside: About, expected: Expected, writers: Writers) -> Opened:
    verified = _verified(writing, writers)
    content = _content(verified.payload)
    _compare(_about(content), Expected(outside.report_id, outside.route, outside.purpose, outside.letter_id))
    if owner_of(verified.kid) not in LETTERS[outside.purpose].writers[outside.route]:
        raise WrongWriter
    return Opened(outside, verified.kid, _body(content["body"], expected), writing)


def _verified(writing: str, writers: Writers) -> Verified:
    try:
        return verify_text(writing, writers, WRITING_TYPE)
    except BadSignature:
        raise LetterNotSigned from None


def _content(payload: bytes) -> Mapping[str, Any]:
    try:
        content = strict_json(payload)
    except ValueError:
        raise BodyNotUnderstood from None
    if not isinstance(content, dict) or set(content) != {"report_id", "route", "purpose", "letter_id", "body", "pad"}:
        raise BodyNotUnderstood
    return content


def _about(content: Mapping[str, Any]) -> About:
    try:
        ids = (UUID(content["report_id"]), UUID(content["letter_id"]))
        return About(ids[0], Route(content["route"]), Purpose(content["purpose"]), ids[1])
    except (ValueError, TypeError, AttributeError):
        raise BodyNotUnderstood from None


def _body(body: Any, expected: Expected) -> Any:
    terms = LETTERS[expected.purpose]
    innermost = expected.layer == len(layers(expected.purpose, expected.route)) - 1
    try:
        if innermost and len(canonical(body)) > terms.limit:
            raise LetterTooLarge
        return _known_members(from_json(terms.body if innermost else Enclosed, body))
    except (ValueError, TypeError):  # NotUnderstood, BadKey, a lone surrogate, a float
        raise BodyNotUnderstood from None


def _known_members(body: Any) -> Any:
    """Cut the keys that a body brings down to what is one: whoever files or sends them on carries nothing else."""
    if not isinstance(body, Story | OfferedIdentity | FiledIdentity):
        return body
    keys = body.reporter_keys
    checked = ReporterKeys(encryption=p256_members(keys.encryption), signing=p256_members(keys.signing))
    return replace(body, reporter_keys=checked)


def _keys_in(writing: str, purpose: Purpose) -> ReporterKeys:
    try:
        content = _content(unverified_payload(writing))
        body = from_json(LETTERS[purpose].body, content["body"])
    except BadSignature:
        raise LetterNotSigned from None
    except NotUnderstood:
        raise BodyNotUnderstood from None
    if not isinstance(body, Story | OfferedIdentity):
        raise LetterNotSigned
    return body.reporter_keys


def enclosed_letter(opened: Opened) -> bytes:
    """Give the inner letter of a peeled pair, as bytes to hand on to the second person."""
    if not isinstance(opened.body, Enclosed):
        raise NotALetter
    return canonical_letter(opened.body.letter)
