"""A check process: takes jobs, two at a time, runs each in a child, saves the outcome; what failed three times gets its
final outcome.

Whatever a job's content does, it has an end: an error counts as an attempt like a child that was killed, and stops
neither this process nor the jobs behind it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Protocol

from psycopg import Connection

from chassis import DependencyDown
from chassis.checks import jobs
from chassis.checks.child import Children, Ended, Limits, Stopped
from chassis.checks.jobs import Job
from chassis.checks.waiting import show_waiting
from chassis.leases import LEASE_S, do_each, renewed
from chassis.openbao import TooManyCalls
from chassis.store import EventStore, Row, StoreUnavailable, UnexpectedRows
from chassis.telemetry import Metrics, log

MOST_ENDS = 3
AT_ONCE = 2  # one is looked at while another is fetched or its outcome saved
AGAIN_AFTER_S = 15.0  # so that one job that fails doesn't keep the others from their turn
PUT_OFF_S = 3600.0  # of a job whose final outcome can't be saved either: people are told each hour


class JobNotConcluded(Exception):
    """`conclude` came back without having saved `job.done`. A bug."""


class Check(Protocol):
    """One attempt at one job. What it fetched for the child is at hand for the outcome, to no other check, and goes
    with it: jobs are done side by side."""

    def prepare(self) -> bytes:
        """The child's input, made in this process, which has the credentials."""

    def conclude(self, answer: bytes | None) -> None:
        """Saves the outcome with `job.done` in `also`. An answer of None is the final outcome of a job that failed
        three times. It must not hang on anything that may have failed before (`job.attempts` tells how often this
        outcome itself was tried: MOST_ENDS + 1 is the first time)."""


@dataclass(frozen=True)
class CheckKind:
    """One kind of job. `function` ("package.module:name", see `chassis.checks.child.whole`) runs in the child."""

    name: str
    function: str
    begin: Callable[[Job], Check]
    limits: Limits = field(default_factory=Limits)


def run_checks(store: EventStore, metrics: Metrics, kinds: Sequence[CheckKind]) -> int:
    """Returns 0 after SIGTERM, once the jobs in hand are done or given back."""
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    show_waiting(store.database, [kind.name for kind in kinds], metrics)

    def run() -> None:
        runner = Runner(store, metrics, {kind.name: kind for kind in kinds}, stopping)
        with store.database.own_connection() as connection:
            runner.run(connection)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for ended in as_completed([threads.submit(run) for _ in range(AT_ONCE)]):
            stopping.set()  # one that failed ends the process
            ended.result()
    return 0


class Runner:
    def __init__(
        self,
        store: EventStore,
        metrics: Metrics,
        kinds: Mapping[str, CheckKind],
        stopping: threading.Event,
        again_after: float = AGAIN_AFTER_S,
    ) -> None:
        self._store, self._metrics, self._kinds, self._stopping = store, metrics, kinds, stopping
        self._again_after = again_after
        self._children = {kind.name: Children(kind.function, kind.limits) for kind in kinds.values()}

    def run(self, connection: Connection[Row]) -> None:
        log.info("check_started")
        try:
            do_each(connection, jobs.CHANNEL, self._take, self._do, self._stopping, self._rest)
        finally:
            for children in self._children.values():
                children.close()

    def _take(self) -> Job | None:
        return jobs.take(self._store.database, list(self._kinds), LEASE_S)

    def _rest(self) -> None:
        for children in self._children.values():
            children.rest()

    def _do(self, job: Job) -> None:
        kind = self._kinds[job.kind]
        try:
            with renewed(lambda: self._store.execute(jobs.hold(job, LEASE_S))):
                check = kind.begin(job)
                answer = self._answer(job, check)
                if not isinstance(answer, Ended):
                    self._conclude(job, check, answer)
            if isinstance(answer, Ended):
                return jobs.give_back(self._store.database, job, counted=True)
        except Stopped:
            return jobs.give_back(self._store.database, job, counted=False)
        except TooManyCalls:
            return self._forgive(job)  # a quota: its turn comes again
        except DependencyDown:
            self._forgive(job)
            raise
        except Exception as error:  # noqa: BLE001  # counted and told; texts of exceptions are not shown
            return self._count(job, error)
        return self._metrics.jobs_done.inc(job.kind, "final" if answer is None else "answered")

    def _answer(self, job: Job, check: Check) -> bytes | Ended | None:
        if job.attempts > MOST_ENDS:
            log.error("job_given_up", kind=job.kind)
            return None
        answer = self._children[job.kind].run(check.prepare(), self._stopping)
        if isinstance(answer, Ended):
            self._metrics.failures.labels("check", "ChildEnded").inc()
            log.warning("child_ended", kind=job.kind, code=answer.code)
        return answer

    def _conclude(self, job: Job, check: Check, answer: bytes | None) -> None:
        try:
            check.conclude(answer)
        except UnexpectedRows:
            # Another process took over after our lease, and was first.
            if jobs.is_queued(self._store.database, job):
                raise
            return
        if jobs.is_queued(self._store.database, job):
            raise JobNotConcluded(job.kind)

    def _count(self, job: Job, error: Exception) -> None:
        self._metrics.failures.labels("check", type(error).__name__).inc()
        log.error("job_failed", kind=job.kind, attempts=job.attempts, exc_info=error)
        seconds = PUT_OFF_S if job.attempts > MOST_ENDS + 1 else self._again_after
        jobs.put_off(self._store.database, job, seconds, counted=True)

    def _forgive(self, job: Job) -> None:
        """Not of a final outcome: the next one then leaves out what it could not reach."""
        try:
            jobs.put_off(self._store.database, job, self._again_after, counted=job.attempts > MOST_ENDS)
        except StoreUnavailable:
            log.warning("attempt_stays_counted")
