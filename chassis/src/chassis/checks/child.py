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
from dataclasses import dataclass
from pathlib import Path
from typing import cast

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
    """This process is to stop; the child was ended and its job is nobody's fault."""


def run_in_child(function: str, content: bytes, limits: Limits, stopping: threading.Event) -> bytes | Ended:
    process = subprocess.Popen(
        _command(function, limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )
    answers: list[bytes] = []
    # In a thread: communicate() with a timeout does not go on sending when it is called again.
    talking = threading.Thread(target=lambda: answers.append(process.communicate(content)[0]), daemon=True)
    talking.start()
    in_time = _wait(talking, limits.wall_seconds, stopping)
    process.kill()
    talking.join()
    process.wait()
    if stopping.is_set() and not in_time:
        raise Stopped
    if not in_time or process.returncode != 0 or len(answers[0]) > limits.answer_bytes:
        return Ended(process.returncode)
    return answers[0]


def _command(function: str, limits: Limits) -> list[str]:
    """Of our code it sees the chassis, the contracts and the function's own package; never the working folder."""
    sources = {str(source_of(package)) for package in ("chassis", "contracts", function.partition(".")[0])}
    code = {folder: Path(folder) for folder in sources if not folder.startswith(sys.prefix)}
    walls = Walls(limits.memory_bytes, limits.cpu_seconds, limits.answer_bytes, ROOM_BYTES)
    inside = (sys.executable, "-s", "-m", "chassis.checks.child", function)
    return sandboxed(inside, walls, code, sorted(sources))


def _wait(talking: threading.Thread, seconds: float, stopping: threading.Event) -> bool:
    """False: it took too long, or this process is to stop."""
    deadline = time.monotonic() + seconds
    while talking.is_alive() and time.monotonic() < deadline and not stopping.is_set():
        talking.join(0.1)
    return not talking.is_alive()


def main(function: str) -> None:
    from chassis.telemetry.process import harden_process

    harden_process()
    module, _, name = function.partition(":")
    run = cast(Callable[[bytes], bytes], getattr(importlib.import_module(module), name))
    sys.stdout.buffer.write(run(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(*sys.argv[1:])
