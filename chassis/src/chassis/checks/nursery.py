"""`python -m chassis.checks.nursery MODULE:FUNCTION SOCKET`, in a sandbox only: forks a child for each job.

It loads what the function needs (its module, and what `warm_up` there loads) before the first job, and reads no byte of
any: a job comes as two descriptors, which the child alone uses. What a job leaves, process or file, is removed, or the
sandbox ends: the next job meets nothing of it.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from chassis.checks.child import STATUS
from chassis.checks.sandbox import TEMPORARY

Function = Callable[[BinaryIO, BinaryIO], None]
NICENESS = 5  # a busy front door leaves the checks a share: they have a time limit


class NotInSandbox(Exception):
    """Outside, ending every other process would end the machine's."""


def serve(function: Function, jobs: socket.socket) -> None:
    own = _content()  # the folders above the code, where that lies below /tmp
    while True:
        told, pipes, _, _ = socket.recv_fds(jobs, 1, 2)
        if not told:
            return
        child = os.fork()
        if child == 0:
            jobs.close()
            _work(function, *pipes)
        for each in pipes:
            os.close(each)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        _end_others()
        is_clean = _empty_room(own)
        jobs.sendall(STATUS.pack(code, is_clean))
        if not is_clean:
            return


def _end_others() -> None:
    """Whatever the child has begun, until it is gone: the sandbox's first process takes them away."""
    while any(int(each) not in (1, os.getpid()) for each in os.listdir("/proc") if each.isdecimal()):
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        time.sleep(0.001)


def _content() -> set[str]:
    """Of the one place that a job can write to; without what is mounted below it, code."""
    found = set[str]()
    for folder, folders, files in os.walk(TEMPORARY):
        folders[:] = [each for each in folders if not os.path.ismount(f"{folder}/{each}")]
        found.update(f"{folder}/{each}" for each in (*folders, *files))
    return found


def _empty_room(own: set[str]) -> bool:
    """Whether nothing is left of what lay there, but the sandbox's own."""
    for path in sorted(_content() - own):
        with suppress(OSError):
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
    return _content() == own


def _work(function: Function, given: int, answered: int) -> None:
    """Never returns. An error's text is about hostile bytes: only its exit code is told."""
    code = 1
    try:
        with os.fdopen(given, "rb") as source, os.fdopen(answered, "wb") as target:
            function(source, target)
        code = 0
    finally:
        os._exit(code)


def _warmed(module: ModuleType) -> ModuleType:
    if hasattr(module, "warm_up"):
        module.warm_up()
    return module


def _give_way() -> None:
    """Whoever waits for an answer comes first. Linux may share a processor out by sessions, of which this sandbox is
    one, and then counts a process's niceness within its session alone; the session's own is told apart (sched(7))."""
    os.nice(NICENESS)
    with suppress(OSError):  # not where it isn't shared out so
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def main(function: str, descriptor: str) -> None:
    from chassis.telemetry.process import harden_process

    if Path("/proc/1/comm").read_text().strip() != "bwrap":
        raise NotInSandbox
    _give_way()
    harden_process()
    module, _, name = function.partition(":")
    serve(getattr(_warmed(importlib.import_module(module)), name), socket.socket(fileno=int(descriptor)))


if __name__ == "__main__":
    main(*sys.argv[1:])
