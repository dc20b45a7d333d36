"""Whether a report takes longer when many are stored: the front door's time with about 100 and with 10,000."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks import filing, rebuild
from benchmarks.clients import clients
from benchmarks.ground import Ground, fresh
from benchmarks.tables import percentile, show_figures

REPORTS = 24
FEW = 100


def time_a_report(ground: Ground, reports: int, seeds: int) -> float:
    """The median of drafts and submissions, by one client, nothing else going on."""
    with clients(1, ground.url, ground.fingerprint) as devices:
        filing.prepare(devices, reports, seeds)
        (drafts,), _ = devices.all("draft")
        ground.wait_for_checks()
        (submissions,), _ = devices.all("submit")
    both = [draft.took_s + sent.took_s for draft, sent in zip(drafts, submissions, strict=True)]
    return percentile(both, 0.5)


def run(ground: Ground, copies: int = rebuild.REPORTS, reports: int = REPORTS) -> dict[str, Any]:
    """`ratio`: with `copies` more beside before. Also what the rebuild takes then: `rebuild`."""
    few = time_a_report(ground, reports, 600_000)
    rebuilt = rebuild.run(ground, copies)
    many = time_a_report(ground, reports, 700_000)
    return {"ratio": many / few, "few_s": few, "many_s": many, "stored": copies, "rebuild": rebuilt}


def main() -> int:
    with fresh() as ground:
        filing.run(ground, {8: FEW})
        figures = run(ground)
    show_figures("Growth", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
