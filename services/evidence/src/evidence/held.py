"""Rows of uploads: what is kept of a piece until it is filed and checked, or dropped. With the row go its keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.store import EventStore, Row, Statement
from contracts.vocabulary import EvidenceKind, Route

from evidence.sealed_objects import COPIES, ORIGINALS
from evidence.segments import BUCKET, Segment


@dataclass(frozen=True)
class Upload:
    """`id` is the evidence id. `is_sealed`: it is whole and lies as one object; then `original_key` is there and
    `upload_key` gone."""

    id: UUID
    report_id: UUID
    route: Route
    batch_id: UUID | None
    kind: EvidenceKind
    expires: datetime
    size: int
    received: int
    is_sealed: bool
    sealed_size: int | None
    media_type: str | None
    copy_media_type: str | None
    upload_key: str | None = field(repr=False)
    original_key: str | None = field(repr=False)
    copy_key: str | None = field(repr=False)

    @property
    def is_whole(self) -> bool:
        return self.received == self.size


_COLUMNS = ", ".join(Upload.__dataclass_fields__)


def find(store: EventStore, upload_id: UUID) -> Upload | None:
    row = store.row(f"SELECT {_COLUMNS} FROM held.uploads WHERE id = %s", (upload_id,))  # noqa: S608  # ours
    return _upload(row) if row else None


def comparing_key(store: EventStore, report_id: UUID) -> str | None:
    """Of the draft, wrapped."""
    row = store.row("SELECT comparing_key FROM held.drafts WHERE report_id = %s", (report_id,))
    return row["comparing_key"] if row else None


def keeping_comparing_key(report_id: UUID, wrapped: str) -> Statement:
    """Unless the draft has one. Either way its row is locked."""
    return Statement(
        "INSERT INTO held.drafts (report_id, comparing_key) VALUES (%s, %s)"
        " ON CONFLICT (report_id) DO UPDATE SET comparing_key = held.drafts.comparing_key",
        (report_id, wrapped),
    )


def segments_of(store: EventStore, upload_id: UUID) -> list[Segment]:
    rows = store.rows("SELECT at, name FROM held.segments WHERE upload_id = %s ORDER BY at", (upload_id,))
    return [Segment(upload_id, row["at"], row["name"]) for row in rows]


def removal(upload_id: UUID) -> Statement:
    """Of the row with its keys; what they open becomes noise."""
    return Statement("DELETE FROM held.uploads WHERE id = %s", (upload_id,))


def wiping(bucket: str, prefix: str, keep_version: str | None = None) -> Statement:
    """The sweep removes what lies there once this transaction is done."""
    return Statement(
        "INSERT INTO held.to_remove (bucket, prefix, keep_version) VALUES (%s, %s, %s)", (bucket, prefix, keep_version)
    )


def dropping_one(upload_id: UUID) -> tuple[Statement, ...]:
    places = ((BUCKET, f"{upload_id}/"), (ORIGINALS, str(upload_id)), (COPIES, str(upload_id)))
    return (removal(upload_id), *(wiping(*place) for place in places))


def dropping(report_id: UUID, batch_id: UUID | None, keep: Collection[UUID]) -> Statement:
    """Drops the report's uploads of a batch (None: those of the draft) but those to `keep`."""
    return _dropping(
        "report_id = %(report)s AND batch_id IS NOT DISTINCT FROM %(batch)s AND NOT (id = ANY(%(keep)s))",
        {"report": report_id, "batch": batch_id, "keep": list(keep)},
    )


def dropping_unfinished(before: datetime) -> Statement:
    """Drops uploads that nobody can go on with: their token ended before."""
    return _dropping("NOT is_sealed AND received <> size AND expires < %(before)s", {"before": before})


def _dropping(condition: str, params: dict[str, object]) -> Statement:
    return Statement(
        f"WITH gone AS (DELETE FROM held.uploads WHERE {condition} RETURNING id)"  # noqa: S608  # ours
        " INSERT INTO held.to_remove (bucket, prefix)"
        " SELECT bucket, id || ending FROM gone"
        f" CROSS JOIN (VALUES ('{BUCKET}', '/'), ('{ORIGINALS}', ''), ('{COPIES}', '')) AS places (bucket, ending)",
        params,
    )


def _upload(row: Row) -> Upload:
    return Upload(**{**row, "route": Route(row["route"]), "kind": EvidenceKind(row["kind"])})
