"""From submission to a case that its readers see, at 5 reports a second, whose checks were done before."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wbs_local.parts import postgres

from benchmarks.clients import Done, clients
from benchmarks.filing import prepare
from benchmarks.ground import LOOK_EVERY_S, Ground, fresh
from benchmarks.tables import percentile, show_figures

DEVICES = 5
PER_SECOND = 5
REPORTS = 40
SEEDS = 500_000
LEAD_S = 1.0


def run(ground: Ground, reports: int = REPORTS) -> dict[str, Any]:
    """Seconds from the beginning of the client's call until the row of the read model stands, which pages show."""
    with clients(DEVICES, ground.url, ground.fingerprint) as devices:
        prepare(devices, reports, SEEDS)
        devices.all("draft")
        ground.wait_for_checks()
        first_at = time.monotonic() + LEAD_S
        starts = [first_at + number / PER_SECOND for number in range(DEVICES)]
        devices.ask("submit", [DEVICES / PER_SECOND] * DEVICES, starts)
        seen = _watch(ground, reports, first_at)
        submitted = [done for answer in devices.answers() for done in answer]
    return _figures(submitted, seen)


def _watch(ground: Ground, reports: int, since: float) -> dict[UUID, float]:
    """When each case that was not there before was there."""
    with postgres.connect_as_superuser(ground.system, "case_management") as connection:

        def listed() -> set[UUID]:
            return {row[0] for row in connection.execute("SELECT report_id FROM read.cases")}

        before, seen = listed(), dict[UUID, float]()
        until = since + reports / PER_SECOND + 30
        while len(seen) < reports and time.monotonic() < until:
            for report_id in listed() - before - seen.keys():
                seen[report_id] = time.monotonic()
            time.sleep(LOOK_EVERY_S)
    return seen


def _figures(submitted: Sequence[Done], seen: dict[UUID, float]) -> dict[str, Any]:
    good = [done for done in submitted if done.failure is None and done.report_id in seen]
    took = [seen[done.report_id] - done.began for done in good]
    return {
        "p50_s": percentile(took, 0.5),
        "p99_s": percentile(took, 0.99),
        "submission_p50_s": percentile([done.took_s for done in good], 0.5),
        "missing": len(submitted) - len(good),
        "reports": len(submitted),
    }


def main() -> int:
    with fresh() as ground:
        figures = run(ground)
    show_figures("Submission to case", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
