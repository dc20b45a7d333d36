"""`make backup`, `make restore`: what they refuse, and what a restore changes of a system's folder."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest
from wbs_local import backup, launch, services
from wbs_local.backup import BackUp, NotPossible
from wbs_local.system import System


def silent(_: str) -> None:
    pass


@pytest.fixture
def stopped(tmp_path: Path) -> System:
    """A system that was made and doesn't run, with some data."""
    system = launch.make_system(tmp_path / "system")
    for part, name in (("postgres", "base"), ("openbao/raft", "raft.db"), ("seaweedfs", "1.dat"), ("kafka", "log")):
        folder = system.data_of(part)
        folder.mkdir(parents=True)
        (folder / name).write_text("younger")
    (system.data_of("openbao") / "audit").mkdir()
    (system.data_of("openbao") / "audit" / "first.jsonl").write_text("what was looked at")
    return system


@pytest.fixture
def back_up(stopped: System, tmp_path: Path) -> BackUp:
    """As `take` leaves one, of older data."""
    folder = tmp_path / "back-up"
    for part, name in (("postgres", "base"), ("openbao", "raft.db"), ("seaweedfs", "1.dat")):
        (folder / part).mkdir(parents=True)
        (folder / part / name).write_text("older")
    (folder / "secrets").mkdir()
    (folder / "public").mkdir()
    (folder / "system.json").write_text((stopped.root / "system.json").read_text())
    return BackUp(folder)


def test_a_system_that_does_not_run_is_not_backed_up(stopped: System, tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="doesn't run"):
        backup.take(stopped, tmp_path / "new", silent)

    assert not (tmp_path / "new").exists()


def test_a_back_up_is_never_written_over_another(stopped: System, back_up: BackUp) -> None:
    with pytest.raises(NotPossible, match="there already"):
        backup.take(stopped, back_up.folder, silent)


def test_a_system_that_runs_is_not_brought_back(stopped: System, back_up: BackUp) -> None:
    with (stopped.run / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(NotPossible, match="runs"):
            backup.bring_back(stopped, back_up, False, silent)

    assert (stopped.data_of("postgres") / "base").read_text() == "younger"


def test_a_part_of_a_back_up_is_none(stopped: System, back_up: BackUp) -> None:
    (back_up.folder / "seaweedfs").rename(back_up.folder / "elsewhere")

    with pytest.raises(NotPossible, match="no back-up"):
        backup.bring_back(stopped, back_up, False, silent)

    assert (stopped.data_of("postgres") / "base").read_text() == "younger"


def test_what_is_brought_back_reads_every_topic_again(stopped: System, back_up: BackUp) -> None:
    restored = backup.bring_back(stopped, back_up, False, silent)

    assert (stopped.data_of("postgres") / "base").read_text() == "older"
    assert (stopped.data_of("openbao") / "raft" / "raft.db").read_text() == "older"
    assert (stopped.data_of("seaweedfs") / "1.dat").read_text() == "older"
    assert System.load(stopped.root) == restored
    assert services.environment(restored, "intake-worker")["WBS_EPOCH"] == "2"
    assert (stopped.data_of("kafka") / "log").read_text() == "younger"
    assert not restored.publish_again


def test_what_was_looked_at_stays_known(stopped: System, back_up: BackUp) -> None:
    backup.bring_back(stopped, back_up, False, silent)

    assert (stopped.data_of("openbao") / "audit" / "first.jsonl").read_text() == "what was looked at"


def test_lost_topics_are_published_again(stopped: System, back_up: BackUp) -> None:
    assert backup.bring_back(stopped, back_up, True, silent).publish_again
    assert not stopped.data_of("kafka").exists()


def test_a_new_machine_gets_the_system_that_was(back_up: BackUp, stopped: System, tmp_path: Path) -> None:
    system = backup.system_for(tmp_path / "new machine", back_up)
    restored = backup.bring_back(system, back_up, True, silent)

    assert restored.ports == stopped.ports
    assert (restored.data_of("postgres") / "base").read_text() == "older"


def test_a_second_restore_from_the_same_back_up_is_another_epoch(stopped: System, back_up: BackUp) -> None:
    for _ in range(2):
        backup.bring_back(backup.system_for(stopped.root, back_up), back_up, False, silent)

    assert System.load(stopped.root).epoch == 3


def test_a_system_that_was_made_before_there_were_epochs_is_in_its_first(stopped: System) -> None:
    stored = json.loads((stopped.root / "system.json").read_text())
    (stopped.root / "system.json").write_text(json.dumps({"ports": stored["ports"], "grain": stored["grain"]}))

    assert System.load(stopped.root).epoch == 1


def test_one_part_alone_may_be_brought_back(stopped: System, back_up: BackUp) -> None:
    backup.bring_back(stopped, back_up, False, silent, only=("openbao",))

    assert (stopped.data_of("openbao") / "raft" / "raft.db").read_text() == "older"
    assert (stopped.data_of("postgres") / "base").read_text() == "younger"
