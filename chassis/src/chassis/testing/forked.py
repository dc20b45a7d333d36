"""Processes of a service in tests, forked from one that has loaded the libraries: a start takes a fraction of the CPU.

Of our own code it loads what has no state of its own; nothing of a service, and no event loop.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LIBRARIES = (
    "eventlet",
    "eventsourcing.application",
    "eventsourcing.postgres",
    "flask_babel",
    "flask_smorest",
    "hvac",
    "kafka",
    "marshmallow",
    "minio",
    "nameko.containers",
    "prometheus_client",
    "psycopg_pool",
    "structlog",
    "contracts.events",
    "contracts.letters",
)
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(list(LIBRARIES))


class Forked:
    """A process that runs a service's `main`, with the part of subprocess.Popen's interface that tests use."""

    def __init__(self, package: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._process = _server.Process(target=_run, args=(package, list(arguments), dict(environment), str(log)))
        self._process.start()
        assert self._process.pid is not None  # noqa: S101  # it has been started
        self.pid = self._process.pid
        atexit.register(self.kill)

    def poll(self) -> int | None:
        """The exit code, negative for the signal that killed it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(package: str, arguments: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    from chassis.testing import faulty

    multiprocessing.set_start_method("fork", force=True)  # as outside of tests, for what it starts itself
    os.environ.clear()
    os.environ.update(environment)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for each in (1, 2):
        os.dup2(out, each)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True)  # type: ignore[union-attr]
    sys.exit(faulty.main(package, arguments))
