"""The archive of Kafka's classes, which halves a broker's start: kept once, from any disk, and only whole."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from wbs_local import launch
from wbs_local.parts import kafka
from wbs_local.system import System


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """As a broker writes it when it ends."""
    path = tmp_path_factory.mktemp("archive") / "kafka.jsa"
    options = ["-Xshare:auto", "-Xlog:disable", f"-XX:ArchiveClassesAtExit={path}", "-XX:+UseSerialGC"]
    subprocess.run(["java", *options, "-cp", f"{kafka.LIBS}/*", "kafka.Kafka", "--version"], check=True)
    return path.read_bytes()


@pytest.fixture
def elsewhere() -> Iterator[System]:
    """A system on a disk of its own."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
    yield launch.make_system(folder)
    shutil.rmtree(folder)


def test_the_archive_of_a_system_on_another_disk_is_kept(elsewhere: System, archive: bytes, tmp_path: Path) -> None:
    (elsewhere.run / "kafka.jsa").write_bytes(archive)

    kafka.keep_archive(elsewhere, tmp_path / "kafka.jsa")

    assert [path.name for path in tmp_path.iterdir()] == ["kafka.jsa"]
    assert (tmp_path / "kafka.jsa").read_bytes() == archive


@pytest.mark.parametrize("part", [0, 1000, 10_000_000])
def test_the_part_that_a_killed_broker_leaves_is_not_kept(
    elsewhere: System, archive: bytes, tmp_path: Path, part: int
) -> None:
    """With it every later broker would crash at its start, and nothing but its log would say why."""
    (elsewhere.run / "kafka.jsa").write_bytes(archive[:part])

    kafka.keep_archive(elsewhere, tmp_path / "kafka.jsa")

    assert list(tmp_path.iterdir()) == []


def test_the_one_that_is_kept_stays(elsewhere: System, archive: bytes, tmp_path: Path) -> None:
    (elsewhere.run / "kafka.jsa").write_bytes(archive)
    (tmp_path / "kafka.jsa").write_bytes(b"the first one")

    kafka.keep_archive(elsewhere, tmp_path / "kafka.jsa")

    assert (tmp_path / "kafka.jsa").read_bytes() == b"the first one"
