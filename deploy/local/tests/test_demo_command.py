"""`make demo`, `make reset`: what they say when they can't do what they were asked, and what they then leave alone."""

from __future__ import annotations

import fcntl
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest
from wbs_local import launch
from wbs_local.launch import NotReady, Running
from wbs_local.supervisor import runs
from wbs_local.system import PORT_NAMES, REPOSITORY, Program, System, free_ports

RESET = REPOSITORY / "deploy/local/reset.sh"


@pytest.fixture
def stopped(tmp_path: Path) -> System:
    """A system that was made and doesn't run."""
    return launch.make_system(tmp_path / "demo")


@contextmanager
def held(system: System) -> Iterator[None]:
    """As by the guard of a running system."""
    with (system.run / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def reset(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", str(RESET), str(folder)], capture_output=True, text=True, check=False)


def wbs_local(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wbs_local", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)


def enrol(system: System, **roles: str) -> list[str]:
    """As the ceremony writes people down; their enrolments for one-time codes."""
    urls = [pyotp.TOTP(pyotp.random_base32()).provisioning_uri(name=user) for user in roles]
    people = [
        {
            "user": user,
            "name": "Contoh (nama rekaan)",
            "role": role,
            "password": "x",
            "otpauth_url": url,
            "entity_id": "x",
            "details": {},
        }
        for (user, role), url in zip(roles.items(), urls, strict=True)
    ]
    system.keep_secret("people", "people.json", json.dumps(people))
    return urls


def test_a_system_that_runs_is_not_forgotten(stopped: System) -> None:
    with held(stopped):
        assert runs(stopped)
        done = reset(stopped.root)

    assert done.returncode == 1
    assert "runs" in done.stderr
    assert (stopped.root / "system.json").exists()


def test_a_system_that_is_stopped_is_forgotten_and_once_more_is_no_fault(stopped: System) -> None:
    assert not runs(stopped)

    assert reset(stopped.root).returncode == 0
    assert not stopped.root.exists()
    assert reset(stopped.root).returncode == 0


def test_a_folder_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()

    done = reset(tmp_path)

    assert done.returncode == 1
    assert (tmp_path / "letters").exists()


def test_a_taken_port_is_told_with_its_part_and_what_helps(tmp_path: Path) -> None:
    (first,) = free_ports(["first"]).values()
    with socket.socket() as other:
        other.bind(("127.0.0.1", first + 1))
        other.listen()
        done = wbs_local("demo", "--root", str(tmp_path / "demo"), "--first-port", str(first))

    assert done.returncode == 1
    assert f"port {first + 1}, where {PORT_NAMES[1]} would" in done.stderr
    assert "FIRST_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_system_keeps_its_ports_and_says_so_to_who_asks_for_others(stopped: System) -> None:
    first = stopped.ports[PORT_NAMES[0]]

    with held(stopped):
        others = wbs_local("demo", "--root", str(stopped.root), "--first-port", str(first + 1))
        its_own = wbs_local("demo", "--root", str(stopped.root), "--first-port", str(first))

    assert (others.returncode, its_own.returncode) == (1, 1)
    assert f"keeps its ports, from {first} on" in others.stderr
    assert "make reset" in others.stderr
    assert "the demo runs already" in its_own.stderr


def test_a_second_demo_says_that_one_runs(stopped: System) -> None:
    with held(stopped):
        done = wbs_local("demo", "--root", str(stopped.root))

    assert done.returncode == 1
    assert "the demo runs already" in done.stderr


def test_a_part_that_is_not_ready_is_told_with_the_end_of_its_log(stopped: System) -> None:
    (stopped.log / "kafka.log").write_text("".join(f"line {number}\n" for number in range(100)))

    told = str(NotReady(stopped, "kafka"))

    assert "kafka is not ready" in told
    assert "line 99" in told
    assert "line 1\n" not in told
    assert str(stopped.log / "kafka.log") in told
    assert "(nothing)" in str(NotReady(stopped, "postgres"))


def test_who_waits_in_vain_is_told_why(stopped: System) -> None:
    program = Program(name="never", command=("false",), ready="false")
    (stopped.log / "never.log").write_text("no space left\n")
    running = Running(stopped, [program], NoSupervisor(), launch.silent, patience_s=0)  # type: ignore[arg-type]

    with pytest.raises(NotReady, match="no space left"):
        running.wait_for([program])


class NoSupervisor:
    def raise_if_ended(self) -> None:
        pass


def test_a_fresh_code_is_printed_for_somebody_of_a_system(stopped: System) -> None:
    (url,) = enrol(stopped, contoh="irban")

    first, second = (wbs_local("code", "contoh", "--root", str(stopped.root)).stdout.strip() for _ in range(2))
    stranger = wbs_local("code", "siapa", "--root", str(stopped.root))

    totp = pyotp.parse_uri(url)
    assert isinstance(totp, pyotp.TOTP)
    assert totp.verify(first, valid_window=1)
    assert totp.verify(second, valid_window=1)
    assert first != second
    assert "nobody here is called siapa" in stranger.stderr


def test_without_a_system_there_are_no_codes(tmp_path: Path) -> None:
    done = wbs_local("code", "irban1", "--root", str(tmp_path))

    assert done.returncode == 1
    assert "make demo" in done.stderr


def test_a_node_that_is_too_old_is_said_before_anything_is_installed(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v18.20.4\n")
    node.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    command = ["bash", str(REPOSITORY / "deploy/local/install.sh")]

    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert done.returncode == 1
    assert done.stderr == "Node 20 or later is needed, and v18.20.4 is here. README.md says where it comes from.\n"


@pytest.mark.parametrize("command", ["check-keys", "replay-dead-letters"])
def test_what_needs_a_running_system_says_so(stopped: System, command: str) -> None:
    done = wbs_local(command, "--root", str(stopped.root))

    assert done.returncode == 1
    assert done.stderr == "Error: the system doesn't run: start it first\n"


@pytest.mark.parametrize("target", ["backup", "restore"])
def test_a_folder_that_is_not_named_is_asked_for(target: str) -> None:
    done = subprocess.run(
        ["make", "-o", "install", target], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )

    assert done.returncode == 2
    assert "Say wh" in done.stderr
