"""The status page's read model: a report's status, its timeline and its letters, all of them wrapped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.store import Event, EventStore, Row, Statement
from contracts.letters import Purpose
from contracts.vocabulary import CaseStatus, IdentityReason, KpkStatus, ParcelKind, Route

from intake.domain import Report


class StatusPages:
    """The projection."""

    ignored = (Report.IdentityJudged, Report.EvidenceCame, Report.EvidenceJudged)

    def statements(self, event: Event) -> Iterable[Statement]:
        match event:
            case Report.DraftOpened():
                yield Statement("INSERT INTO read.drafts VALUES (%s, %s)", (event.originator_id, event.timestamp))
            case Report.Expired():
                yield _no_draft(event)
            case Report.Submitted():
                yield _no_draft(event)
                yield Statement(
                    "INSERT INTO read.reports VALUES (%s, %s, %s, %s, %s, NULL, false)",
                    (event.originator_id, event.route, CaseStatus.RECEIVED.value, event.promise, event.leaf),
                )
                yield _timeline(event, "submitted", CaseStatus.RECEIVED.value)
            case Report.StatusChanged():
                yield Statement(
                    "UPDATE read.reports SET status = %s WHERE report_id = %s", (event.status, event.originator_id)
                )
                if event.letter_id and event.note:
                    yield _letter(event, event.letter_id, Purpose.MESSAGE_TO_REPORTER, event.note)
                yield _timeline(event, "status_changed", event.status)
            case Report.MessageReceived():
                if event.batch_id is not None:
                    yield _no_batch(event)
                if event.evidence_ids:
                    yield Statement(
                        "UPDATE read.reports SET has_late_evidence = true WHERE report_id = %s", (event.originator_id,)
                    )
                yield _letter(event, event.letter_id, Purpose.MESSAGE_FROM_REPORTER, event.text)
                yield _timeline(event, "message_from_reporter")
            case Report.ReplyArrived():
                yield _letter(event, event.letter_id, Purpose.MESSAGE_TO_REPORTER, event.text)
                yield _timeline(event, "message_to_reporter")
            case Report.BatchOpened():
                yield Statement("INSERT INTO read.batches VALUES (%s, %s)", (event.originator_id, event.timestamp))
            case Report.BatchExpired():
                yield _no_batch(event)
            case Report.IdentityReviewed():
                yield _identity_wanted(event, event.reasons if event.doubtful else None)
                yield _timeline(event, "identity_doubtful" if event.doubtful else "identity_accepted")
            case Report.IdentityAccepted():
                yield _timeline(event, "identity_accepted")
            case Report.IdentityOffered():
                yield _identity_wanted(event, None)
            case Report.ParcelDelivered():
                yield from _delivered(event)
            case Report.KpkStatusChanged():
                yield Statement(
                    "INSERT INTO read.kpk VALUES (%s, NULL, false, %s)"
                    " ON CONFLICT (report_id) DO UPDATE SET status = excluded.status",
                    (event.originator_id, event.status),
                )
                yield _timeline(event, "kpk_status", event.status)
            case Report.Withdrawn():
                yield _timeline(event, "withdrawn")
            case Report.KeyLost():
                yield _timeline(event, "key_lost")
            case Report.Erased():
                yield Statement("INSERT INTO read.erased VALUES (%s) ON CONFLICT DO NOTHING", (event.originator_id,))


def _delivered(event: Report.ParcelDelivered) -> Iterable[Statement]:
    yield Statement(
        "INSERT INTO read.kpk VALUES (%s, %s, %s, NULL) ON CONFLICT (report_id) DO UPDATE SET"
        " reference = excluded.reference, is_complete = kpk.is_complete OR excluded.is_complete",
        (event.originator_id, event.kpk_reference, event.complete),
    )
    yield Statement(
        "INSERT INTO read.kpk_receipts VALUES (%s, %s, %s)",
        (event.originator_id, event.originator_version, event.receipt),
    )
    if event.complete:  # an event has one entry: that all is there says that the report is
        yield _timeline(event, "all_delivered_to_kpk")
    elif event.parcel == ParcelKind.REPORT.value:
        yield _timeline(event, "delivered_to_kpk")


def _identity_wanted(event: Event, reasons: list[str] | None) -> Statement:
    """Of a draft there is no row yet."""
    return Statement(
        "UPDATE read.reports SET identity_reasons = %s WHERE report_id = %s", (reasons, event.originator_id)
    )


def _no_batch(event: Event) -> Statement:
    return Statement("DELETE FROM read.batches WHERE report_id = %s", (event.originator_id,))


def _no_draft(event: Event) -> Statement:
    return Statement("DELETE FROM read.drafts WHERE report_id = %s", (event.originator_id,))


def _timeline(event: Event, what: str, status: str | None = None) -> Statement:
    return Statement(
        "INSERT INTO read.timeline VALUES (%s, %s, %s, %s, %s)",
        (event.originator_id, event.originator_version, event.timestamp, what, status),
    )


def _letter(event: Event, letter_id: UUID, purpose: Purpose, text: str) -> Statement:
    return Statement(
        "INSERT INTO read.letters VALUES (%s, %s, %s, %s, %s, %s)",
        (event.originator_id, event.originator_version, letter_id, purpose.value, event.timestamp, text),
    )


@dataclass(frozen=True)
class Mailbox:
    report_id: UUID
    locked_keys: str = field(repr=False)


@dataclass(frozen=True)
class TimelineEntry:
    """`what`: submitted, status_changed, message_from_reporter, message_to_reporter, withdrawn, identity_doubtful,
    identity_accepted, delivered_to_kpk, all_delivered_to_kpk, key_lost or kpk_status. `status` is that of the case, or
    KPK's own."""

    hour: datetime
    what: str
    status: CaseStatus | KpkStatus | None


