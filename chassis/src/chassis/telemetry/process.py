"""What holds of every process: its memory and secrets are its own, and a child doesn't outlive its parent."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal

PR_SET_DUMPABLE = 4
PR_SET_PDEATHSIG = 1


def harden_process() -> None:
    """Called first of all: no other process may read our memory or /proc/<pid>/environ, and a crash leaves no core
    file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(PR_SET_DUMPABLE, 0)
    os.umask(0o077)


def end_with_parent() -> None:
    """For a child made by `multiprocessing`: however its parent ends, by SIGKILL too, it doesn't go on without it."""
    parent = multiprocessing.parent_process()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent.pid:
        os.kill(os.getpid(), signal.SIGKILL)  # it ended before it could be heard of


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")
