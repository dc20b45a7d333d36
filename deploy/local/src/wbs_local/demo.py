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

from wbs_local import guide, journey, launch, supervisor
from wbs_local.launch import NotReady, Progress
from wbs_local.supervisor import AlreadyRunning
from wbs_local.system import PORT_NAMES, System

FIRST_PORT = 28400


class PortsAreKept(Exception):
    """The system that is there has other ports than those asked for."""

    def __init__(self, first: int, wanted: int) -> None:
        super().__init__(
            f"the system that is there keeps its ports, from {first} on: they can't become {wanted} and those after it."
            " Start it without FIRST_PORT, or forget it first (`make reset`: its data, people and keys too)"
        )


class PortTaken(Exception):
    """Another program listens where the demo's part would."""

    def __init__(self, part: str, port: int) -> None:
        super().__init__(
            f"another program listens on port {port}, where {part} would. End that program (`ss -ltnp` names it), or"
            " forget this system (`make reset`) and let its successor begin elsewhere (`make demo FIRST_PORT=29400`)"
        )


def ports_from(first: int) -> dict[str, int]:
    return {name: first + number for number, name in enumerate(PORT_NAMES)}


def run(root: Path, once: bool, first_port: int | None = None) -> int:
    """The exit code. Ctrl-C and SIGTERM end everything in order; nothing is left running.

    `first_port`: of a new system, FIRST_PORT where None; one that is there already keeps its own.
    """
    for each in (signal.SIGINT, signal.SIGTERM):  # also where a shell has started us deaf to Ctrl-C
        signal.signal(each, signal.default_int_handler)
    stamina.instrumentation.set_on_retry_hooks(())  # the client's waits are part of the journey, not warnings
    say = _Timed()
    try:
        system = launch.make_system(root, ports_from(first_port or FIRST_PORT))
        _must_be_as_asked(system, first_port)
        _must_be_free(system)
        with launch.parts_running(system, say) as running:
            running.hold_ceremony()
            running.start_services()
            say("Everything runs.")
            present(system, once, say)
            if not once:
                _stay(system)
        say("Everything is stopped.")
    except KeyboardInterrupt:
        say("Stopped.")
    except (journey.TookTooLong, Problem) as error:
        return _failed(f"The journey stopped: {str(error) or 'a step took too long'}. See {root / 'log'}.")
    except NotReady as error:
        return _failed(f"The start stopped: {error}")
    except (PortsAreKept, PortTaken, AlreadyRunning) as error:
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


def _must_be_as_asked(system: System, first_port: int | None) -> None:
    first = system.ports[PORT_NAMES[0]]
    if first_port not in (None, first):
        raise PortsAreKept(first, first_port)


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


def present(system: System, once: bool, say: Progress, take: Callable[[System, Progress], None] = journey.take) -> None:
    """Who stays is told at once where everything is, and needn't wait for the reports."""
    if not once:
        guide.show_all(system)
        click.echo("\nAll of it can be used now. Meanwhile:")
    say("Three reports are sent through the line, to show it (all people and stories are invented):")
    take(system, say)
    say("The three reports are through.")


def _stay(system: System) -> None:
    """Waits. One-time codes are shown anew when Enter is pressed."""
    while True:
        click.echo("\nAddresses and sign-ins stand above. Enter shows new one-time codes, Ctrl-C stops everything.")
        if not _entered():
            _wait_for_ever()
        guide.show_people(system)


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
