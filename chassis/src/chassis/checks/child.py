"""The child process of one job: `python -m chassis.checks.child MODULE:FUNCTION`, bytes in, bytes out, in a sandbox.

Hostile bytes are parsed here, so it holds no secret and no connection, and sees no file but code.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from chassis.checks.sandbox import Walls, sandboxed, source_of

MEGABYTE = 1_000_000
ROOM_BYTES = 64 * MEGABYTE


@dataclass(frozen=True)
class Limits:
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
    process = subprocess.Popen(
        _command(function, limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )
    answers: list[bytes] = []
    # Two threads, not communicate(): that keeps whatever the child says, and this process has no limit of memory.
    feeding = threading.Thread(target=_feed, args=(process, content), daemon=True)
    hearing = threading.Thread(target=lambda: answers.append(_hear(process, limits.answer_bytes)), daemon=True)
    feeding.start()
    hearing.start()
    in_time = _wait(hearing, limits.wall_seconds, stopping)
    process.kill()
    process.wait()
    for thread in (feeding, hearing):
        thread.join()
    if stopping.is_set() and not in_time:
        raise Stopped
    if not in_time or process.returncode != 0 or len(answers[0]) > limits.answer_bytes:
        return Ended(process.returncode)
    return answers[0]


def _feed(process: subprocess.Popen[bytes], content: bytes) -> None:
    with suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as stdin:
        stdin.write(content)


def _hear(process: subprocess.Popen[bytes], most: int) -> bytes:
    """What the child says until it has ended, or one byte more than it may say."""
    with cast(IO[bytes], process.stdout) as stdout:
        answer = stdout.read(most + 1)
        if len(answer) <= most:
            process.wait()
    return answer


def _command(function: str, limits: Limits) -> list[str]:
    """Of our code it sees the chassis, the contracts and the function's own package; never the working folder."""
    sources = {str(source_of(package)) for package in ("chassis", "contracts", function.partition(".")[0])}
    code = {folder: Path(folder) for folder in sources if not folder.startswith(sys.prefix)}
    walls = Walls(limits.memory_bytes, limits.cpu_seconds, limits.answer_bytes, ROOM_BYTES)
    inside = (sys.executable, "-s", "-m", "chassis.checks.child", function)
    return sandboxed(inside, walls, code, sorted(sources))


def _wait(hearing: threading.Thread, seconds: float, stopping: threading.Event) -> bool:
    """False: it took too long, or this process is to stop."""
    deadline = time.monotonic() + seconds
    while hearing.is_alive() and time.monotonic() < deadline and not stopping.is_set():
        hearing.join(0.1)
    return not hearing.is_alive()


def main(function: str) -> None:
    from chassis.telemetry.process import harden_process

    harden_process()
    module, _, name = function.partition(":")
    run = cast(Callable[[bytes], bytes], getattr(importlib.import_module(module), name))
    sys.stdout.buffer.write(run(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(*sys.argv[1:])
