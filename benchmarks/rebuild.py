"""The making anew of read models: events a second, and reports a second where facts must be unwrapped by OpenBao."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from case_management.bootstrap import projections as case_projections
from chassis.settings import Settings
from chassis.store import EventStore, Projection
from intake.__main__ import SERVICE as INTAKE
from intake.settings import IntakeSettings
from wbs_local import services

from benchmarks import filing, histories
from benchmarks.ground import Ground, fresh
from benchmarks.tables import show_figures

REPORTS = 10_000


def run(ground: Ground, copies: int = REPORTS) -> dict[str, Any]:
    """`events_per_s`: intake's, with so many copied reports. `reports_per_s`: case-management's, of the reports that
    were filed before, each with a key of its own in OpenBao."""
    cases = _settings(ground, "case-management", Settings)
    reports = _number(ground, "case_management", "SELECT count(*) FROM read.cases")
    reports_per_s = reports / _rebuild(cases, case_projections(cases))
    histories.multiply(ground, copies)
    intake = _settings(ground, "intake", IntakeSettings)
    seconds = _rebuild(intake, INTAKE.projections(intake))
    events = _number(ground, "intake", "SELECT count(*) FROM events")
    return {"events_per_s": events / seconds, "events": events, "reports_per_s": reports_per_s, "reports": reports}


def _settings(ground: Ground, service: str, wanted: type[Any]) -> Any:
    return wanted.load(service, services.environment(ground.system, f"{service}-worker"))


def _rebuild(settings: Settings, projections: Sequence[Projection]) -> float:
    """The seconds it takes, without the start of a process."""
    store = EventStore.open(settings, projections, size=1)
    try:
        began = time.monotonic()
        store.rebuild()
        return time.monotonic() - began
    finally:
        store.close()


def _number(ground: Ground, database: str, sql: str) -> int:
    ((number,),) = ground.rows(database, sql)
    return int(str(number))


def main() -> int:
    with fresh() as ground:
        filing.run(ground, {8: 32})
        figures = run(ground)
    show_figures("Rebuild", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
