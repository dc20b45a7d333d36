"""`make demo`: sets the whole system up, sends reports through it, shows their journey, and stays up."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import click
import stamina
from wbs_client import Problem

from wbs_local import examples, journey, launch, supervisor
from wbs_local.ceremony.codes import LASTING
from wbs_local.ceremony.desk import Desk
from wbs_local.ceremony.people import people_of
from wbs_local.launch import NotReady, Running
from wbs_local.parts import web_sign_in
from wbs_local.supervisor import AlreadyRunning
from wbs_local.system import PORT_NAMES, System

FIRST_PORT = 28400


class PortTaken(Exception):
    """Another program listens where the demo's part would."""

    def __init__(self, part: str, port: int) -> None:
        super().__init__(
            f"another program listens on port {port}, where {part} would. End that program (`ss -ltnp` names it), or"
            " forget this system (`make reset`) and let its successor begin elsewhere (`make demo FIRST_PORT=29400`)"
        )


def ports_from(first: int) -> dict[str, int]:
    return {name: first + number for number, name in enumerate(PORT_NAMES)}


def run(root: Path, once: bool, first_port: int = FIRST_PORT) -> int:
    """The exit code. Ctrl-C and SIGTERM end everything in order; nothing is left running.

    A system that is there already keeps its ports.
    """
    for each in (signal.SIGINT, signal.SIGTERM):  # also where a shell has started us deaf to Ctrl-C
        signal.signal(each, signal.default_int_handler)
    stamina.instrumentation.set_on_retry_hooks(())  # the client's waits are part of the journey, not warnings
    say = _Timed()
    try:
        system = launch.make_system(root, ports_from(first_port))
        _must_be_free(system)
        with launch.parts_running(system, say) as running:
            running.hold_ceremony()
            running.start_services()
            say("Everything runs. Reports go through the line (all people and stories are invented):")
            journey.take(system, say)
            if not once:
                _stay(running)
        say("Everything is stopped.")
    except KeyboardInterrupt:
        say("Stopped.")
    except (journey.TookTooLong, Problem) as error:
        return _failed(f"The journey stopped: {str(error) or 'a step took too long'}. See {root / 'log'}.")
    except NotReady as error:
        return _failed(f"The start stopped: {error}")
    except (PortTaken, AlreadyRunning) as error:
        return _failed(f"Cannot start: {str(error) or 'the demo runs already'}.")
    return 0


def _failed(text: str) -> int:
    click.secho(text, fg="red", err=True)
    return 1


class _Timed:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, text: str) -> None:
        click.echo(f"{click.style(f'{time.monotonic() - self._start:6.1f} s', dim=True)}  {text}")


def _must_be_free(system: System) -> None:
    if supervisor.runs(system):
        raise AlreadyRunning
    for part, port in system.ports.items():
        with socket.socket() as probe:
            # As the parts do: a port whose last connections are only just closed counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((system.host, port))
            except OSError:
                raise PortTaken(part, port) from None


def _stay(running: Running) -> None:
    """Shows addresses and sign-ins, and waits. One-time codes are shown anew when Enter is pressed."""
    system = running.system
    _show_addresses(system)
    _show_people(system)
    while True:
        click.echo("\nEnter shows new one-time codes, Ctrl-C stops everything.")
        if not _entered():
            _wait_for_ever()
        _show_people(system)


def _entered() -> bool:
    """False when there is nobody to press a key."""
    try:
        input()
    except EOFError:
        return False
    return True


def _wait_for_ever(pause: Callable[[], None] = signal.pause) -> None:
    while True:
        pause()


def _show_addresses(system: System) -> None:
    click.secho("\nAddresses", bold=True)
    for text, port in (
        ("Reporters: file and follow a report (public API: /api/v1/openapi.json)", "intake"),
        ("Cases: investigators, irban, Inspektur", "case_management"),
        ("Identities: the Super Admin", "identity_vault"),
        ("KPK's receiving end (a stand-in; faults on demand: /faults)", "kpk_sandbox_pages"),
        ("Prometheus (alerts: /classic/alerts)", "prometheus"),
        ("Alertmanager (its API; no page of its own on Debian)", "alertmanager"),
    ):
        click.echo(f"  http://{system.host}:{system.ports[port]}  {text}")
    password = web_sign_in.operators_password(system)
    click.echo(f"  At both of these: user {web_sign_in.OPERATOR}, password {password}")
    fingerprint = (system.public / "fingerprint").read_text()
    click.secho("\nFile a report of your own", bold=True)
    url = f"http://{system.host}:{system.ports['intake']}"
    report = examples.write_report(system.root / "example")
    click.echo(f"  .venv/bin/wbs --url {url} --fingerprint {fingerprint} file {report}")
    click.echo(f"  or in a browser: who reports stands in {report}, the card and the evidence lie beside it.")
    click.echo(f"  An hour lasts {system.grain} seconds here, so that you needn't wait: times are finer than for real.")
    click.echo("  ClamAV knows its test signatures only, until freshclam reaches its mirror.")


def _show_people(system: System) -> None:
    click.secho("\nSign-ins (invented people; each code works once, for half a minute to a minute)", bold=True)
    for person in people_of(system):
        click.echo(
            f"  {person.role:12} {person.user:11} {person.password:20} {code(system, person.user)}  {person.name}"
        )
    command = f".venv/bin/python -m wbs_local code USER --root {shown_path(system.root)}"
    click.echo(f"  Another code, which nobody has had yet: {command}")


def code(system: System, user: str) -> str:
    """A one-time code that was given to nobody yet, and lasts long enough to be typed. Waits for one where it must."""
    desk = Desk(system)
    return desk.codes.unused(desk.enrolled(user).otpauth_url, LASTING)


def shown_path(path: Path) -> Path:
    """As short as it can be from where the reader is."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
