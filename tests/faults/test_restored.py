"""A whole system is backed up while it runs, brought back to that in part or whole, and goes on; on real parts.

The tests stand in an order: each brings the same system back once more. What one service does after a restore of its
database alone stands with it (`ConsumerContract`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from breaking import LONG
from hands import until, until_none
from ledger import Ledger
from stream import Filed, Repeats, file_one
from wbs_client import Problem, PublicApi, TrustedKeys, fetch_keys
from wbs_local import backup, launch
from wbs_local.backup import BackUp
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running
from wbs_local.parts import postgres
from wbs_local.staff import Caseworker
from wbs_local.system import System
from wbs_local.testing import GRAIN_S

pytestmark = pytest.mark.timeout(1200)
PATIENCE_S = 180


@dataclass
class Drill:
    """A system that is stopped and started; `filed` before the back-up, and later ones."""

    root: Path
    back_up: BackUp
    filed: list[Filed] = field(default_factory=list)
    later: list[Filed] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)
    _numbers: int = 0
    running: Running = field(init=False)
    keys: TrustedKeys = field(init=False)

    @property
    def system(self) -> System:
        return self.running.system

    @property
    def api(self) -> PublicApi:
        return PublicApi(f"http://{self.system.host}:{self.system.ports['intake']}")

    def start(self) -> None:
        made = launch.make_system(self.root, grain=GRAIN_S)
        self.running = self._stack.enter_context(launch.parts_running(made))
        self.running.hold_ceremony()
        self.running.start_services()
        fingerprint = (made.public / "fingerprint").read_text()
        until(lambda: fetch_keys(self.api, fingerprint).checks, 60, "check keys")
        self.keys = fetch_keys(self.api, fingerprint)

    def stop(self) -> None:
        self._stack.close()

    def file(self, number: int) -> list[Filed]:
        """None goes straight to KPK: what KPK got after the back-up, it keeps (ADR 8)."""
        made = []
        for _ in range(number):
            self._numbers += 1
            seed = self._numbers * 5 + 1
            made.append(file_one(self.api, self.keys, seed, Repeats()))
        return made

    def await_all(self, reports: Collection[Filed]) -> None:
        ledger = Ledger(self.system)
        until_none(lambda: ledger.lacking(reports), PATIENCE_S)
        ledger.close()

    def bring_back(self, only: Collection[str] = backup.PARTS, kafka_is_lost: bool = False) -> None:
        self.stop()
        backup.bring_back(System.load(self.root), self.back_up, kafka_is_lost, lambda _: None, only)
        self.start()

    def count(self, database: str, event: str, report: Filed) -> int:
        """How often this event stands in the report's history in a service's own store."""
        query = "SELECT count(*) FROM events WHERE originator_id = %s AND topic LIKE %s"
        with postgres.connect_as_superuser(self.system, database) as connection:
            row = connection.execute(query, (report.filing.report_id, f"%.{event}")).fetchone()
        return int(row[0]) if row else 0

    def is_readable(self, report: Filed) -> bool:
        """By the receipt code, with the promise in the log."""
        try:
            return report.mailbox.read().report_id == report.filing.report_id
        except Problem:
            return False


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("restored")
    drill = Drill(folder / "system", BackUp(folder / "back-up"))
    drill.start()
    try:
        yield drill
    finally:
        drill.stop()


def test_a_back_up_is_taken_while_reports_come_in(drill: Drill) -> None:
    drill.filed = drill.file(2)
    drill.await_all(drill.filed)

    backup.take(drill.system, drill.back_up.folder, lambda _: None)

    assert drill.back_up.is_whole
    drill.later = drill.file(2)
    drill.await_all(drill.later)


def test_older_databases_lose_no_report_that_got_its_202_and_double_none(drill: Drill) -> None:
    drill.bring_back(only=("postgres",))

    until(lambda: all(map(drill.is_readable, (*drill.filed, *drill.later))), PATIENCE_S, "a mailbox")
    new = drill.file(1)
    drill.await_all(new)
    for report in (*drill.filed, *drill.later, *new):
        assert drill.count("intake", "Submitted", report) == 1, report.subject
        until(lambda report=report: drill.count("case_management", "Opened", report) == 1, PATIENCE_S, "a case")  # type: ignore[misc]
    inspektur = Caseworker(
        f"http://{drill.system.host}:{drill.system.ports['case_management']}", Desk(drill.system), "inspektur"
    )
    inspektur.approve_forwarding(drill.later[0].filing.report_id)
    until(lambda: (kpk := drill.later[0].mailbox.read().kpk) is not None and kpk.is_complete, 120, "KPK's receipts")


if LONG:

    def test_lost_topics_are_filled_again_from_the_event_stores(drill: Drill) -> None:
        drill.bring_back(kafka_is_lost=True)

        drill.await_all(drill.filed)
        new = drill.file(1)
        drill.await_all(new)
        assert all(map(drill.is_readable, (*drill.filed, *new)))
        for report in drill.filed:
            assert drill.count("intake", "Submitted", report) == 1
