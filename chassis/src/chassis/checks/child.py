"""The limited child process of one job: bytes in, bytes out, in a sandbox whose libraries are loaded already.

Hostile bytes are parsed in the child, so it holds no secret and no connection, and sees no file but code. It is forked
from `chassis.checks.nursery`, which waits in the sandbox and never sees a byte of a job.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chassis.checks.sandbox import Walls, sandboxed, source_of

MEGABYTE = 1_000_000
ROOM_BYTES = 64 * MEGABYTE
MOST_JOBS = 200
REST_AFTER_S = 60.0
STATUS = struct.Struct("<i?")  # the child's exit code; whether its sandbox is fit for another


@dataclass(frozen=True)
class Limits:
    """Of each child; `wall_seconds` with the loading of what it needs."""

    memory_bytes: int = 1_000 * MEGABYTE
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    answer_bytes: int = 64 * MEGABYTE


@dataclass(frozen=True)
class Ended:
    """The child ended without an answer: killed, out of memory or time, or by an error of its own."""

    code: int


class Stopped(Exception):
    """This process is to stop; what reads hostile bytes was ended, and its job is nobody's fault."""


def run_in_child(function: str, content: bytes, limits: Limits, stopping: threading.Event) -> bytes | Ended:
    """Once, in a sandbox of its own."""
    children = Children(function, limits)
    try:
        return children.run(content, stopping)
    finally:
        children.close()


class Children:
    """Runs `function` ("package.module:name", bytes -> bytes) in a new child for each job, one job at a time.

    The sandbox stays for the next job, is replaced when a job ended it, left anything in it, or after MOST_JOBS, and
    ends when there was no job for REST_AFTER_S.
    """

    def __init__(self, function: str, limits: Limits) -> None:
        self._function, self._limits = function, limits
        self._sandbox: _Sandbox | None = None
        self._jobs = 0
        self._last = time.monotonic()

    def run(self, content: bytes, stopping: threading.Event) -> bytes | Ended:
        if self._sandbox is None or self._jobs >= MOST_JOBS:
            self.close()
            self._sandbox, self._jobs = _Sandbox(_command(self._function, self._limits)), 0
        self._jobs += 1
        try:
            answer = self._sandbox.run(content, self._limits, stopping)
        except BaseException:
            self.close()
            raise
        if not self._sandbox.is_fit:
            self.close()
        self._last = time.monotonic()
        return answer

    def rest(self) -> None:
        """To be called now and then while there is no job."""
        if time.monotonic() - self._last > REST_AFTER_S:
            self.close()

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None


class _Sandbox:
    """A nursery in its walls, told of each job by two pipes' ends: the child's input and its answer."""

    def __init__(self, command: list[str]) -> None:
        self.is_fit = True
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                pass_fds=(theirs.fileno(),),
            )

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._ours.close()

    def run(self, content: bytes, limits: Limits, stopping: threading.Event) -> bytes | Ended:
        until = time.monotonic() + limits.wall_seconds
        answers: list[bytes] = []
        # Two threads, so that a child that neither reads nor writes keeps nobody; what it says is bounded.
        given, answered = self._begin()
        feeding = threading.Thread(target=_feed, args=(given, content), daemon=True)
        hearing = threading.Thread(target=_hear, args=(answered, limits.answer_bytes, answers), daemon=True)
        feeding.start()
        hearing.start()
        in_time = _wait(hearing, until, stopping)
        code = self._code(until) if in_time and len(answers[0]) <= limits.answer_bytes else -signal.SIGKILL
        if code != 0:
            self.is_fit = False
            self.close()
        for thread in (feeding, hearing):
            thread.join()
        if stopping.is_set() and not in_time:
            raise Stopped
        return answers[0] if code == 0 else Ended(code)

    def _begin(self) -> tuple[int, int]:
        """Tells the nursery of a job; our ends of its pipes."""
        (input_of_child, given), (answered, output_of_child) = os.pipe(), os.pipe()
        with suppress(OSError):  # it has ended: the job then has no answer
            socket.send_fds(self._ours, [b"j"], [input_of_child, output_of_child])
        os.close(input_of_child)
        os.close(output_of_child)
        return given, answered

    def _code(self, until: float) -> int:
        """The child's exit code; negative: the signal that ended it, or the nursery with it."""
        self._ours.settimeout(max(until - time.monotonic(), 0.001))
        try:
            told = self._ours.recv(STATUS.size)
        except OSError:
            told = b""
        code, self.is_fit = STATUS.unpack(told) if len(told) == STATUS.size else (-signal.SIGKILL, False)
        return int(code)


def _feed(given: int, content: bytes) -> None:
    with suppress(BrokenPipeError), os.fdopen(given, "wb") as pipe:
        pipe.write(content)


def _hear(answered: int, most: int, answers: list[bytes]) -> None:
    """What the child says until it has ended, or one byte more than it may say."""
    with os.fdopen(answered, "rb") as pipe:
        answers.append(pipe.read(most + 1))


def _wait(hearing: threading.Thread, until: float, stopping: threading.Event) -> bool:
    """False: it took too long, or this process is to stop."""
    while hearing.is_alive() and time.monotonic() < until and not stopping.is_set():
        hearing.join(0.1)
    return not hearing.is_alive()


def _command(function: str, limits: Limits) -> list[str]:
    """Of our code it sees the chassis, the contracts and the function's own package; never the working folder."""
    sources = {str(source_of(package)) for package in ("chassis", "contracts", function.partition(".")[0])}
    code = {folder: Path(folder) for folder in sources if not folder.startswith(sys.prefix)}
    walls = Walls(limits.memory_bytes, limits.cpu_seconds, limits.answer_bytes, ROOM_BYTES)
    inside = (sys.executable, "-s", "-m", "chassis.checks.nursery", function)
    return sandboxed(inside, walls, code, sorted(sources))
