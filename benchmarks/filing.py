"""The front door: reports at 1 and 8 clients, in three phases measured apart.

Drafts with identity and uploads; the checks until all are done, which begin while drafts still come; submissions.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wbs_local.services import PROCESSES, processes_of

from benchmarks import processes
from benchmarks.clients import Clients, Done, clients
from benchmarks.ground import Ground, fresh
from benchmarks.processes import Use
from benchmarks.tables import percentile, show, show_figures

PHASES = ("drafts", "checks", "submissions")
REPORTS = {1: 16, 8: 64}
_OURS = tuple(process for service in PROCESSES for process in processes_of(service))


@dataclass(frozen=True)
class Phase:
    name: str
    seconds: float
    cpu: Use
    done: tuple[Done, ...] = ()

    def cpu_s(self, *, checks: bool) -> float:
        """Of our processes: of those that check, or of the others."""
        return sum(self.cpu.get(name, 0.0) for name in _OURS if name.endswith("-check") is checks)


def run(ground: Ground, reports: Mapping[int, int] = REPORTS) -> dict[str, Any]:
    """`cpu_ms_per_report`: of our processes but the checks', at the first and third phase, with the most clients."""
    figures: dict[str, Any] = {}
    for number, several in reports.items():
        phases = list(_phases(ground, number, several))
        _print(number, several, phases)
        figures |= _figures(number, several, phases)
    return figures


def _phases(ground: Ground, number: int, reports: int) -> Iterator[Phase]:
    with clients(number, ground.url, ground.fingerprint) as devices:
        prepare(devices, reports)
        yield _phase(ground, devices, "drafts", "draft")
        yield _checks(ground)
        yield _phase(ground, devices, "submissions", "submit")


def prepare(devices: Clients, reports: int, first_seed: int = 0) -> None:
    """So many reports, shared out among the devices; each of another person, for other `first_seed`s too."""
    seeds = [first_seed + 1_000_000 * len(devices) + number for number in range(reports)]
    devices.all("prepare", [seeds[each :: len(devices)] for each in range(len(devices))])


def _phase(ground: Ground, devices: Clients, name: str, step: str) -> Phase:
    before = ground.cpu_s()
    answers, seconds = devices.all(step)
    cpu = processes.spent(before, ground.cpu_s())
    return Phase(name, seconds, cpu, tuple(done for answer in answers for done in answer))


def _checks(ground: Ground) -> Phase:
    before, began = ground.cpu_s(), time.monotonic()
    ground.wait_for_checks()
    return Phase("checks", time.monotonic() - began, processes.spent(before, ground.cpu_s()))


def _figures(number: int, reports: int, phases: list[Phase]) -> dict[str, Any]:
    drafts, checks, submissions = phases
    front = (drafts, submissions)
    failures = Counter(done.failure for phase in front for done in phase.done if done.failure)
    own = {
        "front_door_per_s": reports / sum(phase.seconds for phase in front),
        "failed": sum(failures.values()),
        "failures": dict(failures),
        "draft_p50_s": percentile([done.took_s for done in drafts.done], 0.5),
        "submission_p50_s": percentile([done.took_s for done in submissions.done], 0.5),
    }
    return {
        f"clients_{number}": own,
        # The checks begin with the first draft: their time is that of both phases.
        "checked_per_s": reports / (drafts.seconds + checks.seconds),
        "cpu_ms_per_report": 1000 * sum(phase.cpu_s(checks=False) for phase in front) / reports,
        "check_cpu_ms_per_report": 1000 * sum(phase.cpu_s(checks=True) for phase in phases) / reports,
    }


def _print(number: int, reports: int, phases: list[Phase]) -> None:
    times = " · ".join(f"{phase.name} {phase.seconds:.1f} s" for phase in phases)
    names = sorted(phases[0].cpu, key=lambda name: -sum(phase.cpu[name] for phase in phases))
    show(
        f"Filing, {number} clients, {reports} reports: {times}. CPU ms a report by process",
        ("process", *PHASES),
        ((name, *(1000 * phase.cpu[name] / reports for phase in phases)) for name in names),
    )


def main() -> int:
    with fresh() as ground:
        figures = run(ground)
    show_figures("Filing", figures)
    return 1 if any(figures[f"clients_{number}"]["failed"] for number in REPORTS) else 0


if __name__ == "__main__":
    sys.exit(main())
