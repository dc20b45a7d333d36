"""Packs parcels: letters leave their wrapper and are looked at from outside; files lie where they are, sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from chassis.object_store import ObjectMissing, ObjectStore, StoredObject
from chassis.wrapper import Erased, NotWrapped, ReportIsErased, Wrapper
from contracts.encoding import canonical, sha256, strict_json
from contracts.facts import Facts
from contracts.key_pairs import EncryptionKey, PublicKey
from contracts.keys import KeySet, Use
from contracts.letters import Expected, LetterError, Purpose, Recipients, check_letter, layers
from contracts.parcels import Item, ItemKind
from contracts.schema import NotUnderstood, from_json
from contracts.vocabulary import ParcelKind

from kpk_forwarder.domain import Delivery, Filed, Parcel

ORIGINALS, COPIES, FOR_KPK = "evidence-originals", "evidence-copies", "identity-for-kpk"
FACTS = "facts"  # the purpose that intake wraps them for
T = TypeVar("T")


class ContentMissing(Exception):
    """What the parcel must hold isn't there, or isn't what it must be: people have to look. Nothing is given up."""


@dataclass(frozen=True)
class Part:
    """An item, and how its bytes are read: `length` from `offset`, fewer at its end."""

    item: Item
    read: Callable[[int, int], bytes] = field(repr=False)

    @classmethod
    def of(cls, kind: ItemKind, content: bytes, purpose: Purpose | None = None) -> Part:
        item = Item(kind=kind, sha256=sha256(content).hex(), size=len(content), purpose=purpose)
        return cls(item, lambda offset, length: content[offset : offset + length])


class Packer:
    """Raises ContentMissing, ReportIsErased, or KeyMissing (an alarm)."""

    def __init__(self, wrapper: Wrapper, objects: ObjectStore, keys: KeySet) -> None:
        self._wrapper = wrapper
        self._objects = objects
        self._known = accepted_keys(keys)

    def pack(self, delivery: Delivery, parcel: Parcel) -> list[Part]:
        known = delivery.collected
        match parcel.kind:
            case ParcelKind.REPORT:
                return self._report(delivery)
            case ParcelKind.ORIGINAL:
                return self._piece(
                    delivery, known.originals[UUID(parcel.about)], ORIGINALS, Purpose.ORIGINAL_KEY_FOR_KPK
                )
            case ParcelKind.COPY:
                return self._piece(delivery, known.copies[UUID(parcel.about)], COPIES, Purpose.COPY_KEY)
            case ParcelKind.MESSAGE:
                letter_id = UUID(parcel.about)
                return [self._letter(delivery, Purpose.MESSAGE_FROM_REPORTER, known.messages[letter_id], letter_id)]
            case ParcelKind.IDENTITY:
                return self._identity(delivery, known.identities[parcel.about])
            case ParcelKind.NOTICE:
                return []

    def _report(self, delivery: Delivery) -> list[Part]:
        known = delivery.collected
        story = self._letter(delivery, Purpose.STORY, known.story or "")
        return [story] if known.facts is None else [story, self._facts(delivery.id, known.facts)]

    def _facts(self, report_id: UUID, wrapped: str) -> Part:
        facts = self._unwrapped(report_id, FACTS, wrapped)
        try:
            content = strict_json(facts)
            from_json(Facts, content)
        except (NotUnderstood, ValueError):
            raise ContentMissing from None
        return Part.of(ItemKind.FACTS, canonical(content))

    def _piece(self, delivery: Delivery, filed: Filed, bucket: str, purpose: Purpose) -> list[Part]:
        letter = self._letter(delivery, purpose, filed.key or "")
        return [letter, self._file(StoredObject(bucket, filed.object, filed.version), filed.sha256)]

    def _file(self, stored: StoredObject, sha256_: str) -> Part:
        """Read in ranges when it is sent: a piece may be a gigabyte."""

        def read(offset: int, length: int) -> bytes:
            return _there(lambda: self._objects.get(stored, offset, length))

        size = _there(lambda: self._objects.size(stored))
        return Part(Item(kind=ItemKind.FILE, sha256=sha256_, size=size), read)

    def _identity(self, delivery: Delivery, handed: Filed) -> list[Part]:
        """One object: the wrapped letter, a line feed, the sealed photo."""
        stored = StoredObject(FOR_KPK, handed.object, handed.version)
        content = _there(lambda: self._objects.get(stored))
        letter, feed, photo = content.partition(b"\n")
        if sha256(content).hex() != handed.sha256 or not feed or not photo:
            raise ContentMissing
        # At the Inspektorat an overseer has peeled it already: what is left is the inner letter, to KPK.
        layer = len(layers(Purpose.IDENTITY_FOR_KPK, delivery.route)) - 1
        return [
            self._letter(delivery, Purpose.IDENTITY_FOR_KPK, letter.decode("ascii", "replace"), layer=layer),
            Part.of(ItemKind.FILE, photo),
        ]

    def _letter(
        self, delivery: Delivery, purpose: Purpose, wrapped: str, letter_id: UUID | None = None, layer: int = 0
    ) -> Part:
        """Canonical, so that its hash is the one that the reporter's promise names."""
        raw = self._unwrapped(delivery.id, purpose.value, wrapped)
        try:
            check_letter(raw, Expected(delivery.id, delivery.route, purpose, letter_id, layer), self._known)
        except LetterError:
            raise ContentMissing from None
        return Part.of(ItemKind.LETTER, canonical(strict_json(raw)), purpose)

    def _unwrapped(self, report_id: UUID, purpose: str, wrapped: str) -> bytes:
        try:
            plain = self._wrapper.unwrap(report_id, purpose, wrapped)
        except NotWrapped:
            raise ContentMissing from None
        if isinstance(plain, Erased):
            raise ReportIsErased(report_id)
        return plain


def accepted_keys(keys: KeySet) -> Recipients:
    """Every key that letters were ever sealed to, retired ones too: a letter may lie for years before it goes to KPK.

    Of the reporter's, who has a new one each time, only kid and algorithm can be checked here.
    """
    found: dict[str, list[PublicKey]] = {"reporter": [EncryptionKey.generate("reporter-enc").public]}
    for key in keys.listed.keys:
        if key.use is Use.ENCRYPTION:
            found.setdefault(key.owner, []).append(key.public())
    return dict(found)


def _there(read: Callable[[], T]) -> T:
    try:
        return read()
    except ObjectMissing:
        raise ContentMissing from None
