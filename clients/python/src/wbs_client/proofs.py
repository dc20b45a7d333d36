"""What a reporter can prove: that the promised leaf stands in the public log, and what KPK has signed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.keys import KeySet
from contracts.leaves import Leaf, PromiseBroken, ProofFails, verify_head, verify_inclusion, verify_promise
from contracts.parcels import ParcelRefused, Receipt, verify_receipt
from contracts.vocabulary import KpkStatus


class InLog(StrEnum):
    """Whether the promised leaf stands in the public log; `broken`: the service can't prove what it promised."""

    NOT_YET = "not_yet"
    PROVED = "proved"
    BROKEN = "broken"


@dataclass(frozen=True)
class KpkDelivery:
    """What KPK has signed for. `has_story`: its receipt names the very letter that was filed.

    `files`: how many of the promised sealed files it has signed for. `distrusted`: receipts whose signature doesn't
    stand, or that are about another report.
    """

    reference: str
    is_complete: bool
    status: KpkStatus | None
    has_story: bool
    files: int
    receipts: tuple[Receipt, ...]
    distrusted: int


def promised_leaf(promise: str, report_id: UUID, keys: KeySet) -> Leaf | None:
    """None for a promise that isn't one, or is about another report."""
    try:
        leaf = verify_promise(promise, keys.verification_key)
    except PromiseBroken:
        return None
    return leaf if leaf.report_id == report_id else None


def check_inclusion(leaf: Leaf | None, stored: Mapping[str, Any] | None, keys: KeySet) -> InLog:
    if leaf is None:
        return InLog.BROKEN
    if stored is None:
        return InLog.NOT_YET
    try:
        head = verify_head(stored["head"], keys.verification_key)
        proof = [bytes.fromhex(each) for each in stored["proof"]]
        verify_inclusion(leaf.entry, stored["index"], head.size, proof, bytes.fromhex(head.root))
    except (PromiseBroken, ProofFails, ValueError):
        return InLog.BROKEN
    return InLog.PROVED


def check_delivery(
    stored: Mapping[str, Any] | None, report_id: UUID, leaf: Leaf | None, keys: KeySet
) -> KpkDelivery | None:
    """None as long as KPK has signed for nothing."""
    if stored is None:
        return None
    checked = [_receipt(text, report_id, keys) for text in stored["receipts"]]
    receipts = tuple(each for each in checked if each is not None)
    items = {item for receipt in receipts for item in receipt.items}
    return KpkDelivery(
        reference=stored["reference"],
        is_complete=stored["is_complete"],
        status=KpkStatus(stored["status"]) if stored["status"] else None,
        has_story=leaf is not None and not items.isdisjoint(leaf.letters),
        files=len(items.intersection(leaf.files)) if leaf is not None else 0,
        receipts=receipts,
        distrusted=checked.count(None),
    )


def _receipt(text: str, report_id: UUID, keys: KeySet) -> Receipt | None:
    try:
        receipt = verify_receipt(text, keys.verification_key)
    except ParcelRefused:
        return None
    return receipt if receipt.report_id == report_id else None
