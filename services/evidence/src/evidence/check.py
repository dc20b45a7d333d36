"""`python -m evidence check`: does the jobs of pieces, one thread for the quick ones and one for the long.

`chassis.checks` runs jobs whose content fits into memory, in a child of its own. A piece may be a gigabyte: here it is
streamed, into a sandbox that holds nothing but it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence

from chassis.checks import MOST_ENDS, Job, Stopped
from chassis.checks.jobs import CHANNEL, give_back, hold, put_off, take
from chassis.checks.waiting import show_waiting
from chassis.leases import LEASE_S, do_each, renewed
from chassis.service import Process
from chassis.store import EventStore, StoreUnavailable
from chassis.telemetry import Metrics, log

from chassis import DependencyDown
from evidence.application import Evidence, jobs
from evidence.clamav import ScanFailed
from evidence.sandbox import Sandbox, SandboxEnded
from evidence.settings import EvidenceSettings

AGAIN_AFTER_S = 15.0
PUT_OFF_S = 3600.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
_ENDS = {SandboxEnded: "sandbox_ended", ScanFailed: "scan_failed"}


def run(process: Process[EvidenceSettings], evidence: Evidence) -> int:
    """Returns 0 after SIGTERM, once the jobs in hand are done or given back; 1 after an error."""
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    show_waiting(process.store.database, (*jobs.QUICK, *jobs.LONG), process.metrics)
    sandbox = Sandbox(process.settings.check_seconds, stopping)
    workers = [
        _Worker(kinds, process.store, process.metrics, evidence, sandbox, stopping) for kinds in (jobs.QUICK, jobs.LONG)
    ]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sandbox.close()
    return 1 if any(worker.failed for worker in workers) else 0


class _Worker(threading.Thread):
    """Takes jobs of its kinds until the process stops.

    Filing never waits for a check: nothing that a check meets stops the process. What the quick jobs meet does.
    """

    def __init__(
        self,
        kinds: Sequence[str],
        store: EventStore,
        metrics: Metrics,
        evidence: Evidence,
        sandbox: Sandbox,
        stopping: threading.Event,
    ) -> None:
        super().__init__(name=kinds[0])
        self._kinds, self._store, self._metrics, self._stopping = kinds, store, metrics, stopping
        self._evidence, self._sandbox = evidence, sandbox
        self.failed = False
        self._pause = SHORTEST_PAUSE_S

    def run(self) -> None:
        try:
            self._take_jobs()
        except Exception as error:  # noqa: BLE001  # the process ends by it; texts of exceptions are not shown
            self.failed = True
            self._metrics.failures.labels("check", type(error).__name__).inc()
            log.error("check_failed", exc_info=error)
        finally:
            self._stopping.set()

    def _take_jobs(self) -> None:
        with self._store.database.own_connection() as connection:
            log.info("check_started", kinds=list(self._kinds))
            do_each(connection, CHANNEL, self._take, self._do, self._stopping, self._rest)

    def _take(self) -> Job | None:
        return take(self._store.database, self._kinds, LEASE_S)

    def _rest(self) -> None:
        if self._kinds == jobs.LONG:  # who alone uses it
            self._sandbox.rest()

    def _do(self, job: Job) -> None:
        try:
            with renewed(lambda: self._store.execute(hold(job, LEASE_S))):
                outcome = self._attempt(job)
        except (SandboxEnded, ScanFailed) as ended:
            self._metrics.failures.labels("check", type(ended).__name__).inc()
            log.warning(_ENDS[type(ended)], kind=job.kind)
            give_back(self._store.database, job, counted=True)
        except Stopped:
            give_back(self._store.database, job, counted=False)
        except DependencyDown as down:
            self._forgive(job)
            if job.kind in jobs.QUICK or isinstance(down, StoreUnavailable):
                raise
            self._wait_for(down)
        except Exception as error:
            if job.kind in jobs.QUICK and job.attempts < MOST_ENDS:
                raise
            self._put_off(job, error)
        else:
            self._pause = SHORTEST_PAUSE_S
            self._metrics.jobs_done.inc(job.kind, outcome)

    def _wait_for(self, down: DependencyDown) -> None:
        """In this thread alone, longer each time."""
        self._metrics.retries.labels(down.what).inc()
        log.warning("check_waits", what=down.what)
        self._stopping.wait(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_S)

    def _put_off(self, job: Job, error: Exception) -> None:
        """Others have their turn. A quick job has stopped the process often enough, a check had its final outcome:
        then people are told each hour."""
        self._metrics.failures.labels("check", type(error).__name__).inc()
        log.error("job_put_off", kind=job.kind, exc_info=error)
        is_over = job.kind in jobs.QUICK or job.attempts > MOST_ENDS
        put_off(self._store.database, job, PUT_OFF_S if is_over else AGAIN_AFTER_S, counted=True)

    def _attempt(self, job: Job) -> str:
        """A check that ended every attempt gets its final outcome; the other jobs are never given up."""
        match job.kind:
            case jobs.FINISH:
                self._evidence.finishing.finish(job)
            case jobs.FILE:
                self._evidence.filing.file(job)
            case _ if job.attempts > MOST_ENDS:
                log.error("job_given_up", kind=job.kind)
                self._evidence.checking.give_up(job)
                return "final"
            case _:
                self._evidence.checking.check(job, self._sandbox)
        return "answered"

    def _forgive(self, job: Job) -> None:
        try:
            put_off(self._store.database, job, AGAIN_AFTER_S, counted=False)
        except StoreUnavailable:
            log.warning("attempt_stays_counted")
