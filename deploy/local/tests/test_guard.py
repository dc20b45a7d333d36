"""The guard of a local system: what its programs leave behind is taken away, and ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wbs_local import launch
from wbs_local.supervisor import Supervisor, runs, write_configuration
from wbs_local.system import Program, System
from wbs_local.testing import eventually

# As bwrap does: it ends before what it began. Waits until that one was taken away, not only ended.
LEAVES_AN_ORPHAN = (
    "orphan=$(bash -c 'sleep 0.2 >/dev/null & echo $!'); while [ -e /proc/$orphan ]; do sleep 0.05; done; "
    "echo taken away; exec sleep infinity"
)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return launch.make_system(tmp_path / "demo")


@pytest.fixture
def supervisor(system: System) -> Iterator[Supervisor]:
    program = Program(name="leaver", command=("bash", "-c", LEAVES_AN_ORPHAN))
    started = Supervisor(system, write_configuration(system, [program], {"leaver": True}))
    yield started
    started.stop()


def test_what_a_program_leaves_is_taken_away_and_no_stranger_to_the_supervisor(
    system: System, supervisor: Supervisor
) -> None:
    log = system.log / "leaver.log"

    eventually(lambda: log.exists() and "taken away" in log.read_text(), 30, "the orphan's end")

    assert "reaped" not in (system.log / "supervisord.log").read_text()


def test_all_ends_with_the_guard(system: System, supervisor: Supervisor) -> None:
    log = system.log / "leaver.log"
    eventually(lambda: log.exists() and "taken away" in log.read_text(), 30, "the program")

    supervisor.process.kill()
    supervisor.process.wait()

    eventually(lambda: not runs(system), 30, "the end of all")
