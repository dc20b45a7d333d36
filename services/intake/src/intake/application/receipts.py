"""Mailbox rows: the reporter's keys as `held` keeps them and as `ReportSubmitted` carries them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from chassis.store import EventStore, Statement
from contracts.encoding import canonical
from contracts.facts import ReceiptRecord
from contracts.key_pairs import PublicKey
from contracts.keys import KeySet
from contracts.letters import Recipients
from contracts.schema import to_json

RECEIPT = "receipt"
CONSTRAINTS = ("mailboxes_pkey", "mailboxes_locator")
COLUMNS = ("locator_hash", "encryption", "signing", "locked_keys")


class NoMailbox(Exception):
    """The report never had one here."""


class Kept(Protocol):
    @property
    def locator_hash(self) -> str: ...
    @property
    def encryption(self) -> Mapping[str, str]: ...
    @property
    def signing(self) -> Mapping[str, str]: ...
    @property
    def locked_keys(self) -> str: ...


def insertion(report_id: UUID, kept: Kept) -> Statement:
    keys = (json.dumps(dict(kept.encryption)), json.dumps(dict(kept.signing)))
    return Statement(
        "INSERT INTO held.mailboxes VALUES (%s, %s, %s, %s, %s)",
        (report_id, kept.locator_hash, *keys, kept.locked_keys),
    )


def removal(report_id: UUID) -> Statement:
    return Statement("DELETE FROM held.mailboxes WHERE report_id = %s", (report_id,))


def exists(store: EventStore, report_id: UUID) -> bool:
    return store.row("SELECT 1 FROM held.mailboxes WHERE report_id = %s", (report_id,)) is not None


def to_bytes(store: EventStore, report_id: UUID, promise: str) -> bytes:
    """What a restored database needs to give the reporter their mailbox back."""
    row = store.row("SELECT * FROM held.mailboxes WHERE report_id = %s", (report_id,))
    if row is None:
        raise NoMailbox
    return canonical(to_json(ReceiptRecord(promise=promise, **{name: row[name] for name in COLUMNS})))


def recipients(store: EventStore, report_id: UUID, keys: KeySet) -> Recipients:
    """The keys that a letter of this report may be sealed to: everybody's, and the reporter's own."""
    row = store.row("SELECT encryption FROM held.mailboxes WHERE report_id = %s", (report_id,))
    if row is None:
        raise NoMailbox
    return {**keys.recipients(), "reporter": [PublicKey("reporter-enc", row["encryption"])]}
