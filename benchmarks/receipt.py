"""From the Inspektur's approval to KPK's signed receipt in the reporter's mailbox, one report after another."""

from __future__ import annotations

import sys
import time
from typing import Any
from uuid import UUID

from wbs_local.ceremony.desk import Desk
from wbs_local.parts import postgres
from wbs_local.staff import Caseworker

from benchmarks import case_visible
from benchmarks.ground import Ground, fresh, until
from benchmarks.tables import percentile, show_figures

REPORTS = 30


def run(ground: Ground, reports: int = REPORTS) -> dict[str, Any]:
    """On cases that are there. `p99_s` is from the Inspektur's click, with the page's own time. `all_p50_s`: until
    the last file was receipted."""
    inspektur = Caseworker(ground.pages("case_management"), Desk(ground.system), "inspektur")
    rows = ground.rows(
        "case_management",
        "SELECT report_id FROM read.cases WHERE report_id NOT IN (SELECT report_id FROM read.kpk)"
        " ORDER BY report_id LIMIT %s",
        reports,
    )
    took = [_approve(ground, inspektur, UUID(str(report_id))) for (report_id,) in rows]
    first, whole = [each[0] for each in took], [each[1] for each in took]
    return {
        "p50_s": percentile(first, 0.5),
        "p99_s": percentile(first, 0.99),
        "all_p50_s": percentile(whole, 0.5),
        "all_p99_s": percentile(whole, 0.99),
        "reports": len(took),
    }


def _approve(ground: Ground, inspektur: Caseworker, report_id: UUID) -> tuple[float, float]:
    """Seconds until the first receipt, and until all is delivered."""
    with postgres.connect_as_superuser(ground.system, "intake") as connection:
        began = time.monotonic()
        inspektur.approve_forwarding(report_id)
        until(lambda: connection.execute(_RECEIPTED, (report_id,)).fetchone())
        first = time.monotonic() - began
        until(lambda: connection.execute(_COMPLETE, (report_id,)).fetchone())
        return first, time.monotonic() - began


_RECEIPTED = "SELECT 1 FROM read.kpk_receipts WHERE report_id = %s LIMIT 1"
_COMPLETE = "SELECT 1 FROM read.kpk WHERE report_id = %s AND is_complete"


def main() -> int:
    with fresh() as ground:
        case_visible.run(ground, REPORTS)
        figures = run(ground)
    show_figures("Approval to receipt", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
