"""Keeps a process's memory and secrets from other processes of the same user."""

from __future__ import annotations

import ctypes
import os
import resource

PR_SET_DUMPABLE = 4


def harden_process() -> None:
    """Called first of all: no other process may read our memory or /proc/<pid>/environ, and a crash leaves no core
    file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE) was refused")
    os.umask(0o077)
