"""Parcels to send, and how far KPK was listened to: rows that processes of `send` share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.store import EventStore, Statement
from contracts.vocabulary import ParcelKind

from kpk_forwarder.domain import KEY_LOST, Parcel

CHANNEL = "parcels"

# SKIP LOCKED: two processes never wait for one another. Of a report that KPK doesn't have yet, the report goes first.
_TAKE = """
    UPDATE held.parcels SET free_at = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE parcel_id = (
        SELECT parcel_id FROM held.parcels one
        WHERE kind = ANY(%(kinds)s) AND (free_at IS NULL OR free_at < clock_timestamp())
          AND (kind = 'report' OR NOT EXISTS (
              SELECT 1 FROM held.parcels first WHERE first.report_id = one.report_id AND first.kind = 'report'))
        ORDER BY number FOR UPDATE SKIP LOCKED LIMIT 1
    )
    RETURNING parcel_id, report_id, attempts, manifest
"""


@dataclass(frozen=True)
class ToSend:
    """`attempts`: how many in a row have failed; `manifest`: the text signed at the first attempt."""

    parcel_id: UUID
    report_id: UUID
    attempts: int
    manifest: str | None

    @property
    def done(self) -> Statement:
        """For the transaction that saves what became of it."""
        return Statement("DELETE FROM held.parcels WHERE parcel_id = %s", (self.parcel_id,))


def queue(report_id: UUID, owed: Sequence[Parcel]) -> Statement:
    """For the transaction that makes the parcels due. Those that are queued already stay as they are."""
    return Statement(
        "WITH new AS ("
        "  INSERT INTO held.parcels (parcel_id, report_id, kind)"
        "  SELECT id, %s, kind FROM unnest(%s::uuid[], %s::text[]) AS due (id, kind)"
        "  ON CONFLICT DO NOTHING RETURNING 1"
        ") SELECT pg_notify('parcels', '') FROM new",
        (report_id, [each.id for each in owed], [_turn(each).value for each in owed]),
    )


def _turn(parcel: Parcel) -> ParcelKind:
    """That a key is lost goes as a report does: it can't wait for one that can't be packed."""
    return ParcelKind.REPORT if parcel.about == KEY_LOST else parcel.kind


def removal(report_id: UUID) -> Statement:
    return Statement("DELETE FROM held.parcels WHERE report_id = %s", (report_id,))


def take(store: EventStore, kinds: Sequence[ParcelKind], lease: float) -> ToSend | None:
    row = store.row(_TAKE, {"kinds": [each.value for each in kinds], "lease": lease})
    return ToSend(row["parcel_id"], row["report_id"], row["attempts"], row["manifest"]) if row else None


def keep_manifest(parcel_id: UUID, manifest: str) -> Statement:
    """Before it is first sent: KPK's receipt names this very text."""
    return Statement(
        "UPDATE held.parcels SET manifest = %s WHERE parcel_id = %s AND manifest IS NULL",
        (manifest, parcel_id),
        expect_rows=1,
    )


def renewal(parcel_id: UUID) -> Statement:
    """KPK took a part of it: the failures before don't count any more."""
    return Statement("UPDATE held.parcels SET attempts = 0 WHERE parcel_id = %s", (parcel_id,))


def hold(parcel_id: UUID, lease: float) -> Statement:
    """For the process that has it in hand; one that was put off meanwhile isn't taken sooner by it."""
    return Statement(
        "UPDATE held.parcels SET free_at = greatest(free_at, clock_timestamp() + make_interval(secs => %s))"
        " WHERE parcel_id = %s",
        (lease, parcel_id),
    )


def put_off(parcel_id: UUID, seconds: float) -> Statement:
    return Statement(
        "UPDATE held.parcels SET attempts = attempts + 1, free_at = clock_timestamp() + make_interval(secs => %s)"
        " WHERE parcel_id = %s",
        (seconds, parcel_id),
    )


def give_back(parcel_id: UUID) -> Statement:
    """To be taken again at once; this attempt doesn't count."""
    return Statement("UPDATE held.parcels SET free_at = NULL WHERE parcel_id = %s", (parcel_id,))


def heard(store: EventStore) -> int:
    row = store.row("SELECT number FROM held.heard")
    return int(row["number"]) if row else 0


def heard_up_to(number: int) -> Statement:
    return Statement("UPDATE held.heard SET number = greatest(number, %s)", (number,))