@dataclass(frozen=True)
class KpkDelivery:
    """What KPK has of a report: its reference there, and its receipts, signed by KPK."""

    reference: str
    is_complete: bool
    status: KpkStatus | None
    receipts: tuple[str, ...]


@dataclass(frozen=True)
class WrappedLetter:
    letter_id: UUID
    purpose: Purpose
    hour: datetime
    text: str


@dataclass(frozen=True)
class StatusPage:
    """`identity_wanted`: why the identity was found doubtful, until the reporter offers another one.

    `has_late_evidence`: which pieces, and what their checks said, its history says. `is_erased`: the letters can't be
    read any more, if there are any.
    """

    report_id: UUID
    route: Route
    status: CaseStatus
    promise: str
    leaf: str
    identity_wanted: tuple[IdentityReason, ...] | None
    kpk: KpkDelivery | None
    timeline: tuple[TimelineEntry, ...]
    letters: tuple[WrappedLetter, ...]
    has_late_evidence: bool
    is_erased: bool


def drafts_opened_before(store: EventStore, hour: datetime, limit: int = 100) -> list[UUID]:
    rows = store.rows("SELECT report_id FROM read.drafts WHERE opened < %s ORDER BY opened LIMIT %s", (hour, limit))
    return [row["report_id"] for row in rows]


def batches_opened_before(store: EventStore, hour: datetime, limit: int = 100) -> list[UUID]:
    """Reports whose open batch of late evidence is older."""
    rows = store.rows("SELECT report_id FROM read.batches WHERE opened < %s ORDER BY opened LIMIT %s", (hour, limit))
    return [row["report_id"] for row in rows]


def find_mailbox(store: EventStore, locator_hash: str) -> Mailbox | None:
    row = store.row("SELECT report_id, locked_keys FROM held.mailboxes WHERE locator_hash = %s", (locator_hash,))
    return Mailbox(row["report_id"], row["locked_keys"]) if row else None


def find_status_page(store: EventStore, report_id: UUID) -> StatusPage | None:
    row = store.row("SELECT * FROM read.reports WHERE report_id = %s", (report_id,))
    if row is None:
        return None
    return StatusPage(
        report_id=report_id,
        route=Route(row["route"]),
        status=CaseStatus(row["status"]),
        promise=row["promise"],
        leaf=row["leaf"],
        identity_wanted=_reasons(row["identity_reasons"]),
        kpk=_find_delivery(store, report_id),
        timeline=tuple(_entry(each) for each in _by_hour(_rows(store, "timeline", report_id))),
        letters=tuple(_wrapped(each) for each in _by_hour(_rows(store, "letters", report_id))),
        has_late_evidence=row["has_late_evidence"],
        is_erased=store.row("SELECT 1 FROM read.erased WHERE report_id = %s", (report_id,)) is not None,
    )


def _reasons(stored: list[str] | None) -> tuple[IdentityReason, ...] | None:
    return None if stored is None else tuple(IdentityReason(each) for each in stored)


def _find_delivery(store: EventStore, report_id: UUID) -> KpkDelivery | None:
    row = store.row("SELECT * FROM read.kpk WHERE report_id = %s AND reference IS NOT NULL", (report_id,))
    if row is None:
        return None
    receipts = tuple(each["receipt"] for each in _rows(store, "kpk_receipts", report_id))
    return KpkDelivery(
        row["reference"], row["is_complete"], KpkStatus(row["status"]) if row["status"] else None, receipts
    )


def _rows(store: EventStore, table: str, report_id: UUID) -> list[Row]:
    return store.rows(f"SELECT * FROM read.{table} WHERE report_id = %s ORDER BY number", (report_id,))  # noqa: S608  # ours


def _by_hour(rows: list[Row]) -> list[Row]:
    """What a restored database took back has its old hour and a new number."""
    return sorted(rows, key=lambda row: row["hour"])


def _entry(row: Row) -> TimelineEntry:
    terms: type[CaseStatus | KpkStatus] = KpkStatus if row["what"] == "kpk_status" else CaseStatus
    return TimelineEntry(row["hour"], row["what"], terms(row["status"]) if row["status"] else None)


def _wrapped(row: Row) -> WrappedLetter:
    return WrappedLetter(row["letter_id"], Purpose(row["purpose"]), row["hour"], row["text"])
