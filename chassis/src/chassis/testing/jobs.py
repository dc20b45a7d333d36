"""What the toy's checks do in their child process."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path

from chassis.checks.child import whole
from chassis.checks.sandbox import TEMPORARY


@whole
def shout(content: bytes) -> bytes:
    return content.upper()


@whole
def die(content: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return content


@whole
def swell(content: bytes) -> bytes:
    return bytes(2_000_000_000)


@whole
def flood(content: bytes) -> bytes:
    return bytes(100_000_000)


@whole
def hang(content: bytes) -> bytes:
    threading.Event().wait()
    return content


@whole
def spin(content: bytes) -> bytes:
    while True:
        pass


@whole
def rank(_: bytes) -> bytes:
    """Its niceness, and that of its session."""
    session = Path("/proc/self/autogroup")
    told = session.read_text().strip() if session.exists() else ""
    return f"{os.getpriority(os.PRIO_PROCESS, 0)} {told}".encode()


@whole
def look_around(content: bytes) -> bytes:
    """The environment's names, and the limit on core files."""
    return f"{sorted(os.environ)} {resource.getrlimit(resource.RLIMIT_CORE)}".encode()


@whole
def spy(content: bytes) -> bytes:
    """Which of the files it sees, how many processes beside the sandbox's own, and whether it can connect."""
    asked = json.loads(content)
    files = [name for name in asked["files"] if Path(name).exists()]
    return f"files: {files}, processes of others: {len(_others())}, connected: {_connects(asked['port'])}".encode()


@whole
def lurk(content: bytes) -> bytes:
    """What it meets of earlier jobs: processes beside the sandbox's own; then leaves one that outlives it."""
    met = _others()
    if os.fork() == 0:
        os.setsid()
        threading.Event().wait()
    return f"{len(met)}".encode()


@whole
def litter(content: bytes) -> bytes:
    """The files that it meets of earlier jobs; then leaves one."""
    met = [each for each in os.listdir() if os.path.isfile(each)]
    Path("left").write_bytes(content)
    return f"{met}".encode()


@whole
def foul(content: bytes) -> bytes:
    """Every folder outside its room in which it could leave a file, or change what is there."""
    fouled = []
    for folder, folders, _ in os.walk("/"):
        folders[:] = [each for each in folders if Path(folder, each) not in (Path("/proc"), Path(TEMPORARY))]
        with suppress(OSError):
            (Path(folder) / "left").write_bytes(content)
            fouled.append(folder)
    with suppress(OSError):
        os.rename("/lib64", "/lib64.old")
        fouled.append("/lib64")
    return f"{fouled}".encode()


@whole
def nursery(content: bytes) -> bytes:
    """Who forked it, and since when that runs."""
    return Path(f"/proc/{os.getppid()}/stat").read_bytes().split()[21]


def _others() -> list[int]:
    found = (int(each.name) for each in Path("/proc").glob("[0-9]*"))
    return [pid for pid in found if pid not in (1, os.getpid(), os.getppid())]


def _connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
