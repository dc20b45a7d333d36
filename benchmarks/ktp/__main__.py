"""`python -m benchmarks.ktp [SCALE]`: the set (1.0: about 400 pictures), a table, exit code 1 where a promise broke."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.ktp import cases, table
from benchmarks.ktp.cases import Case
from benchmarks.ktp.checking import check_all, watched
from benchmarks.tables import show_figures

RESULT = Path("var/bench-ktp.json")


def run(chosen: Iterable[Case]) -> tuple[dict[str, Any], list[str]]:
    """Figures, and what must not have happened; the table is printed."""
    # Drawn before, so that drawing takes no time from the checks.
    drawn = list(chosen)
    with watched() as peak:
        done = list(check_all(drawn))
    table.print_outcomes(done)
    return table.figures(done, peak.megabytes), table.faults(done)


def main(scale: float = 1.0) -> int:
    figures, faults = run(cases.make(scale))
    show_figures("KTP check", figures)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"ktp_check": figures, "faults": faults}, indent=1))
    for fault in faults:
        print(f"must not be: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2])))
