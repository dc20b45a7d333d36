"""Runs cases through the real child in its sandbox, with the service's limits, and judges as the service does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import getpid

from chassis.checks.child import Children, Ended
from contracts.encoding import strict_json
from contracts.letters import OfferedIdentity
from contracts.receipts import ReporterSecrets
from contracts.schema import from_json, to_json
from identity_vault.bootstrap import LOOKING
from identity_vault.civil_registry import Answer
from identity_vault.verdicts import Findings, judge
from wbs_client.identity import public_keys

from benchmarks import processes
from benchmarks.ktp.cases import Case

FUNCTION = "identity_vault.looking:look"
ENDED = "ended"
SAMPLE_EVERY_S = 0.2
KEYS = public_keys(ReporterSecrets.generate())


@dataclass(frozen=True)
class Checked:
    """`outcome`: of the verdict, or ENDED where the child gave none."""

    case: Case
    outcome: str
    reasons: tuple[str, ...]
    cpu_s: float
    wall_s: float


@dataclass
class Peak:
    """The most memory that a process of the sandbox had, in megabytes."""

    megabytes: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self._over.wait(SAMPLE_EVERY_S):
            self.megabytes = max(self.megabytes, processes.peak_mb(processes.tree(getpid())[1:]))

    def end(self) -> None:
        self._over.set()


@contextmanager
def watched() -> Iterator[Peak]:
    peak = Peak()
    watching = threading.Thread(target=peak.watch)
    watching.start()
    try:
        yield peak
    finally:
        peak.end()
        watching.join()


def check_all(cases: Iterable[Case]) -> Iterator[Checked]:
    children = Children(FUNCTION, LOOKING)
    try:
        for case in cases:
            yield _check(children, case)
    finally:
        children.close()


def _check(children: Children, case: Case) -> Checked:
    offered = json.dumps(
        to_json(OfferedIdentity(person=case.person, ktp_photo=case.photo, reporter_keys=KEYS))
    ).encode()
    before, began = _sandbox_cpu(), time.monotonic()
    answer = children.run(offered, threading.Event())
    wall, cpu = time.monotonic() - began, max(_sandbox_cpu() - before, 0.0)
    if isinstance(answer, Ended):
        return Checked(case, ENDED, (), cpu, wall)
    findings = from_json(Findings, strict_json(answer))
    verdict = judge(case.person, findings, Answer.NO_ANSWER, review_asked=False)
    return Checked(case, verdict.outcome.value, tuple(reason.value for reason in verdict.reasons), cpu, wall)


def _sandbox_cpu() -> float:
    """Of the sandbox and all in it, which alone work below this process; one that was ended takes its count along."""
    return processes.cpu_of(processes.tree(getpid())[1:])
