"""What the toy's checks do in their child process."""

from __future__ import annotations

import os
import resource
import signal
import threading


def shout(content: bytes) -> bytes:
    return content.upper()


def die(content: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return content


def swell(content: bytes) -> bytes:
    return bytes(2_000_000_000)


def hang(content: bytes) -> bytes:
    threading.Event().wait()
    return content


def spin(content: bytes) -> bytes:
    while True:
        pass


def look_around(content: bytes) -> bytes:
    """The environment's names, and the limit on core files."""
    return f"{sorted(os.environ)} {resource.getrlimit(resource.RLIMIT_CORE)}".encode()
