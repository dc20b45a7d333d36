"""The state of each piece, as its reporter sees it while the draft is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.store import Event, EventStore, Row, Statement
from contracts.vocabulary import EvidenceKind, QuarantineReason

from evidence.domain import Report


class PieceState(StrEnum):
    UPLOADING = "uploading"
    RECEIVED = "received"  # whole; the checks run
    CLEARED = "cleared"
    QUARANTINED = "quarantined"


class Pieces:
    """The projection."""

    ignored = (Report.CopyFiled,)

    def statements(self, event: Event) -> Iterable[Statement]:
        match event:
            case Report.Begun():
                yield Statement("INSERT INTO read.reports VALUES (%s, false)", (event.originator_id,))
            case Report.Submitted():
                yield Statement(
                    "UPDATE read.reports SET is_submitted = true WHERE report_id = %s", (event.originator_id,)
                )
            case Report.PieceReceived():
                yield Statement(
                    "INSERT INTO read.pieces (evidence_id, report_id, kind, state) VALUES (%s, %s, %s, %s)",
                    (event.evidence_id, event.originator_id, event.kind, PieceState.RECEIVED.value),
                )
            case Report.PieceCleared():
                yield _judged(event.evidence_id, PieceState.CLEARED, None)
            case Report.PieceQuarantined():
                yield _judged(event.evidence_id, PieceState.QUARANTINED, event.reason)
            case Report.OriginalFiled():
                yield Statement("UPDATE read.pieces SET is_filed = true WHERE evidence_id = %s", (event.evidence_id,))


def _judged(evidence_id: UUID, state: PieceState, reason: str | None) -> Statement:
    return Statement(
        "UPDATE read.pieces SET state = %s, reason = %s WHERE evidence_id = %s", (state.value, reason, evidence_id)
    )


@dataclass(frozen=True)
class PieceShown:
    evidence_id: UUID
    kind: EvidenceKind
    state: PieceState
    reason: QuarantineReason | None


def pieces_of(store: EventStore, report_id: UUID) -> list[PieceShown]:
    """Uploads that are still held, whole or not, and what has been filed; in no order that tells anything."""
    rows = store.rows(
        "SELECT coalesce(p.evidence_id, u.id) AS evidence_id, coalesce(p.kind, u.kind) AS kind, p.state, p.reason"
        " FROM (SELECT * FROM held.uploads WHERE report_id = %(report)s) u"
        " FULL JOIN (SELECT * FROM read.pieces WHERE report_id = %(report)s) p ON p.evidence_id = u.id"
        " WHERE u.id IS NOT NULL OR p.is_filed ORDER BY 1",
        {"report": report_id},
    )
    return [_shown(row) for row in rows]


def _shown(row: Row) -> PieceShown:
    state = PieceState(row["state"]) if row["state"] else PieceState.UPLOADING
    reason = QuarantineReason(row["reason"]) if row["reason"] else None
    return PieceShown(row["evidence_id"], EvidenceKind(row["kind"]), state, reason)
