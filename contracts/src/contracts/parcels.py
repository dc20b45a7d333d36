"""Parcels to KPK: the manifest that `kpk-forwarder` signs, KPK's receipt for it, and what KPK says of its own accord.

A delivery is a row of parcels, each idempotent by its id: the report first, then each file, identity, message and
notice as it comes. An item is named by the SHA-256 of its bytes; a letter goes as canonical JSON, so that this is its
`letter_digest`, which also stands in the reporter's own promise: a receipt proves to them what KPK has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid5

from marshmallow.validate import Length, Range, Regexp

from contracts.encoding import canonical, sha256, strict_json
from contracts.key_pairs import PublicKey, Signer
from contracts.leaves import Hour
from contracts.letters.bodies import Sha256
from contracts.letters.purposes import KILO, Purpose, owner_of
from contracts.schema import NotUnderstood, from_json, to_json
from contracts.signatures import BadSignature, Writers, sign_text, verify_text
from contracts.vocabulary import (
    CaseOutcome,
    CaseStatus,
    Ground,
    KpkStatus,
    LetterFault,
    Notice,
    ParcelKind,
    Role,
    Route,
)

MANIFEST_TYPE = "wbs-parcel+jws"
RECEIPT_TYPE = "wbs-kpk-receipt+jws"
STATEMENT_TYPE = "wbs-kpk-statement+jws"
FORWARDER, KPK = "kpk-forwarder", "kpk"
LARGEST_ITEM = 1 << 31  # bytes: a file of 1 GiB, sealed
MOST_ITEMS = 4
LONGEST_RECEIPT = 8 * KILO  # as events carry it: `contracts.events.definition.Signed`

# Printable: a NUL or half a character can be stored and published nowhere.
Reference = Annotated[str, Length(min=1, max=100), Regexp(r"^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+\Z")]
T = TypeVar("T")


class ParcelRefused(Exception):
    """Not a manifest, receipt or statement by who has to sign it, or not about what it must be about."""


class ItemKind(StrEnum):
    LETTER = "letter"
    FILE = "file"  # sealed; its key is in the letter beside it
    FACTS = "facts"  # `contracts.facts.Facts` as canonical JSON


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing in a parcel; `size` in bytes, `sha256` of exactly these bytes. `purpose` only of a letter."""

    kind: ItemKind
    sha256: Sha256
    size: Annotated[int, Range(min=1, max=LARGEST_ITEM)]
    purpose: Purpose | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a parcel holds. A report says why it comes and which pieces belong to it; a notice has no items."""

    parcel_id: UUID
    report_id: UUID
    route: Route
    kind: ParcelKind
    hour: Hour
    items: Annotated[tuple[Item, ...], Length(max=MOST_ITEMS)]
    ground: Ground | None = None
    evidence_ids: Annotated[tuple[UUID, ...], Length(max=200)] = ()
    evidence_id: UUID | None = None
    notice: Notice | None = None
    status: CaseStatus | None = None
    outcome: CaseOutcome | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """KPK has all of this parcel, whole: `items` are the hashes of what it took."""

    kpk_reference: Reference
    report_id: UUID
    parcel_id: UUID
    kind: ParcelKind
    manifest_sha256: Sha256
    items: Annotated[tuple[Sha256, ...], Length(max=MOST_ITEMS)]
    hour: Hour


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A letter that KPK could not open as it must."""

    letter_id: UUID
    purpose: Purpose
    fault: LetterFault


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What KPK says about a report, one thing each: where it stands, a letter to the reporter, a conflict, a fault."""

    statement_id: UUID
    report_id: UUID
    kpk_reference: Reference
    status: KpkStatus | None = None
    letter: Mapping[str, Any] | None = None
    concerns: Annotated[tuple[Role, ...], Length(max=5)] = ()
    unreadable: Unreadable | None = None


def parcel_id(report_id: UUID, kind: ParcelKind, about: str = "") -> UUID:
    """The id that this parcel has however often it is packed; `about`: the evidence, letter or event it carries."""
    return uuid5(report_id, f"{kind.value}/{about}")


def manifest_hash(text: str) -> str:
    """SHA-256 (hex) of a signed manifest, as receipts and `ReportDelivered` name it."""
    return sha256(text.encode()).hex()


def sign_manifest(manifest: Manifest, signer: Signer) -> str:
    return sign_text(canonical(to_json(manifest)), signer, MANIFEST_TYPE)


def verify_manifest(text: str, writers: Writers) -> Manifest:
    """Give the manifest; ParcelRefused unless `kpk-forwarder` signed it."""
    return _verified(Manifest, text, writers, FORWARDER, MANIFEST_TYPE)


def sign_receipt(receipt: Receipt, signer: Signer) -> str:
    return sign_text(canonical(to_json(receipt)), signer, RECEIPT_TYPE)


def verify_receipt(text: str, writers: Writers) -> Receipt:
    """Give the receipt; ParcelRefused unless KPK signed it. Whether it is about one's own parcel: `is_for`."""
    if len(text) > LONGEST_RECEIPT:
        raise ParcelRefused("larger than any receipt")
    return _verified(Receipt, text, writers, KPK, RECEIPT_TYPE)


def is_for(receipt: Receipt, manifest_text: str, manifest: Manifest) -> bool:
    """Whether KPK's receipt is for exactly this parcel."""
    return (
        receipt.report_id == manifest.report_id
        and receipt.parcel_id == manifest.parcel_id
        and receipt.kind is manifest.kind
        and receipt.manifest_sha256 == manifest_hash(manifest_text)
        and sorted(receipt.items) == sorted(item.sha256 for item in manifest.items)
    )


def sign_statement(statement: Statement, signer: Signer) -> str:
    return sign_text(canonical(to_json(statement)), signer, STATEMENT_TYPE)


def verify_statement(text: str, writers: Writers) -> Statement:
    """Give what KPK says; ParcelRefused unless KPK signed it and it says exactly one thing."""
    statement = _verified(Statement, text, writers, KPK, STATEMENT_TYPE)
    said = (statement.status, statement.letter, statement.concerns or None, statement.unreadable)
    if sum(each is not None for each in said) != 1:
        raise ParcelRefused("it must say one thing")
    return statement


def _verified(shape: type[T], text: str, writers: Writers, owner: str, typ: str) -> T:
    def only_theirs(kid: str) -> PublicKey | None:
        return writers(kid) if owner_of(kid) == owner else None

    try:
        members = strict_json(verify_text(text, only_theirs, typ).payload)
        canonical(members)  # a float, a lone surrogate: who believed it could neither store nor publish it
        return from_json(shape, members)
    except (BadSignature, NotUnderstood, ValueError, TypeError):
        raise ParcelRefused("not signed as it must be") from None
