"""What the demo and `wbs_local status` tell: where everything is, who signs in where, before any report is sent."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.clock import Clock
from chassis.telemetry import Metrics, serve_health
from contracts.keys import readable
from test_demo_command import enrol, wbs_local
from wbs_local import demo, guide, launch, services
from wbs_local.launch import Progress
from wbs_local.system import REPOSITORY, System

from chassis import DependencyDown

FINGERPRINT = "A" * 43


@pytest.fixture
def stopped(tmp_path: Path) -> System:
    made = launch.make_system(tmp_path / "demo")
    (made.public / "fingerprint").write_text(FINGERPRINT)
    return made


@pytest.fixture
def running(stopped: System) -> Iterator[System]:
    """With two of its processes: one is ready, one waits."""
    ports = services.metrics_ports(stopped)
    registry = Metrics("toy", Clock()).registry
    stops = [
        serve_health(stopped.host, ports["intake-web"], registry, {"postgres": lambda: None}),
        serve_health(stopped.host, ports["evidence-check"], registry, {"postgres": _down}),
    ]
    yield stopped
    for stop in stops:
        stop()


def _down() -> None:
    raise DependencyDown("postgres")


def line_of(text: str, start: str) -> list[str]:
    return next(line.split() for line in text.splitlines() if line.strip().startswith(start))


def test_every_process_is_named_with_where_it_says_how_it_is(
    running: System, capsys: pytest.CaptureFixture[str]
) -> None:
    guide.show_processes(running)

    told = capsys.readouterr().out
    for process, port in services.metrics_ports(running).items():
        assert line_of(told, process)[1] == f"http://127.0.0.1:{port}/metrics"
    assert line_of(told, "intake-web")[2:] == ["ready"]
    assert line_of(told, "evidence-check")[2:] == ["waits", "for", "postgres"]
    assert line_of(told, "intake-worker")[2:] == ["doesn't", "answer"]
    assert "/healthz and /readyz" in told


def test_the_status_of_a_stopped_system_is_told_too(stopped: System) -> None:
    done = wbs_local("status", "--root", str(stopped.root))

    assert done.returncode == 1
    assert line_of(done.stdout, "kpk-forwarder-send")[2:] == ["doesn't", "answer"]
    assert f"http://127.0.0.1:{stopped.ports['intake']}" in done.stdout
    assert "doesn't run" in done.stderr


def test_who_has_no_page_is_told_the_command_to_sign_in_by(stopped: System, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(stopped, irban1="irban", pengawas1="overseer", operator1="operator")

    guide.show_people(stopped)

    with_pages, _, without = capsys.readouterr().out.partition("no pages yet")
    assert "irban1" in with_pages
    assert "pengawas1" not in with_pages
    assert "operator1" not in with_pages
    assert "pengawas1" in without
    assert "operator1" in without
    assert f"BAO_ADDR=http://127.0.0.1:{stopped.ports['openbao']} .venv/bin/bao login" in without
    assert "-path=staff" in without


def test_addresses_and_sign_ins_come_before_the_reports(stopped: System, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(stopped, irban1="irban")
    told_before: list[str] = []

    def take(_: System, __: Progress) -> None:
        told_before.append(capsys.readouterr().out)

    demo.present(stopped, False, print, take)

    assert "Three reports are sent" in told_before[0]
    for each in (f"http://127.0.0.1:{stopped.ports['intake']}", "irban1", "intake-web", readable(FINGERPRINT)):
        assert each in told_before[0]


@pytest.mark.parametrize(
    ("terminal", "no_color", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_only_a_terminal_gets_colours_and_only_where_they_are_wanted(
    stopped: System, terminal: bool, no_color: str, coloured: bool
) -> None:
    reading, writing = pty.openpty() if terminal else os.pipe()
    command = [sys.executable, "-m", "wbs_local", "demo", "--root", str(stopped.root), "--first-port", "1"]
    environment = {**os.environ, "NO_COLOR": no_color}

    subprocess.run(command, stderr=writing, check=False, cwd=REPOSITORY, env=environment)

    told = os.read(reading, 10_000)
    os.close(writing)
    os.close(reading)
    assert b"keeps its ports" in told
    assert (b"\x1b[" in told) is coloured
