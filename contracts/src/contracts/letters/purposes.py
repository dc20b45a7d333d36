"""Which letters there are, to whom each is addressed in which route, who may write it: the letter table, as data.

An address is a tuple of layers. One layer is a plain letter; two are a letter peeled by two people: `A[B]` is a letter
to B as the body of a letter to A, written `(A, B)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contracts.letters.bodies import FiledIdentity, FileKey, Message, Note, OfferedIdentity, Reason, Story
from contracts.vocabulary import Route

Layer = frozenset[str]
Address = tuple[Layer, ...]

KILO = 1024
STORY_LIMIT = 64 * KILO
MESSAGE_LIMIT = 16 * KILO
NOTE_LIMIT = 16 * KILO
KEY_LIMIT = 4 * KILO
IDENTITY_LIMIT = 16 * KILO
IDENTITY_OFFER_LIMIT = 700 * KILO


class Purpose(StrEnum):
    STORY = "story"
    MESSAGE_FROM_REPORTER = "message-from-reporter"
    MESSAGE_TO_REPORTER = "message-to-reporter"
    INTERNAL_NOTE = "internal-note"
    REQUEST_REASON = "request-reason"
    IDENTITY_OFFER = "identity-offer"
    IDENTITY_REVIEW = "identity-review"
    IDENTITY_FILED = "identity-filed"
    IDENTITY_FOR_KPK = "identity-for-kpk"
    ORIGINAL_KEY = "original-key"
    ORIGINAL_KEY_FOR_KPK = "original-key-for-kpk"
    COPY_KEY = "copy-key"


@dataclass(frozen=True)
class Terms:
    """What holds for the letters of one purpose; `limit` is that of the body as JSON, in bytes."""

    body: type[Any]
    limit: int
    writers: Mapping[Route, frozenset[str]]
    to: Mapping[Route, Address]


class NoSuchLetter(ValueError):
    """The letter table has no such letter in this route, or no such layer."""


def _to(*layers: str) -> Address:
    return tuple(frozenset(layer.split()) for layer in layers)


def _terms(
    body: type[Any], limit: int, writers: str, inspektorat: Address | None, kpk: Address | None, by_kpk: str = ""
) -> Terms:
    addresses = {Route.INSPEKTORAT: inspektorat, Route.KPK: kpk}
    at_kpk = by_kpk or writers
    return Terms(
        body,
        limit,
        {Route.INSPEKTORAT: frozenset(writers.split()), Route.KPK: frozenset(at_kpk.split())},
        {route: address for route, address in addresses.items() if address},
    )


_STAFF = "investigator irban inspektur"
_ASKERS = f"{_STAFF} super-admin"

# fmt: off
_REPORTER, _VAULT, _EVIDENCE = "reporter", "identity-vault", "evidence"
_TO_READERS, _TO_KPK, _TO_CHECK = _to("casework kpk reporter"), _to("kpk reporter"), _to("identity-check")
LETTERS: Mapping[Purpose, Terms] = {
    Purpose.STORY: _terms(Story, STORY_LIMIT, _REPORTER, _TO_READERS, _TO_KPK),
    Purpose.MESSAGE_FROM_REPORTER: _terms(Message, MESSAGE_LIMIT, _REPORTER, _TO_READERS, _TO_KPK),
    Purpose.MESSAGE_TO_REPORTER: _terms(
        Message, MESSAGE_LIMIT, _STAFF, _to("reporter casework"), _to("reporter"), by_kpk="kpk"),
    Purpose.INTERNAL_NOTE: _terms(Note, NOTE_LIMIT, _STAFF, _to("casework"), None),
    Purpose.REQUEST_REASON: _terms(Reason, NOTE_LIMIT, _ASKERS, _to("casework super-admin"), None),
    Purpose.IDENTITY_OFFER: _terms(OfferedIdentity, IDENTITY_OFFER_LIMIT, _REPORTER, _TO_CHECK, _TO_CHECK),
    Purpose.IDENTITY_REVIEW: _terms(FiledIdentity, IDENTITY_LIMIT, _VAULT, _to("super-admin"), None),
    Purpose.IDENTITY_FILED: _terms(FiledIdentity, IDENTITY_LIMIT, _VAULT, _to("overseer", "super-admin"), None),
    Purpose.IDENTITY_FOR_KPK: _terms(FiledIdentity, IDENTITY_LIMIT, _VAULT, _to("overseer", "kpk"), _to("kpk")),
    Purpose.ORIGINAL_KEY: _terms(FileKey, KEY_LIMIT, _EVIDENCE, _to("super-admin", "casework"), None),
    Purpose.ORIGINAL_KEY_FOR_KPK: _terms(FileKey, KEY_LIMIT, _EVIDENCE, _to("kpk"), _to("kpk")),
    Purpose.COPY_KEY: _terms(FileKey, KEY_LIMIT, _EVIDENCE, _to("casework kpk"), _to("kpk")),
}
# fmt: on


def layers(purpose: Purpose, route: Route) -> Address:
    """Give the layers of a letter, the outermost first; NoSuchLetter if the route knows none of this purpose."""
    address = LETTERS[purpose].to.get(route)
    if address is None:
        raise NoSuchLetter(f"{purpose.value} in route {route.value}")
    return address


def recipients(purpose: Purpose, route: Route, layer: int = 0) -> Layer:
    """Name who a letter (or, peeled, its inner one: layer 1) is addressed to, exactly."""
    address = layers(purpose, route)
    if not 0 <= layer < len(address):
        raise NoSuchLetter(f"{purpose.value} in route {route.value}, layer {layer}")
    return address[layer]


def sealed_limit(purpose: Purpose, route: Route, layer: int = 0) -> int:
    """Give the most bytes a sealed letter of this kind may have: base64 twice (16/9), padding, header and recipients.

    All stay below 256 KiB, and below 1.5 MB for an identity with its photo.
    """
    limit = LETTERS[purpose].limit
    for _ in layers(purpose, route)[layer:]:
        limit = limit * 2 + 8 * KILO
    return limit


def owner_of(kid: str) -> str:
    """Name whose key a kid is: `casework:v1` -> casework, `kpk:2026` -> kpk, `reporter-enc` -> reporter."""
    return "reporter" if kid in ("reporter-enc", "reporter-sig") else kid.partition(":")[0]
