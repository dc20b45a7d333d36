"""What lists and case pages ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.store import EventStore, Row, Statement
from contracts.letters import Purpose
from contracts.vocabulary import CaseStatus, ConflictSource, IdentityLevel, KpkStatus, QuarantineReason, Role

PAGE = 50


@dataclass(frozen=True)
class ListedCase:
    """A line of the list; facts are None once the report is erased. `identity_level` is that of the submission;
    `unread`: the reporter's messages that this reader hasn't been shown."""

    report_id: UUID
    opened: datetime
    status: CaseStatus
    identity_level: IdentityLevel
    evidence: int
    category: str | None
    area: str | None
    skpd: str | None
    period_from: str | None
    period_to: str | None
    loss: str | None
    unread: int = 0


@dataclass(frozen=True)
class Wanted:
    """Which cases of the list: of a status, whose report id begins so, and after the last one of the page before."""

    status: CaseStatus | None = None
    prefix: str | None = None
    before: UUID | None = None


@dataclass(frozen=True)
class CaseList:
    """At most PAGE cases, the newest first. `counts`: all that this reader may see and that begin so, by status."""

    cases: tuple[ListedCase, ...]
    counts: Mapping[CaseStatus, int]
    more: bool


@dataclass(frozen=True)
class WrappedLetter:
    """`number` grows with each letter of a case."""

    number: int
    letter_id: UUID
    purpose: Purpose
    hour: datetime
    text: str
    written_by: str | None


@dataclass(frozen=True)
class PieceOfEvidence:
    """`copy_key` is wrapped; without a clean copy all three are None, for good where `has_no_copy`. `came_later`: the
    hour in which a piece was filed that the submission didn't name."""

    evidence_id: UUID
    fault: QuarantineReason | None
    copy_object: str | None
    copy_version: str | None
    copy_key: str | None
    has_no_copy: bool
    came_later: datetime | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """`detail`: a person of the staff, a status, a fault or KPK's reference, by `what`."""

    hour: datetime
    what: str
    detail: str | None


@dataclass(frozen=True)
class Forwarding:
    """The report is on its way to KPK, or there: `reference` is None until KPK has signed for it."""

    reference: str | None
    is_complete: bool
    status: KpkStatus | None


@dataclass(frozen=True)
class Conflict:
    """The case is closed to people of this role."""

    role: Role
    declared_by: ConflictSource


@dataclass(frozen=True)
class CaseFile:
    case: ListedCase
    forwarding: Forwarding | None
    investigators: tuple[str, ...]
    letters: tuple[WrappedLetter, ...]
    evidence: tuple[PieceOfEvidence, ...]
    timeline: tuple[TimelineEntry, ...]
    conflicts: tuple[Conflict, ...] = ()


def list_cases(store: EventStore, reader: str, role: Role, sees_all: bool, wanted: Wanted) -> CaseList:
    """An investigator's own, or all; none that is closed to the reader's role. `reader`: their entity at OpenBao."""
    given = {
        "reader": reader,
        "role": role.value,
        "sees_all": sees_all,
        "status": wanted.status.value if wanted.status else None,
        "prefix": wanted.prefix,
        "before": wanted.before,
        "most": PAGE + 1,
    }
    rows = store.rows(_LIST, given)
    counts = {CaseStatus(row["status"]): int(row["count"]) for row in store.rows(_COUNTS, given)}
    return CaseList(tuple(_listed(row) for row in rows[:PAGE]), counts, len(rows) > PAGE)


_SEEN = """
    FROM read.cases c
    WHERE (%(sees_all)s OR EXISTS (
            SELECT 1 FROM read.assignments a WHERE a.report_id = c.report_id AND a.entity_id = %(reader)s))
      AND NOT EXISTS (SELECT 1 FROM read.conflicts k WHERE k.report_id = c.report_id AND k.role = %(role)s)
      AND (%(prefix)s::text IS NULL OR starts_with(c.report_id::text, %(prefix)s))
"""
_UNREAD = """
    (SELECT count(*) FROM read.letters l
     WHERE l.report_id = c.report_id AND l.purpose = 'message-from-reporter' AND l.number > coalesce(
        (SELECT m.number FROM held.read_marks m WHERE m.report_id = c.report_id AND m.reader = %(reader)s), 0))
"""
_LIST = f"""
    SELECT c.*, {_UNREAD} AS unread {_SEEN}
      AND (%(status)s::text IS NULL OR c.status = %(status)s)
      AND (%(before)s::uuid IS NULL OR (c.opened, c.report_id) <
            (SELECT opened, report_id FROM read.cases WHERE report_id = %(before)s))
    ORDER BY c.opened DESC, c.report_id DESC LIMIT %(most)s
"""  # noqa: S608  # put together of what stands above
_COUNTS = f"SELECT c.status, count(*) {_SEEN} GROUP BY c.status"


