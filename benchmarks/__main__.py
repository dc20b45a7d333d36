"""`python -m benchmarks [NAME…]`: all benchmarks (or these, in this order) on one fresh system; `var/bench.json`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import case_visible, filing, ground, growth, receipt, rest, upload
from benchmarks.ground import Ground
from benchmarks.ktp import __main__ as ktp
from benchmarks.ktp import cases
from benchmarks.tables import show_figures

RESULT = Path("var/bench.json")
KTP_SCALE = 0.1  # the whole set: `make bench-ktp`

# In this order: each leaves the next its reports; `growth` fills the stores, so it is last.
ALL: Mapping[str, Callable[[Ground], Any]] = {
    "filing": filing.run,
    "case_visible": case_visible.run,
    "receipt": receipt.run,
    "upload": upload.run,
    "rest": rest.run,
    "growth": growth.run,
}


def main(names: Sequence[str]) -> int:
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="wbs-bench-") as folder:
        with ground.started(Path(folder)) as system:
            figures["start"] = {"cold_s": system.start_s}
            for name in names:
                figures[name] = ALL[name](system)
                _keep(figures)
        with ground.started(Path(folder)) as system:
            figures["start"]["warm_s"] = system.start_s
    figures["ktp_check"], faults = ktp.run(cases.make(KTP_SCALE))
    figures["rebuild"] = figures.get("growth", {}).pop("rebuild", {})
    _keep(figures)
    show_figures("Figures (also in var/bench.json)", figures)
    return (
        1 if faults or any(figures.get("filing", {}).get(f"clients_{each}", {}).get("failed") for each in (1, 8)) else 0
    )


def _keep(figures: Mapping[str, Any]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(ALL)))
