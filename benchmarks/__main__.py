"""`python -m benchmarks [NAME…]`: all benchmarks (or these) on one fresh system; tables, and `var/bench.json`."""

from __future__ import annotations

import argparse
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

# On one system, in this order: each leaves the next its reports; `growth` fills the stores, so it is last.
ON_A_SYSTEM: Mapping[str, Callable[[Ground], Any]] = {
    "filing": filing.run,
    "case_visible": case_visible.run,
    "receipt": receipt.run,
    "upload": upload.run,
    "rest": rest.run,
    "growth": growth.run,  # and what a rebuild takes then
}
START, KTP_CHECK = "start", "ktp_check"


def main(names: Sequence[str]) -> int:
    """1 where a report failed, or a promise of the KTP check broke."""
    figures: dict[str, Any] = {}
    faults: Sequence[str] = ()
    with tempfile.TemporaryDirectory(prefix="wbs-bench-") as folder:
        if START in names or ON_A_SYSTEM.keys() & set(names):
            with ground.started(Path(folder)) as system:
                figures[START] = {"cold_s": system.start_s}
                for name in (each for each in ON_A_SYSTEM if each in names):
                    figures[name] = ON_A_SYSTEM[name](system)
                    _keep(figures)
        if START in names:
            with ground.started(Path(folder)) as system:
                figures[START]["warm_s"] = system.start_s
    if KTP_CHECK in names:
        figures[KTP_CHECK], faults = ktp.run(cases.make(KTP_SCALE))
    if "growth" in figures:
        figures["rebuild"] = figures["growth"].pop("rebuild")
    _keep(figures)
    show_figures("Figures (also in var/bench.json)", figures)
    return 1 if faults or _has_failures(figures.get("filing", {})) else 0


def _has_failures(filed: Mapping[str, Any]) -> bool:
    return any(filed.get(f"clients_{each}", {}).get("failed") for each in (1, 8))


def _keep(figures: Mapping[str, Any]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=1))


def _chosen() -> Sequence[str]:
    every = [*ON_A_SYSTEM, START, KTP_CHECK]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(every))
    names: list[str] = parser.parse_args().names
    if unknown := [each for each in names if each not in every]:
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    return names or every


if __name__ == "__main__":
    sys.exit(main(_chosen()))