def mark_read(report_id: UUID, reader: str, number: int) -> Statement:
    """The reader was shown the letters up to `number`."""
    return Statement(
        "INSERT INTO held.read_marks VALUES (%s, %s, %s) ON CONFLICT (report_id, reader) DO UPDATE"
        " SET number = greatest(read_marks.number, excluded.number)",
        (report_id, reader, number),
    )


def find_case(store: EventStore, report_id: UUID) -> CaseFile | None:
    row = store.row("SELECT * FROM read.cases WHERE report_id = %s", (report_id,))
    if row is None:
        return None
    assigned = store.rows(_ASSIGNED, (report_id,))
    return CaseFile(
        case=_listed(row),
        forwarding=_find_forwarding(store, report_id),
        investigators=tuple(each["investigator"] for each in assigned),
        letters=tuple(_wrapped(each) for each in _rows(store, "letters", report_id)),
        evidence=tuple(_piece(each) for each in store.rows(_FILED, (report_id,))),
        timeline=tuple(TimelineEntry(**each) for each in store.rows(_TIMELINE, (report_id,))),
        conflicts=_find_conflicts(store, report_id),
    )


_ASSIGNED = "SELECT DISTINCT investigator FROM read.assignments WHERE report_id = %s ORDER BY 1"


def _find_conflicts(store: EventStore, report_id: UUID) -> tuple[Conflict, ...]:
    rows = store.rows("SELECT * FROM read.conflicts WHERE report_id = %s ORDER BY role", (report_id,))
    return tuple(Conflict(Role(row["role"]), ConflictSource(row["declared_by"])) for row in rows)


def _find_forwarding(store: EventStore, report_id: UUID) -> Forwarding | None:
    row = store.row("SELECT * FROM read.kpk WHERE report_id = %s", (report_id,))
    if row is None:
        return None
    return Forwarding(row["reference"], row["is_complete"], KpkStatus(row["status"]) if row["status"] else None)


_FILED = """
    SELECT * FROM read.evidence WHERE report_id = %s AND filed IS NOT NULL
    ORDER BY NOT with_report, filed, evidence_id
"""


# What was heard before the report came is no older news than the report itself, which stands first.
_TIMELINE = """
    SELECT greatest(t.hour, c.opened) AS hour, t.what, t.detail
    FROM read.timeline t JOIN read.cases c USING (report_id)
    WHERE report_id = %s ORDER BY t.what <> 'opened', t.number
"""


def find_copy(store: EventStore, report_id: UUID, evidence_id: UUID) -> PieceOfEvidence | None:
    row = store.row(
        "SELECT * FROM read.evidence WHERE report_id = %s AND evidence_id = %s AND copy_key IS NOT NULL",
        (report_id, evidence_id),
    )
    return _piece(row) if row else None


def _piece(row: Row) -> PieceOfEvidence:
    fault = QuarantineReason(row["fault"]) if row["fault"] else None
    copy = (row["copy_object"], row["copy_version"], row["copy_key"])
    came_later = None if row["with_report"] else row["filed"]
    return PieceOfEvidence(row["evidence_id"], fault, *copy, row["has_no_copy"], came_later)


def _rows(store: EventStore, table: str, report_id: UUID) -> list[Row]:
    return store.rows(f"SELECT * FROM read.{table} WHERE report_id = %s ORDER BY number", (report_id,))  # noqa: S608


def _listed(row: Row) -> ListedCase:
    known = {**row, "status": CaseStatus(row["status"]), "identity_level": IdentityLevel(row["identity_level"])}
    return ListedCase(**known)


def _wrapped(row: Row) -> WrappedLetter:
    purpose = Purpose(row["purpose"])
    return WrappedLetter(row["number"], row["letter_id"], purpose, row["hour"], row["text"], row["written_by"])
