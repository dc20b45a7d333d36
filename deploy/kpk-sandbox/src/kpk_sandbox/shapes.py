"""Which items a parcel of each kind has to have: the letter that says what it is, and the file whose key is in it."""

from __future__ import annotations

from collections import Counter

from contracts.letters import NoSuchLetter, Purpose, layers
from contracts.parcels import Item, ItemKind, Manifest
from contracts.vocabulary import ParcelKind, Route

_LETTERS = {
    ParcelKind.REPORT: Purpose.STORY,
    ParcelKind.IDENTITY: Purpose.IDENTITY_FOR_KPK,
    ParcelKind.ORIGINAL: Purpose.ORIGINAL_KEY_FOR_KPK,
    ParcelKind.COPY: Purpose.COPY_KEY,
    ParcelKind.MESSAGE: Purpose.MESSAGE_FROM_REPORTER,
}
_PIECES = (ParcelKind.ORIGINAL, ParcelKind.COPY)
_WITH_FILE = (ParcelKind.IDENTITY, *_PIECES)


def holds(manifest: Manifest) -> bool:
    """Whether the manifest holds what a parcel of its kind has to, and says what it is about."""
    if len({item.sha256 for item in manifest.items}) != len(manifest.items):
        return False
    if manifest.kind is ParcelKind.REPORT and manifest.ground is None:
        return False
    if manifest.kind in _PIECES and manifest.evidence_id is None:
        return False
    if manifest.kind is ParcelKind.NOTICE and manifest.notice is None:
        return False
    return _what(manifest.items) in _wanted(manifest)


def kind_of(purpose: Purpose) -> ParcelKind | None:
    """Which parcels bring letters for this purpose, if any."""
    return next((kind for kind, brought in _LETTERS.items() if brought is purpose), None)


def letter_of(manifest: Manifest) -> Item | None:
    return next((item for item in manifest.items if item.kind is ItemKind.LETTER), None)


def file_of(manifest: Manifest) -> Item | None:
    return next((item for item in manifest.items if item.kind is ItemKind.FILE), None)


def facts_of(manifest: Manifest) -> Item | None:
    return next((item for item in manifest.items if item.kind is ItemKind.FACTS), None)


def innermost(purpose: Purpose, route: Route) -> int:
    """The layer that is KPK's: of a peeled pair the one within; NoSuchLetter where the route has none."""
    return len(layers(purpose, route)) - 1


def _wanted(manifest: Manifest) -> list[Counter[object]]:
    purpose = _LETTERS.get(manifest.kind)
    if purpose is None:
        return [Counter()]
    try:
        innermost(purpose, manifest.route)
    except NoSuchLetter:
        return []
    needed: Counter[object] = Counter([purpose])
    if manifest.kind in _WITH_FILE:
        needed[ItemKind.FILE] += 1
    if manifest.kind is ParcelKind.REPORT:
        return [needed, needed + Counter([ItemKind.FACTS])]
    return [needed]


def _what(items: tuple[Item, ...]) -> Counter[object]:
    return Counter(item.purpose if item.kind is ItemKind.LETTER else item.kind for item in items)
