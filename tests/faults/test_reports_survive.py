"""While reports come in, everything is killed, taken away, frozen or filled up in turn: each is filed once, and whole.

The tests stand in an order: all of them strike at one system, and the last ones look at what became of the reports.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from breaking import FROZEN_S, GONE_S, LONG, REPORTS, Broken
from contracts.vocabulary import Route
from hands import children, until, until_none
from ledger import Ledger
from wbs_client import Filing, Problem, PublicApi
from wbs_local import services
from wbs_local.ceremony.desk import Desk
from wbs_local.parts import postgres
from wbs_local.staff import Caseworker

pytestmark = pytest.mark.timeout(3600)

# The last two at once: neither needs the other.
PARTS = (("postgres",), ("kafka",), ("openbao",), ("seaweedfs",), ("clamav", "kpk-sandbox"))
OURS = tuple(services.processes_of(service) for service in services.PROCESSES)
APPROVED = 3
STILL_IN_USE = "pre-existing shared memory block"
# How each says in its log that it met a full disk. OpenBao does nothing that it can't write into its audit log.
NO_ROOM = {
    "postgres": "could not write|No space left on device",
    "kafka": "No space left on device",
    "openbao": "no audit backend succeeded in logging",
    "seaweedfs": "no space left on device",
}
ROOM_MB = 256 + REPORTS  # OpenBao writes a quarter of a megabyte a report into its two audit logs
FILLED = tuple(NO_ROOM) if LONG else ("postgres",)
PATIENCE_S = 180 + REPORTS  # checks take about a second a report on two cores


@pytest.mark.parametrize("names", [*OURS, *PARTS], ids="+".join)
def test_killed_processes_are_started_again_and_leave_nothing_behind(broken: Broken, names: Sequence[str]) -> None:
    hands = broken.hands
    left = [child for name in names for child in children(hands.pid(name))]
    old = {name: hands.kill(name) for name in names}

    for name, pid in old.items():
        hands.await_another(name, pid)

    until(lambda: not any(Path("/proc", str(pid)).exists() for pid in left), 60, "the end of the killed ones' children")


def test_a_killed_postgresql_waits_for_those_of_its_backends_that_still_write(broken: Broken) -> None:
    """Two servers at one folder would spoil it."""
    system, hands = broken.running.system, broken.hands
    log = system.log / "postgres.log"
    told = log.read_text(errors="replace").count(STILL_IN_USE)
    with postgres.connect_as_superuser(system) as connection:
        backend = hands.outer(connection.info.backend_pid)
        os.kill(backend, signal.SIGSTOP)
        old = hands.kill("postgres")

        until(lambda: log.read_text(errors="replace").count(STILL_IN_USE) > told, 60, "a refused start")

        os.kill(backend, signal.SIGCONT)
        hands.await_another("postgres", old)
        hands.await_ready("postgres")


@pytest.mark.parametrize("names", PARTS, ids="+".join)
def test_a_part_may_be_gone_for_a_while(broken: Broken, names: Sequence[str]) -> None:
    with ExitStack() as gone:
        for name in names:
            gone.enter_context(broken.hands.gone(name, GONE_S))
        mark = broken.ear.count()
        until(lambda: broken.ear.count() > mark, 60, "an answer meanwhile")

    broken.ear.await_service()


@pytest.mark.parametrize("name", ["openbao", "postgres", "seaweedfs", "kafka"])
def test_a_part_may_be_slow(broken: Broken, name: str) -> None:
    with broken.hands.frozen(name, FROZEN_S):
        mark = broken.ear.count()
        until(lambda: broken.ear.count() > mark, 60, "an answer meanwhile")

    broken.ear.await_service()


def test_openbao_may_stay_sealed_for_a_while(broken: Broken) -> None:
    """Nobody's token may seal it (`sys/seal`): it is sealed when it starts without its key."""
    system = broken.running.system
    impatient = PublicApi(f"http://{system.host}:{system.ports['intake']}", patience_s=0.1)

    with (
        broken.hands.keyless(system.secrets_of("openbao") / "unseal-1.key", GONE_S),
        pytest.raises(Problem) as refused,
    ):
        Filing(impatient, broken.keys, Route.INSPEKTORAT).open()

    assert refused.value.status == 503
    broken.ear.await_service()


@pytest.mark.parametrize("name", FILLED)
def test_a_disk_may_be_full_for_a_while(broken: Broken, name: str) -> None:
    log = broken.running.system.log / f"{name}.log"

    def met_it() -> int:
        return len(re.findall(NO_ROOM[name], log.read_text(errors="replace")))

    before = met_it()
    with broken.hands.full(name, GONE_S, ROOM_MB):
        until(lambda: met_it() > before, 120, f"{name} without room")

    broken.stream.await_another(PATIENCE_S)


def test_every_report_got_its_202(broken: Broken) -> None:
    filed = broken.stream.finish()

    assert broken.stream.failures == []
    assert broken.stream.repeats.unexpected == []
    assert len(filed) >= REPORTS
    print(f"{len(filed)} reports; clients asked again: {broken.stream.repeats.told}")


def test_every_report_is_worked_on_to_the_end(broken: Broken, ledger: Ledger) -> None:
    until_none(lambda: ledger.lacking(broken.stream.filed), PATIENCE_S)


def test_receipts_of_the_approved_come_back(broken: Broken) -> None:
    system = broken.running.system
    inspektur = Caseworker(f"http://{system.host}:{system.ports['case_management']}", Desk(system), "inspektur")
    approved = [each for each in broken.stream.filed if each.filing.route.value == "inspektorat"][:APPROVED]
    for each in approved:
        inspektur.approve_forwarding(each.filing.report_id)

    for each in approved:
        until(lambda each=each: (kpk := each.mailbox.read().kpk) is not None and kpk.is_complete, 120, "a receipt")  # type: ignore[misc]


def test_nothing_was_done_twice(broken: Broken, ledger: Ledger) -> None:
    ledger.read_on()

    assert ledger.doubled() == []
    submitted = {each.subject for each in ledger.envelopes if each.type.endswith("ReportSubmitted.v1")}
    assert submitted == {each.subject for each in broken.stream.filed}


def test_whoever_could_not_be_served_was_told_so_in_plain_words(broken: Broken) -> None:
    assert broken.ear.faults() == []
    refused = [each for each in broken.ear.since(0) if each.status == 503]
    assert {each.language for each in refused} == {"id", "en"}
