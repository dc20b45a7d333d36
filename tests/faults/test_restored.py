"""A whole system is backed up while it runs, brought back to that in part or whole, and goes on; on real parts.

The tests stand in an order: each brings the same system back once more. What one service does after a restore of its
database alone stands with it (`ConsumerContract`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from breaking import LONG
from contracts.events import encode
from contracts.events.forwarding import ReportDelivered
from contracts.events.identity import ReportErased
from contracts.vocabulary import ParcelKind
from hands import until, until_none
from kafka import KafkaProducer
from ledger import Ledger
from stream import Filed, Repeats, file_one
from wbs_client import Problem, PublicApi, TrustedKeys
from wbs_client.proofs import InLog
from wbs_local import backup, launch, services, walls
from wbs_local.backup import BackUp
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running
from wbs_local.parts import kafka, postgres
from wbs_local.staff import Caseworker
from wbs_local.system import System
from wbs_local.testing import GRAIN_S, await_keys

pytestmark = pytest.mark.timeout(1200)
PATIENCE_S = 180


@dataclass
class Drill:
    """A system that is stopped and started; `filed` before the back-up, `later` after it."""

    root: Path
    back_up: BackUp
    filed: list[Filed] = field(default_factory=list)
    later: list[Filed] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)
    _numbers: int = 0
    running: Running = field(init=False)
    api: PublicApi = field(init=False)
    keys: TrustedKeys = field(init=False)

    @property
    def system(self) -> System:
        return self.running.system

    def start(self) -> None:
        made = launch.make_system(self.root, grain=GRAIN_S)
        self.running = self._stack.enter_context(launch.parts_running(made))
        self.running.hold_ceremony()
        self.running.start_services()
        self.api, self.keys = await_keys(made)

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

    def inspektur(self) -> Caseworker:
        url = f"http://{self.system.host}:{self.system.ports['case_management']}"
        return Caseworker(url, Desk(self.system), "inspektur")

    def check_keys(self) -> str:
        """As an operator does after a restore."""
        return launch.run_command(self.system, "intake", "intake-worker", "check-keys", may_fail=True)

    def destroy_key(self, report: Filed) -> None:
        """By two people."""
        desk, path = Desk(self.system), f"reports/keys/{report.subject}"
        desk.act("superadmin", "pengawas1", "post", f"{path}/config", {"deletion_allowed": "true"})
        desk.act("superadmin", "pengawas1", "delete", path)

    def tell_erased(self, report: Filed) -> None:
        """As the console will, which isn't built."""
        told = ReportErased(report_id=report.filing.report_id, route=report.filing.route)
        message = encode(told, uuid4(), datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
        writer = next(each.writer for each in walls.topics() if each.name == message.topic)
        producer = KafkaProducer(**kafka.login_of(self.system, writer), acks="all")
        sent = producer.send(message.topic, key=message.key, value=message.value, headers=list(message.headers))
        sent.get(timeout=30)
        producer.close()

    def replay_dead_letters(self) -> None:
        for service in services.PROCESSES:
            launch.run_command(self.system, service, f"{service}-worker", "replay-dead-letters", may_fail=True)

    def told_kpk_by_notice(self, reports: Collection[Filed]) -> None:
        """Until KPK has signed for a notice about each of them."""
        ledger = Ledger(self.system)
        until_none(lambda: [each.subject for each in reports if not _has_notice(ledger, each)], PATIENCE_S)
        ledger.close()

    def is_readable(self, report: Filed) -> bool:
        """By the receipt code, with the promise in the log."""
        try:
            return report.mailbox.read().report_id == report.filing.report_id
        except Problem:
            return False


def _has_notice(ledger: Ledger, report: Filed) -> bool:
    ledger.read_on()
    delivered = [each for each in ledger.of(report.subject) if isinstance(each, ReportDelivered)]
    return any(each.parcel is ParcelKind.NOTICE for each in delivered)


def ids(reports: Collection[Filed]) -> set[UUID]:
    return {each.filing.report_id for each in reports}


def named(said: str, words: str) -> set[UUID]:
    """The reports of which `check-keys` said so."""
    return {UUID(line.partition(":")[0]) for line in said.splitlines() if words in line.partition(": ")[2]}


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
    drill.later += drill.file(1)
    drill.await_all(drill.later)
    for report in (*drill.filed, *drill.later):
        assert drill.count("intake", "Submitted", report) == 1, report.subject
        until(lambda report=report: drill.count("case_management", "Opened", report) == 1, PATIENCE_S, "a case")  # type: ignore[misc]
    approved = drill.later[0]
    drill.inspektur().approve_forwarding(approved.filing.report_id)
    until(lambda: (kpk := approved.mailbox.read().kpk) is not None and kpk.is_complete, 120, "KPK's receipts")


def test_an_older_openbao_names_the_reports_whose_key_is_lost_and_those_to_be_erased_again(drill: Drill) -> None:
    kept, erased = drill.filed
    drill.destroy_key(erased)
    drill.tell_erased(erased)
    until(lambda: erased.mailbox.read().is_erased, PATIENCE_S, "the erasure")

    drill.bring_back(only=("openbao",))

    said = drill.check_keys()
    assert named(said, "the key is lost") == ids(drill.later)
    assert named(said, "was erased and has its key again") == ids([erased])
    assert str(kept.filing.report_id) not in said
    for report in drill.later:
        until(lambda report=report: "key_lost" in _timeline(report), PATIENCE_S, "a word to the reporter")  # type: ignore[misc]
        assert report.mailbox.read().in_log is InLog.PROVED
    drill.told_kpk_by_notice(drill.later)
    drill.destroy_key(erased)
    assert named(drill.check_keys(), "was erased") == set()
    new = drill.file(1)
    drill.await_all(new)
    drill.later += new


def test_everything_older_loses_no_report_doubles_none_and_says_what_cannot_be_taken_back(drill: Drill) -> None:
    kept, erased = drill.filed
    newest = drill.later[-1]

    drill.bring_back()

    assert drill.is_readable(kept)
    until(lambda: not any(drill.count("intake", "Submitted", each) != 1 for each in drill.later), PATIENCE_S, "all")
    drill.told_kpk_by_notice([newest])
    until(lambda: named(drill.check_keys(), "an erasure is told") == ids([erased]), PATIENCE_S, "an erasure that waits")
    assert named(drill.check_keys(), "the key is lost") == ids(drill.later)
    assert not any(map(drill.is_readable, drill.later))  # their mailboxes lie under the keys
    for report in (*drill.filed, *drill.later):
        assert drill.count("intake", "Submitted", report) == 1, report.subject
        until(lambda report=report: drill.count("case_management", "Opened", report) == 1, PATIENCE_S, "a case")  # type: ignore[misc]
    drill.destroy_key(erased)
    drill.replay_dead_letters()
    assert erased.mailbox.read().is_erased
    assert named(drill.check_keys(), "eras") == set()
    new = drill.file(1)
    drill.await_all(new)
    drill.filed = [kept, *new]


def _timeline(report: Filed) -> list[str]:
    return [each.what for each in report.mailbox.read().timeline]


if LONG:

    def test_lost_topics_are_filled_again_from_the_event_stores(drill: Drill) -> None:
        drill.bring_back(only=(), kafka_is_lost=True)

        drill.await_all(drill.filed)
        new = drill.file(1)
        drill.await_all(new)
        assert all(map(drill.is_readable, (*drill.filed, *new)))
        for report in (*drill.filed, *drill.later, *new):
            assert drill.count("intake", "Submitted", report) == 1
            assert drill.count("case_management", "Opened", report) == 1
