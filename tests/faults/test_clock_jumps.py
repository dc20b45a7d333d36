"""The services' clock jumps by an hour, and back, while reports come in: each is filed once, and whole.

The clock of our processes alone is moved (`clock/sitecustomize.py`). The parts keep the machine's: a host whose clock
is wrong, among hosts whose clocks are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from contracts.events.intake import LogHeadSigned, ReportSubmitted
from contracts.vocabulary import Route
from hands import until, until_none
from heard import Ear
from ledger import Ledger
from stream import Filed, Stream, reporter_of
from wbs_client import Filing, Problem, PublicApi, TrustedKeys
from wbs_client.proofs import InLog
from wbs_local import launch, services
from wbs_local.launch import Running
from wbs_local.testing import await_keys

pytestmark = pytest.mark.timeout(1200)

MOVED_BY = Path(__file__).parent / "clock"  # a module that Python loads first
HOUR_S = 3600
JUMP_S = HOUR_S + 120  # an hour's head is signed a minute after the hour's end
LATER_S = 3 * JUMP_S  # the hours that a clock ahead went through early are over
PATIENCE_S = 300


@dataclass
class Clock:
    """By how much that of the services differs from the machine's."""

    file: Path

    def set(self, ahead_s: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(ahead_s))
        new.rename(self.file)

    def settings(self) -> dict[str, str]:
        return {"PYTHONPATH": str(MOVED_BY), "WBS_TEST_CLOCK": str(self.file)}


@dataclass
class Jumping:
    """A system with whole hours, its services' clock, and the reports that go on coming in."""

    running: Running
    url: str
    keys: TrustedKeys
    clock: Clock
    ear: Ear
    stream: Stream

    def await_refusal(self) -> None:
        """SeaweedFS takes no call that is dated an hour off: by that it is seen that the jump was felt."""
        until(self._is_refused, 60, "a refusal")

    def _is_refused(self) -> bool:
        filing, reporter = Filing(PublicApi(self.url, patience_s=1), self.keys, Route.INSPEKTORAT), reporter_of(0)
        try:
            filing.open()
            filing.offer_identity(reporter.person, reporter.ktp_photo)
        except Problem as problem:
            return problem.status == 503
        return False


@pytest.fixture(scope="module")
def jumping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jumping]:
    root = tmp_path_factory.mktemp("jumping")
    clock = Clock(root / "clock")
    clock.set(0)
    processes = [each for service in services.PROCESSES for each in services.processes_of(service)]
    made = launch.make_system(root, grain=HOUR_S, settings=dict.fromkeys(processes, clock.settings()))
    with launch.parts_running(made) as running, pytest.MonkeyPatch.context() as patch:
        running.hold_ceremony()
        running.start_services()
        url = f"http://{made.host}:{made.ports['intake']}"
        (_, keys), ear = await_keys(made), Ear(patch)
        stream = Stream(url, keys, wanted=0)
        stream.start()
        yield Jumping(running, url, keys, clock, ear, stream)


@pytest.mark.parametrize("ahead_s", [JUMP_S, -JUMP_S], ids=("ahead", "behind"))
def test_a_clock_may_jump_by_an_hour_and_back(jumping: Jumping, ahead_s: int) -> None:
    jumping.stream.await_another(PATIENCE_S)

    jumping.clock.set(ahead_s)
    jumping.await_refusal()
    jumping.clock.set(0)

    jumping.stream.await_another(PATIENCE_S)


def test_every_report_is_whole_and_none_doubled(jumping: Jumping) -> None:
    filed, ledger = jumping.stream.finish(), Ledger(jumping.running.system)
    jumping.clock.set(LATER_S)
    until_none(lambda: [each for each in ledger.lacking(filed) if "leaf" in each], PATIENCE_S)
    jumping.clock.set(0)

    until_none(lambda: ledger.lacking(filed), PATIENCE_S + 2 * len(filed))

    assert ledger.doubled() == []
    assert jumping.stream.repeats.unexpected == []
    assert jumping.ear.faults() == []
    submitted = {each.subject for each in ledger.envelopes if isinstance(each.data, ReportSubmitted)}
    assert submitted == {each.subject for each in filed}
    heads = [each.data.hour for each in ledger.envelopes if isinstance(each.data, LogHeadSigned)]
    assert heads == sorted(set(heads))
    assert all(_is_proved(each) for each in filed)
    ledger.close()


def _is_proved(report: Filed) -> bool:
    return report.mailbox.read().in_log is InLog.PROVED
