"""The limited child process of one job, in a sandbox whose libraries are loaded already: a stream in, a stream out.

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import BinaryIO

from chassis.checks.sandbox import Walls, sandboxed, source_of

MEGABYTE = 1_000_000
MOST_JOBS = 200
REST_AFTER_S = 60.0
ENDS_S = 2.0
STATUS = struct.Struct("<i?")  # the child's exit code; whether its sandbox is fit for another


@dataclass(frozen=True)
class Limits:
    """Of each child; `wall_seconds` with the loading of what it needs; `room_bytes` of its file system, in memory."""

    memory_bytes: int = 1_000 * MEGABYTE
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    answer_bytes: int = 64 * MEGABYTE
    room_bytes: int = 64 * MEGABYTE


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
    """Runs `function` ("package.module:name") in a new child for each job, one job at a time.

    It takes two binary streams, the job's content and where its answer goes. The sandbox stays for the next job; it is
    replaced when a job ended badly or left what can't be removed, and after MOST_JOBS, and ends when there was no job
    for REST_AFTER_S.
    """

    def __init__(self, function: str, limits: Limits) -> None:
        self._function, self._limits = function, limits
        self._sandbox: _Sandbox | None = None
        self._jobs = 0
        self._last = time.monotonic()

    @contextmanager
    def job(self, stopping: threading.Event) -> Iterator[Job]:
        """The child is gone when the block is left: whoever has not asked for its code ends it, and its sandbox."""
        if self._sandbox is None or self._jobs >= MOST_JOBS:
            self.close()
            self._sandbox, self._jobs = _Sandbox(_command(self._function, self._limits)), 0
        self._jobs += 1
        try:
            with self._sandbox.job(self._limits.wall_seconds, stopping) as job:
                yield job
        finally:
            self._last = time.monotonic()
            if not self._sandbox.is_fit:
                self.close()

    def run(self, content: bytes, stopping: threading.Event) -> bytes | Ended:
        """For what fits into memory."""
        with self.job(stopping) as job:
            # In a thread: a child that writes before it reads keeps nobody.
            feeding = threading.Thread(target=_feed, args=(job.content, content), daemon=True)
            feeding.start()
            answer = job.answer.read(self._limits.answer_bytes + 1)
            code = job.code() if len(answer) <= self._limits.answer_bytes else job.kill()
            feeding.join()
        if code != 0 and stopping.is_set():
            raise Stopped
        return answer if code == 0 else Ended(code)

    def rest(self) -> None:
        """To be called now and then while there is no job."""
        if time.monotonic() - self._last > REST_AFTER_S:
            self.close()

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None


@dataclass(frozen=True)
class Job:
    """A child at work. `code`: waits for its end; negative: the signal that ended it, or its sandbox with it."""

    content: BinaryIO
    answer: BinaryIO
    code: Callable[[], int]
    kill: Callable[[], int]


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
        """It ends by itself once nobody can tell it of a job any more; so what it used is counted as its parent's."""
        self._ours.close()
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()

    @contextmanager
    def job(self, seconds: float, stopping: threading.Event) -> Iterator[Job]:
        over, codes = threading.Event(), list[int]()
        watch = threading.Thread(target=self._watch, args=(seconds, stopping, over), daemon=True)
        content, answer = self._begin()
        watch.start()
        try:
            yield Job(content, answer, lambda: self._code(codes), self._kill)
        finally:
            if not codes:
                self._kill()
            over.set()
            watch.join()
            close(content)
            close(answer)

    def _begin(self) -> tuple[BinaryIO, BinaryIO]:
        """Tells the nursery of a job; our ends of its pipes."""
        (input_of_child, content), (answer, output_of_child) = os.pipe(), os.pipe()
        with suppress(OSError):  # it has ended: the job then has no answer
            socket.send_fds(self._ours, [b"j"], [input_of_child, output_of_child])
        os.close(input_of_child)
        os.close(output_of_child)
        return os.fdopen(content, "wb"), os.fdopen(answer, "rb")

    def _code(self, codes: list[int]) -> int:
        """Told once; the watch ends a wait in vain."""
        if not codes:
            told = self._heard()
            code, is_fit = STATUS.unpack(told) if len(told) == STATUS.size else (-signal.SIGKILL, False)
            self.is_fit = self.is_fit and is_fit and code == 0
            codes.append(code)
        return codes[0]

    def _heard(self) -> bytes:
        """Less than a status where the sandbox has ended."""
        try:
            return self._ours.recv(STATUS.size)
        except ConnectionResetError:
            return b""

    def _kill(self) -> int:
        self.is_fit = False
        self._process.kill()
        return -signal.SIGKILL

    def _watch(self, seconds: float, stopping: threading.Event, over: threading.Event) -> None:
        until = time.monotonic() + seconds
        while not over.wait(0.1):
            if stopping.is_set() or time.monotonic() > until:
                self._kill()


def whole(function: Callable[[bytes], bytes]) -> Callable[[BinaryIO, BinaryIO], None]:
    """What a child runs, from a function of bytes: for what fits into memory."""

    @wraps(function)
    def streamed(content: BinaryIO, answer: BinaryIO) -> None:
        answer.write(function(content.read()))

    return streamed


def _feed(stream: BinaryIO, content: bytes) -> None:
    with suppress(BrokenPipeError):
        stream.write(content)
    close(stream)


def close(stream: BinaryIO) -> None:
    """What a child that has ended did not take is nobody's."""
    with suppress(BrokenPipeError):
        stream.close()


def _command(function: str, limits: Limits) -> list[str]:
    """Of our code it sees the chassis, the contracts and the function's own package; never the working folder."""
    sources = {str(source_of(package)) for package in ("chassis", "contracts", function.partition(".")[0])}
    code = {folder: Path(folder) for folder in sources if not folder.startswith(sys.prefix)}
    walls = Walls(limits.memory_bytes, limits.cpu_seconds, limits.room_bytes, limits.room_bytes)
    inside = (sys.executable, "-s", "-m", "chassis.checks.nursery", function)
    return sandboxed(inside, walls, code, sorted(sources))
