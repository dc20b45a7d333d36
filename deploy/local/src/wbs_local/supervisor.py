"""The supervisor of a local system: its configuration, its start under the guard, and questions to it."""

from __future__ import annotations

import fcntl
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any, cast
from xmlrpc.client import Error, ServerProxy

from supervisor.states import RUNNING_STATES, ProcessStates
from supervisor.xmlrpc import SupervisorTransport

from wbs_local.system import Program, System

SCRIPTS = Path(__file__).with_name("scripts")
SUPERVISORD = Path(sys.executable).with_name("supervisord")
SUPERVISORCTL = Path(sys.executable).with_name("supervisorctl")
STOP_S = 60


class AlreadyRunning(Exception):
    """Another supervisor holds this system's lock."""


def runs(system: System) -> bool:
    """Whether a supervisor holds this system's lock."""
    with (system.run / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def alone(system: System, program: Program) -> list[str]:
    """The command line of `program` in a view of its own: it sees the secrets and the data of no other."""
    view = [str(system.root), program.secrets or "-", program.data or "-"]
    return [str(SCRIPTS / "alone.sh"), *view, *program.command]


def write_configuration(system: System, programs: Iterable[Program], autostart: Mapping[str, bool]) -> Path:
    by_name = {program.name: program for program in programs}
    sections = [_HEADER.format(root=system.root)]
    for program in by_name.values():
        needs = [str(by_name[name].ready) for name in program.needs if name in by_name]
        command = shlex.join([str(SCRIPTS / "after.sh"), *needs, "--", *alone(system, program)])
        sections.append(
            _PROGRAM.format(
                name=program.name,
                command=command.replace("%", "%%"),
                environment=",".join(f'{name}="{value}"' for name, value in program.environment.items()),
                autostart=str(autostart[program.name]).lower(),
                priority=program.priority,
                stop_signal=program.stop_signal,
                stop_seconds=program.stop_seconds,
                log=system.log / f"{program.name}.log",
            )
        )
    path = configuration_of(system)
    path.write_text("\n".join(sections))
    return path


def configuration_of(system: System) -> Path:
    return system.etc / "supervisord.conf"


def ask(system: System, *words: str) -> str:
    """What the supervisor of a running system says to `supervisorctl`'s words, whoever started it."""
    command = [str(SUPERVISORCTL), "-c", str(configuration_of(system)), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


class Supervisor:
    """A running supervisor under its guard. Everything it started ends with it, whatever ends it."""

    def __init__(self, system: System, configuration: Path) -> None:
        self._system = system
        self._run = system.run
        (system.run / "mount").mkdir(exist_ok=True)
        with (system.log / "guard.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    "bash",
                    str(SCRIPTS / "guard.sh"),
                    str(system.run / "lock"),
                    str(SUPERVISORD),
                    "-c",
                    str(configuration),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for whoever started us, who then ends everything in order.
                start_new_session=True,
            )

    def ask(self, *words: str) -> str:
        return ask(self._system, *words)

    def start(self, names: Iterable[str]) -> None:
        """Tells all to start; whoever needs them waits for their readiness, not for the supervisor's."""
        with self._proxy() as proxy:
            for name in names:
                proxy.supervisor.startProcess(name, False)

    def pid_of(self, name: str) -> int:
        """As the system's own namespace numbers it; 0 where it doesn't run."""
        with self._proxy() as proxy:
            return int(cast(dict[str, Any], proxy.supervisor.getProcessInfo(name))["pid"])

    def _proxy(self) -> ServerProxy:
        socket = f"unix://{self._run}/supervisor.sock"
        return ServerProxy("http://127.0.0.1", SupervisorTransport(None, None, serverurl=socket))

    def raise_if_ended(self) -> None:
        code = self.process.poll()
        if code == 3:
            raise AlreadyRunning
        if code is not None:
            raise RuntimeError(f"the supervisor ended with exit code {code}")

    def stop(self, first: Set[str] = frozenset()) -> None:
        """Ends the programs `first` all at once, then every other in reverse order, and waits for the last."""
        if self.process.poll() is None:
            self._stop_at_once(first)
            self.ask("shutdown")
        try:
            self.process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _stop_at_once(self, names: Set[str]) -> None:
        """The supervisor itself ends one program a second, ended ones too: these are taken from its list."""
        deadline = time.monotonic() + STOP_S
        try:
            with self._proxy() as proxy:
                for name in names & _running(proxy):
                    proxy.supervisor.stopProcess(name, False)
                while names & _running(proxy) and time.monotonic() < deadline:
                    time.sleep(0.05)
                for name in names - _running(proxy):
                    proxy.supervisor.removeProcessGroup(name)
        except (OSError, Error):
            return  # it isn't up yet or ends already: then `shutdown` does it all


def _running(proxy: ServerProxy) -> set[str]:
    told = cast(list[dict[str, Any]], proxy.supervisor.getAllProcessInfo())
    return {str(each["name"]) for each in told if each["state"] in (*RUNNING_STATES, ProcessStates.STOPPING)}


_HEADER = """\
[supervisord]
nodaemon = true
silent = true
logfile = {root}/log/supervisord.log
pidfile = {root}/run/supervisord.pid
childlogdir = {root}/log
[unix_http_server]
file = {root}/run/supervisor.sock
chmod = 0600
[supervisorctl]
serverurl = unix://{root}/run/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

_PROGRAM = """\
[program:{name}]
command = {command}
environment = {environment}
autostart = {autostart}
autorestart = true
startsecs = 2
startretries = 1000
priority = {priority}
stopsignal = {stop_signal}
stopasgroup = true
killasgroup = true
stopwaitsecs = {stop_seconds}
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 20MB
stdout_logfile_backups = 3
"""
