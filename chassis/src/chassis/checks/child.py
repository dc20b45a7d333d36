"""The child process of one job: `python -m chassis.checks.child MODULE:FUNCTION`, bytes in, bytes out, under limits.

Hostile bytes are parsed here, so it holds no secret and no connection, and its environment is empty.
"""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import cast

MEGABYTE = 1_000_000


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
        [sys.executable, "-m", "chassis.checks.child", function, json.dumps(asdict(limits))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), "LANG": "C.UTF-8"},
        close_fds=True,
    )
    try:
        answer = _communicate(process, content, limits, stopping)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0 or len(answer) > limits.answer_bytes:
        return Ended(process.returncode)
    return answer


def _communicate(process: subprocess.Popen[bytes], content: bytes, limits: Limits, stopping: threading.Event) -> bytes:
    deadline = time.monotonic() + limits.wall_seconds
    given: bytes | None = content
    while time.monotonic() < deadline:
        if stopping.is_set():
            raise Stopped
        try:
            return process.communicate(given, timeout=0.2)[0]
        except subprocess.TimeoutExpired:
            given = None  # it goes on with what it was given
    return b""


def limit_this_process(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.answer_bytes, limits.answer_bytes))


def main(function: str, limits: str) -> None:
    from chassis.telemetry.process import harden_process

    harden_process()
    limit_this_process(Limits(**json.loads(limits)))
    module, _, name = function.partition(":")
    run = cast(Callable[[bytes], bytes], getattr(importlib.import_module(module), name))
    sys.stdout.buffer.write(run(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(*sys.argv[1:])
