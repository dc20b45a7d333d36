"""Which submitted reports wait for the Super Admin's look; ids, hours and reasons, nothing of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.store import Event, EventStore, Row, Statement
from contracts.vocabulary import IdentityReason

from identity_vault.domain import Identity

PAGE = 50


class Waiting:
    """The projection."""

    ignored = (Identity.Filed, Identity.HandedOver, Identity.LookBegun)

    def statements(self, event: Event) -> Iterable[Statement]:
        report_id = event.originator_id
        match event:
            case Identity.Begun():
                yield Statement("INSERT INTO read.identities VALUES (%s, %s, NULL, NULL)", (report_id, event.route))
            case Identity.Offered():
                yield Statement("INSERT INTO read.checks VALUES (%s, %s)", (report_id, event.offer_id))
                yield Statement(_REPLACE, (event.offer_id, report_id))
            case Identity.Submitted():
                yield Statement(
                    "UPDATE read.identities SET submitted = %s, offer_id = %s WHERE report_id = %s",
                    (event.timestamp, event.offer_id, report_id),
                )
            case Identity.Checked():
                yield Statement(
                    "UPDATE read.checks SET outcome = %s, reasons = %s WHERE report_id = %s AND offer_id = %s",
                    (event.outcome, event.reasons, report_id, event.offer_id),
                )
            case Identity.Reviewed():
                yield Statement(
                    "UPDATE read.checks SET verdict = %s WHERE report_id = %s AND offer_id = %s",
                    (event.verdict, report_id, event.offer_id),
                )
            case Identity.Erased():
                # The other row stays: a page of the list may go on from there.
                yield Statement("DELETE FROM read.checks WHERE report_id = %s", (report_id,))


# As in Identity.Offered: once the report is in, a new offer takes the place of the last one.
_REPLACE = "UPDATE read.identities SET offer_id = %s WHERE report_id = %s AND submitted IS NOT NULL"
_WAITING = """
    SELECT i.report_id, i.submitted, c.reasons, (
        SELECT count(*) FROM held.blind_indexes mine JOIN held.blind_indexes other USING (blind_index)
        WHERE mine.report_id = i.report_id) AS open_reports
    FROM read.identities i JOIN read.checks c USING (report_id, offer_id)
    WHERE i.submitted IS NOT NULL AND i.route = 'inspektorat' AND c.outcome = 'unsure' AND c.verdict IS NULL
"""


_PAGE = """
    AND (%(after)s::uuid IS NULL OR (i.submitted, i.report_id) >
            (SELECT submitted, report_id FROM read.identities WHERE report_id = %(after)s))
    ORDER BY i.submitted, i.report_id LIMIT %(page)s
"""


@dataclass(frozen=True)
class WaitingReport:
    """`open_reports`: how many open reports have the same NIK, this one among them; 0 where no index was made."""

    report_id: UUID
    submitted: datetime
    reasons: tuple[IdentityReason, ...]
    open_reports: int


def list_waiting(store: EventStore, after: UUID | None = None) -> list[WaitingReport]:
    """The oldest first, at most PAGE; `after` is the last one of the page before."""
    return [_waiting(row) for row in store.rows(_WAITING + _PAGE, {"after": after, "page": PAGE})]


def find_waiting(store: EventStore, report_id: UUID) -> WaitingReport | None:
    row = store.row(_WAITING + " AND i.report_id = %s", (report_id,))
    return _waiting(row) if row else None


def _waiting(row: Row) -> WaitingReport:
    reasons = tuple(IdentityReason(each) for each in row["reasons"])
    return WaitingReport(row["report_id"], row["submitted"], reasons, row["open_reports"])
