"""A whole fresh system to measure on: real parts, real services, nothing switched off; the easiest challenge."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from wbs_client import PublicApi, fetch_keys
from wbs_local import launch
from wbs_local.launch import Running
from wbs_local.parts import postgres
from wbs_local.system import System

from benchmarks import processes
from benchmarks.processes import Use

T = TypeVar("T")
EASIEST = {"intake-web": {"WBS_CHALLENGE_COST": "1", "WBS_CHALLENGE_TRIES": "1"}}
LOOK_EVERY_S = 0.02
PATIENCE_S = 300.0
_RUNNING = re.compile(r"^(\S+) +RUNNING +pid (\d+)", re.MULTILINE)


class TookTooLong(Exception):
    """What was waited for did not happen; the services' logs say why."""


@dataclass(frozen=True)
class Ground:
    """`start_s`: the seconds until everything was ready."""

    running: Running
    start_s: float

    @property
    def system(self) -> System:
        return self.running.system

    @property
    def url(self) -> str:
        return self.pages("intake")

    def pages(self, port: str) -> str:
        return f"http://{self.system.host}:{self.system.ports[port]}"

    @cached_property
    def fingerprint(self) -> str:
        return (self.system.public / "fingerprint").read_text()

    @cached_property
    def roots(self) -> dict[str, int]:
        """The pid of each program's outermost process. It stays, since nothing is killed here."""
        supervisor = self.running.supervisor
        outside = {processes.pid_inside(pid): pid for pid in processes.tree(supervisor.process.pid)}
        return {name: outside[int(pid)] for name, pid in _RUNNING.findall(supervisor.ask("status"))}

    def cpu_s(self) -> Use:
        return processes.cpu_s(self.roots)

    def memory_mb(self) -> Use:
        return processes.memory_mb(self.roots)

    def rows(self, database: str, sql: str, *values: object) -> list[tuple[object, ...]]:
        with postgres.connect_as_superuser(self.system, database) as connection:
            return connection.execute(sql.encode(), values).fetchall()

    def wait_for_checks(self) -> None:
        """Until no check of an identity or a file is queued or in hand."""
        for database in ("identity_vault", "evidence"):
            with postgres.connect_as_superuser(self.system, database) as connection:
                until(lambda: connection.execute("SELECT 1 FROM held.jobs LIMIT 1").fetchone() is None)


def until(look: Callable[[], T | None], patience_s: float = PATIENCE_S) -> T:
    """Looks until there is something to see."""
    deadline = time.monotonic() + patience_s
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TookTooLong
        time.sleep(LOOK_EVERY_S)
    return seen


@contextmanager
def fresh() -> Iterator[Ground]:
    """In a temporary folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wbs-bench-") as folder, started(Path(folder)) as ground:
        yield ground


@contextmanager
def started(root: Path) -> Iterator[Ground]:
    """The system at `root`, made if there is none yet."""
    began = time.monotonic()
    system = launch.make_system(root, settings=EASIEST)
    with launch.parts_running(system) as running:
        running.hold_ceremony()
        running.start_services()
        ground = Ground(running, time.monotonic() - began)
        api = PublicApi(ground.url)
        until(lambda: fetch_keys(api, ground.fingerprint).checks)
        yield ground
