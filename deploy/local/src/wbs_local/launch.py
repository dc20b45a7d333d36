"""Starts a local system: parts first, then set-up (walls, ceremony, tables), then the services."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from wbs_local import ceremony, services, supervisor
from wbs_local.parts import alertmanager, clamav, kafka, kpk_sandbox, openbao, postgres, prometheus, seaweedfs
from wbs_local.system import Program, System, free_ports

Progress = Callable[[str], None]
PATIENCE_S = 180
LAST_LINES = 15


class NotReady(Exception):
    """A program took too long to start. Its log's last lines are told: they say why."""

    def __init__(self, system: System, program: str, patience_s: float = PATIENCE_S) -> None:
        log = system.log / f"{program}.log"
        lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:] if log.exists() else []
        said = "\n".join(f"  {line}" for line in lines) or "  (nothing)"
        super().__init__(f"{program} is not ready after {patience_s} s. Its log {log} ends:\n{said}")


def silent(_: str) -> None:
    """A progress that isn't shown."""


def make_system(
    root: Path,
    ports: dict[str, int] | None = None,
    grain: int = 5,
    settings: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> System:
    """The system at `root` as it was made, or a new one there (on free ports unless `ports` are given)."""
    stored = System.load(root) if (root / "system.json").exists() else None
    # A part that is new since the system was made gets a port now.
    chosen = {**(ports or free_ports()), **(stored.ports if stored else {})}
    new = System(root=root, ports=chosen, grain=grain, settings=settings)
    system = replace(stored, ports=chosen) if stored else new
    system.make_folders()
    system.save()
    return system


@contextmanager
def parts_running(system: System, progress: Progress = silent) -> Iterator[Running]:
    """The parts of `system`, ready and walled; stopped in order at the end, however it ends."""
    progress("Starting PostgreSQL, Kafka, OpenBao, SeaweedFS and ClamAV")
    parts = _parts(system)
    configuration = _configure(system, parts)
    running = Running(system, parts, supervisor.Supervisor(system, configuration), progress)
    try:
        running.wait_for(parts)
        running.apply_walls()
        yield running
    finally:
        progress("Stopping everything, in order")
        running.supervisor.stop(first={program.name for program in _late(system)})
        kafka.keep_archive(system)


@dataclass(frozen=True)
class Running:
    """A system whose parts run. Set-up and services follow by the methods, in this order."""

    system: System
    parts: Sequence[Program]
    supervisor: supervisor.Supervisor
    progress: Progress
    patience_s: float = PATIENCE_S

    @property
    def programs(self) -> tuple[Program, ...]:
        """All, parts first."""
        return (*self.parts, *_late(self.system))

    def wait_for(self, programs: Sequence[Program]) -> None:
        """Raises NotReady where one of them takes more than `patience_s`."""
        deadline = time.monotonic() + self.patience_s
        for program in programs:
            while not _is_ready(program):
                self.supervisor.raise_if_ended()
                if time.monotonic() > deadline:
                    raise NotReady(self.system, program.name, self.patience_s)
                time.sleep(0.05)
            self.progress(f"  {program.name} is ready")

    def apply_walls(self) -> None:
        services.make_own_secrets(self.system)
        for part in (postgres, kafka, seaweedfs):
            self.progress(f"Walls of {part.__name__.rsplit('.', 1)[-1]}")
            part.apply_walls(self.system)

    def hold_ceremony(self) -> None:
        if not ceremony.is_held(self.system):
            self.progress("Set-up ceremony: people, keys and policies; the root token is revoked at its end")
            ceremony.hold(self.system)

    def start_services(self) -> None:
        self.progress("Tables of the services")
        with ThreadPoolExecutor(os.cpu_count()) as several:
            for done in [several.submit(migrate, self.system, service) for service in services.PROCESSES]:
                done.result()
        self._publish_again()
        # The key set's fingerprint exists only since the ceremony: the programs are declared anew with it.
        _configure(self.system, self.parts)
        self.supervisor.ask("update")
        self.progress("Starting the services")
        programs = _late(self.system)
        self.supervisor.start([program.name for program in programs])
        self.wait_for(programs)

    def _publish_again(self) -> None:
        """After a restore without Kafka, once: what was there is read again too, and known by its ids."""
        stored = System.load(self.system.root)
        if stored.publish_again:
            self.progress("Topics are filled again from the event stores")
            for service in services.PROCESSES:
                run_command(self.system, service, f"{service}-worker", "relay", "--from", "1")
            replace(stored, publish_again=False).save()


def _parts(system: System) -> list[Program]:
    return [part.prepare(system) for part in (postgres, kafka, openbao, seaweedfs, clamav)]


def _late(system: System) -> list[Program]:
    """What starts after the ceremony; KPK's end comes first, since it makes what the forwarder trusts."""
    watching = (alertmanager.prepare(system), prometheus.prepare(system))
    return [kpk_sandbox.prepare(system), *services.programs(system), *watching]


def _configure(system: System, parts: Sequence[Program]) -> Path:
    """The supervisor's configuration, and a folder for each program; parts start at once, services when told to."""
    programs = (*parts, *_late(system))
    for program in programs:
        if program.secrets:
            system.secrets_of(program.secrets).mkdir(parents=True, exist_ok=True, mode=0o700)
        if program.data:
            system.data_of(program.data).mkdir(parents=True, exist_ok=True, mode=0o700)
    return supervisor.write_configuration(system, programs, {program.name: program in parts for program in programs})


def _is_ready(program: Program) -> bool:
    check = f"exec 3<>/dev/tcp/127.0.0.1/{program.ready}" if isinstance(program.ready, int) else str(program.ready)
    return subprocess.run(["bash", "-c", check], capture_output=True, check=False).returncode == 0


def migrate(system: System, service: str) -> None:
    """Makes or changes the service's tables, as their owner, in a process that sees the owner's password only."""
    run_command(system, service, f"{service}-migrate", "migrate")


def run_command(system: System, service: str, process: str, *words: str, may_fail: bool = False) -> str:
    """What a command of the service says; it runs with the environment, secrets and view of `process`.

    `may_fail`: its exit code is an answer too.
    """
    program = Program(
        name=process,
        command=(services.PYTHON, "-m", services.package_of(service), *words),
        environment=services.environment(system, process),
        secrets=process,
    )
    environment = {**os.environ, **program.environment}
    done = subprocess.run(
        supervisor.alone(system, program), env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode != 0 and not may_fail:
        raise RuntimeError(f"`{words[0]}` of {service} failed:\n{done.stderr}")
    return done.stdout
