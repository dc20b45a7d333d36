"""A check process: takes jobs, runs each in a child, saves the outcome; what killed three children gets its final
outcome."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from chassis import DependencyDown
from chassis.checks import jobs
from chassis.checks.child import Ended, Limits, Stopped, run_in_child
from chassis.checks.jobs import Job
from chassis.checks.waiting import show_waiting
from chassis.settings import Settings
from chassis.store import EventStore, Row, StoreUnavailable, UnexpectedRows
from chassis.telemetry import Metrics, log, serve_health

MOST_ENDS = 3
LOOK_EVERY_S = 1.0
# Beyond the child's own time: fetching before, saving after.
LEASE_MARGIN_S = 120.0


class JobNotConcluded(Exception):
    """`conclude` came back without having saved `job.done`. A bug."""


@dataclass(frozen=True)
class CheckKind:
    """One kind of job. `function` ("package.module:name", bytes -> bytes) runs in the child; `prepare` gets its
    input, in
    this process, which has the credentials; `conclude(job, answer)` saves the outcome with `job.done` in `also`. An
    answer of
    None is the final outcome of a job that ended its child three times."""

    name: str
    function: str
    prepare: Callable[[Mapping[str, Any]], bytes]
    conclude: Callable[[Job, bytes | None], None]
    limits: Limits = field(default_factory=Limits)


def run_checks(settings: Settings, store: EventStore, metrics: Metrics, kinds: Sequence[CheckKind]) -> int:
    """Returns 0 after SIGTERM, once the job in hand is done or given back."""
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    checks = {"postgres": lambda: store.row("SELECT 1")}
    show_waiting(store.database, [kind.name for kind in kinds], metrics)
    stop_health = serve_health(settings.http_host, settings.metrics_port, metrics.registry, checks)
    runner = Runner(store, metrics, {kind.name: kind for kind in kinds}, stopping)
    try:
        with store.database.own_connection() as connection:
            runner.run(connection)
    finally:
        stop_health()
    return 0


class Runner:
    def __init__(
        self, store: EventStore, metrics: Metrics, kinds: Mapping[str, CheckKind], stopping: threading.Event
    ) -> None:
        self._store, self._metrics, self._kinds, self._stopping = store, metrics, kinds, stopping
        self._lease = max(kind.limits.wall_seconds for kind in kinds.values()) + LEASE_MARGIN_S

    def run(self, connection: Connection[Row]) -> None:
        """LISTEN first, then look: no job waits for the next look unseen."""
        connection.execute(SQL("LISTEN {}").format(Identifier(jobs.CHANNEL)))
        log.info("check_started")
        while not self._stopping.is_set():
            job = jobs.take(self._store.database, list(self._kinds), self._lease)
            if job is None:
                list(connection.notifies(timeout=LOOK_EVERY_S, stop_after=1))
            else:
                self._do(job)

    def _do(self, job: Job) -> None:
        kind = self._kinds[job.kind]
        try:
            answer = self._answer(job, kind)
            if isinstance(answer, Ended):
                return jobs.give_back(self._store.database, job, counted=True)
            self._conclude(job, kind, answer)
        except Stopped:
            return jobs.give_back(self._store.database, job, counted=False)
        except DependencyDown:
            self._forgive(job)
            raise
        return self._metrics.jobs_done.inc(job.kind, "final" if answer is None else "answered")

    def _answer(self, job: Job, kind: CheckKind) -> bytes | Ended | None:
        if job.attempts > MOST_ENDS:
            log.error("job_given_up", kind=job.kind)
            return None
        answer = run_in_child(kind.function, kind.prepare(job.input), kind.limits, self._stopping)
        if isinstance(answer, Ended):
            self._metrics.failures.labels("check", "ChildEnded").inc()
            log.warning("child_ended", kind=job.kind, code=answer.code)
        return answer

    def _conclude(self, job: Job, kind: CheckKind, answer: bytes | None) -> None:
        try:
            kind.conclude(job, answer)
        except UnexpectedRows:
            # Another process took over after our lease, and was first.
            if jobs.is_queued(self._store.database, job):
                raise
            return
        if jobs.is_queued(self._store.database, job):
            raise JobNotConcluded(kind.name)

    def _forgive(self, job: Job) -> None:
        try:
            jobs.give_back(self._store.database, job, counted=False)
        except StoreUnavailable:
            log.warning("attempt_stays_counted")
