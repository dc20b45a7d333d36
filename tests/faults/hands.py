"""What breaks a whole system from outside: a process killed, stopped, taken away for a while, its children too."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from chassis.testing.harness import eventually as until
from wbs_local.launch import Running
from wbs_local.system import Program

LOOK_EVERY_S = 0.2


def until_none(lacks: Callable[[], Sequence[str]], patience_s: float) -> None:
    """Until nothing is lacking any more; AssertionError with what still is, once patience ends."""
    deadline = time.monotonic() + patience_s
    while lacking := lacks():
        assert time.monotonic() < deadline, f"still lacking after {patience_s} s: {len(lacking)}, as {lacking[:5]}"
        time.sleep(LOOK_EVERY_S)


class Hands:
    """At the processes of `running`, by the names that the supervisor knows."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self.programs: dict[str, Program] = {program.name: program for program in running.programs}

    def kill(self, name: str) -> int:
        """SIGKILL to the process itself: its children are left to themselves, as when memory runs out. Its old pid."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def await_another(self, name: str, old_pid: int, patience_s: float = 60) -> None:
        """Until the supervisor has started it again, and others may rely on it."""
        until(lambda: self.find(name) not in (None, old_pid), patience_s, f"another {name}")
        self.await_ready(name)

    def await_ready(self, name: str) -> None:
        self._running.wait_for([self.programs[name]])

    @contextmanager
    def gone(self, name: str, seconds: float) -> Iterator[None]:
        """Stopped by the supervisor; starts again after the block, `seconds` after its end at the earliest."""
        begun = time.monotonic()
        self._running.supervisor.ask("stop", name)
        try:
            yield
            _wait(begun + seconds - time.monotonic())
        finally:
            self._running.supervisor.start([name])
        self.await_ready(name)

    @contextmanager
    def frozen(self, name: str, seconds: float) -> Iterator[None]:
        """It takes connections and says nothing: SIGSTOP to it and all its children."""
        pids = _tree(self.pid(name))
        begun = time.monotonic()
        _signal(pids, signal.SIGSTOP)
        try:
            yield
            _wait(begun + seconds - time.monotonic())
        finally:
            _signal(pids, signal.SIGCONT)

    @contextmanager
    def full(self, name: str, seconds: float, room_mb: int) -> Iterator[None]:
        """Its data lies on a small disk of its own, which is full during the block, and stays there afterwards:
        `room_mb`, beyond what lies there, is for what follows."""
        self._running.supervisor.ask("stop", name)
        disk = self._onto_small_disk(name, room_mb)
        self._running.supervisor.start([name])
        self.await_ready(name)
        begun = time.monotonic()
        filler = disk / "filler"
        _fill(filler)
        try:
            yield
            _wait(begun + seconds - time.monotonic())
        finally:
            filler.unlink()
        self.await_ready(name)

    def _onto_small_disk(self, name: str, room_mb: int) -> Path:
        """A tmpfs over the data folder, in the guard's view of the system; where it is seen from here."""
        data, guard = self._running.system.data_of(name), self.outer(1)
        script = "; ".join(
            (
                f'set -e; size=$(($(du -sk "$1" | cut -f1) + {room_mb} * 1024))k',
                'mkdir "$1.full"; mount -t tmpfs -o "size=$size,mode=700" none "$1.full"',
                'cp -a "$1/." "$1.full"; mount --move "$1.full" "$1"; rmdir "$1.full"',
            )
        )
        command = ["nsenter", "--user", "--mount", "--preserve-credentials", f"--target={guard}"]
        subprocess.run([*command, "bash", "-c", script, "-", str(data)], check=True, capture_output=True)
        return Path("/proc", str(guard), "root", *data.parts[1:])

    @contextmanager
    def keyless(self, seal_key: Path, seconds: float) -> Iterator[None]:
        """OpenBao is started again without the key that unseals it; with it, after the block."""
        away = seal_key.with_suffix(".away")
        seal_key.rename(away)
        begun, old = time.monotonic(), self.kill("openbao")
        try:
            yield
            _wait(begun + seconds - time.monotonic())
        finally:
            away.rename(seal_key)
        if sealed := self.find("openbao"):  # it looks for its key at its start only
            old = sealed
            os.kill(old, signal.SIGKILL)
        self.await_another("openbao", old)

    def pid(self, name: str) -> int:
        """As this namespace numbers it."""
        found = self.find(name)
        assert found is not None, f"{name} does not run"
        return found

    def find(self, name: str) -> int | None:
        inner = self._running.supervisor.pid_of(name)
        return self._outer(inner) if inner else None

    def outer(self, inner: int) -> int:
        """The pid, as this namespace numbers it, of a process that the system's own numbers `inner`."""
        found = self._outer(inner)
        assert found is not None, f"there is no process {inner}"
        return found

    def _outer(self, inner: int) -> int | None:
        for pid in _tree(self._running.supervisor.process.pid):
            with suppress(OSError):
                status = Path("/proc", str(pid), "status").read_text()
                # One that is just ending has no such line any more.
                numbers = next((line for line in status.splitlines() if line.startswith("NSpid:")), "").split()[1:]
                if numbers[1:2] == [str(inner)]:  # of the system's own namespace, not of a sandbox within it
                    return pid
        return None


def children(pid: int) -> list[int]:
    """Living ones, with theirs."""
    return [each for each in _tree(pid) if each != pid]


def _tree(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The name in brackets may hold spaces and brackets of its own.
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(folder.name))
    found, new = [], [root]
    while new:
        found += new
        new = [child for each in new for child in parents.get(each, ())]
    return found


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _fill(filler: Path) -> None:
    """To the last byte."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(1 << 16)):
            pass


def _wait(seconds: float) -> None:
    """How long a fault lasts is its own business: nothing is awaited."""
    if seconds > 0:
        threading.Event().wait(seconds)
