"""Memory of every process when nothing happens, and the most that each had."""

from __future__ import annotations

import sys
import time
from typing import Any

from benchmarks import processes
from benchmarks.ground import Ground, fresh
from benchmarks.tables import show

SETTLING_S = 10.0


def run(ground: Ground) -> dict[str, Any]:
    """Megabytes by program; pages that several processes share count once in all. `peak_mb`: the largest process of
    each program at its largest, shared pages too."""
    time.sleep(SETTLING_S)
    now = ground.memory_mb()
    peaks = {name: processes.peak_mb(processes.tree(root)) for name, root in ground.roots.items()}
    rows = [(name, now[name], peaks[name]) for name in sorted(now, key=lambda each: -now[each])]
    show("Memory, MB", ("program", "at rest", "largest process at its peak"), rows)
    return {"total_mb": sum(now.values()), "by_program_mb": now, "peak_mb": peaks}


def main() -> int:
    with fresh() as ground:
        figures = run(ground)
    show("At rest", ("what", "figure"), [("total MB", figures["total_mb"])])
    return 0


if __name__ == "__main__":
    sys.exit(main())
