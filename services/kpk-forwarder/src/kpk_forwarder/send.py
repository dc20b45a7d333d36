"""`python -m kpk_forwarder send`: carries parcels to KPK and listens to it; a thread each for words, files, and KPK.

Whether KPK can be reached says nothing of this process's health: it goes on trying, for ever.
"""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from chassis.leases import LEASE_S, do_each, renewed
from chassis.object_store import ObjectStoreDown
from chassis.service import Process
from chassis.store import StoreUnavailable
from chassis.telemetry import Hourly, log
from contracts.vocabulary import ParcelKind
from prometheus_client import Gauge

from chassis import DependencyDown
from kpk_forwarder import case_watch, held
from kpk_forwarder.application import Forwarder, Post, Stopped
from kpk_forwarder.bootstrap import bootstrap_post
from kpk_forwarder.held import ToSend
from kpk_forwarder.kpk import Kpk, KpkRefused, KpkUnreachable
from kpk_forwarder.read_model import owed
from kpk_forwarder.settings import ForwarderSettings

SHORTEST_WAIT_SHOWN_S = 60.0
WORDS = (ParcelKind.REPORT, ParcelKind.IDENTITY, ParcelKind.MESSAGE, ParcelKind.NOTICE)
FILES = (ParcelKind.ORIGINAL, ParcelKind.COPY)  # a gigabyte of one report doesn't keep the words of others waiting


def run(process: Process[ForwarderSettings], _: Forwarder) -> int:
    """Returns 0 after SIGTERM, once what is in hand is given back; 1 after an error."""
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    post = bootstrap_post(process)
    threads = [
        *(Carrier(kinds, process, post, Kpk(process.settings), stopping) for kinds in (WORDS, FILES)),
        Listener(process, post, Kpk(process.settings), stopping),
    ]
    show_what_waits(process)
    for thread in threads:
        thread.start()
    log.info("send_started")
    for thread in threads:
        thread.join()
    return 1 if any(thread.failed for thread in threads) else 0


class _Thread(threading.Thread):
    """Works until the process stops; its error stops the process."""

    def __init__(self, name: str, process: Process[ForwarderSettings], stopping: threading.Event) -> None:
        super().__init__(name=name)
        self._process, self._store, self._stopping = process, process.store, stopping
        self.failed = False

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:  # noqa: BLE001  # the process ends by it; texts of exceptions are not shown
            self.failed = True
            self.count(error)
            log.error("send_failed", exc_info=error)
        finally:
            self._stopping.set()

    def work(self) -> None:
        raise NotImplementedError

    def go_on(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def count(self, error: Exception) -> None:
        self._process.metrics.failures.labels(self.name, type(error).__name__).inc()


class Carrier(_Thread):
    """Takes parcels of its kinds, one by one."""

    def __init__(
        self,
        kinds: Sequence[ParcelKind],
        process: Process[ForwarderSettings],
        post: Post,
        kpk: Kpk,
        stopping: threading.Event,
    ) -> None:
        super().__init__("send", process, stopping)
        self._kinds, self._sending, self._kpk = kinds, post.sending, kpk

    def work(self) -> None:
        with self._store.database.own_connection() as connection:
            do_each(connection, held.CHANNEL, self._take, self._carry, self._stopping)

    def _take(self) -> ToSend | None:
        return held.take(self._store, self._kinds, LEASE_S)

    def _carry(self, row: ToSend) -> None:
        try:
            with renewed(lambda: self._store.execute(held.hold(row.parcel_id, LEASE_S))):
                self._sending.send(row, self._kpk, self.go_on)
        except Stopped:
            self._store.execute(held.give_back(row.parcel_id))
        except ObjectStoreDown as down:  # what doesn't lie there goes on
            self._process.metrics.retries.labels(down.what).inc()
            log.warning("parcel_put_off", report_id=str(row.report_id), reason=type(down).__name__)
            self._put_off(row)
        except DependencyDown:
            self._forgive(row)
            raise
        except Exception as error:  # noqa: BLE001  # a mistake of ours over one parcel: the other reports go on
            self.count(error)
            log.error("parcel_put_off", report_id=str(row.report_id), exc_info=error)
            self._put_off(row)

    def _put_off(self, row: ToSend) -> None:
        self._store.execute(held.put_off(row.parcel_id, self._sending.wait(row.attempts)))

    def _forgive(self, row: ToSend) -> None:
        try:
            self._store.execute(held.give_back(row.parcel_id))
        except StoreUnavailable:
            log.warning("parcel_stays_leased")


class Listener(_Thread):
    """Asks KPK now and then what it has to say."""

    def __init__(self, process: Process[ForwarderSettings], post: Post, kpk: Kpk, stopping: threading.Event) -> None:
        super().__init__("listen", process, stopping)
        self._listening, self._kpk = post.listening, kpk

    def work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listening.listen(self._kpk, self.go_on)
            except Stopped:
                return
            except (KpkUnreachable, KpkRefused) as error:
                self.count(error)
                log.warning("kpk_not_heard", reason=type(error).__name__)
            self._stopping.wait(self._process.settings.kpk_poll)


def show_what_waits(process: Process[ForwarderSettings]) -> None:
    """For operators: from 60 s on, and nothing of the hour that runs."""
    metrics = process.metrics

    def parcels() -> float:
        try:
            return owed(process.store, process.clock, datetime.now(UTC)).parcels
        except DependencyDown:
            return math.nan

    def seconds() -> float:
        try:
            waited = owed(process.store, process.clock, datetime.now(UTC)).waited.total_seconds()
        except DependencyDown:
            return math.nan
        return waited if waited >= SHORTEST_WAIT_SHOWN_S else 0.0

    def cases() -> float:
        try:
            return case_watch.missing(process.store, process.clock, datetime.now(UTC))
        except DependencyDown:
            return math.nan

    Gauge(
        f"{metrics.prefix}_cases_missing",
        "Reports to the Inspektorat without a case an hour after their submission",
        registry=metrics.registry,
    ).set_function(cases)
    waiting = Gauge(
        f"{metrics.prefix}_parcels_waiting",
        "Parcels due since an hour that is over, and not signed for by KPK, as the hour began",
        registry=None,
    )
    waiting.set_function(parcels)
    Hourly(metrics.registry, process.clock, waiting.collect)
    Gauge(
        f"{metrics.prefix}_parcel_waiting_seconds",
        "The least that the oldest of them has waited",
        registry=metrics.registry,
    ).set_function(seconds)
