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
        # Without byte code: the limit on files would cut what Python writes of a module, and break it for everybody.
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        close_fds=True,
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


def _wait(talking: threading.Thread, seconds: float, stopping: threading.Event) -> bool:
    """False: it took too long, or this process is to stop."""
    deadline = time.monotonic() + seconds
    while talking.is_alive() and time.monotonic() < deadline and not stopping.is_set():
        talking.join(0.1)
    return not talking.is_alive()


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
