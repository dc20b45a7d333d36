"""`python -m wbs_local demo`: the whole system on this machine, with reports going through it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from wbs_local import backup, demo, guide, launch, services
from wbs_local.guide import AGAIN
from wbs_local.supervisor import runs
from wbs_local.system import System

ROOT = click.option("--root", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """The whole system on one machine."""
    if os.environ.get("NO_COLOR"):
        context.color = False


@main.command("demo")
@ROOT
@click.option("--once", is_flag=True, help="End by itself once the reports are through.")
@click.option(
    "--first-port", type=int, help=f"Of a new system ({demo.FIRST_PORT} if not given); it takes those after it."
)
def run_demo(root: Path, once: bool, first_port: int | None) -> None:
    """Set up and start everything, send reports through, stay up until Ctrl-C."""
    sys.exit(demo.run(root.resolve(), once, first_port))


@main.command("code")
@ROOT
@click.argument("user")
def show_code(root: Path, user: str) -> None:
    """Print a fresh one-time code of USER, e.g. irban1, in a system that was set up."""
    try:
        click.echo(guide.code(System.load(root.resolve()), user))
    except FileNotFoundError:
        raise click.ClickException(f"no system was set up in {root}: `make demo` does it") from None
    except KeyError:
        raise click.ClickException(f"nobody here is called {user}; `make demo` names everybody") from None


@main.command("status")
@ROOT
def show_status(root: Path) -> None:
    """Where pages and processes are, with /metrics, /healthz and /readyz, and which of them are ready."""
    system = _system(root)
    guide.show_addresses(system)
    guide.show_processes(system)
    if not runs(system):
        raise click.ClickException("the system doesn't run: start it first")


@main.command("backup")
@ROOT
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="A folder that isn't there yet.")
def take_back_up(root: Path, folder: Path) -> None:
    """Back up a running system: databases, keys, objects, secrets. Whoever has the back-up can read all of it."""
    with _told():
        backup.take(_system(root), folder.resolve(), click.echo)
    click.echo(f"The back-up is in {folder}.")


@main.command("restore")
@ROOT
@click.option("--from", "folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--kafka-lost", is_flag=True, help="Its topics are made anew and filled from the event stores.")
@click.option("--only", type=click.Choice(backup.PARTS), multiple=True, help="This part alone; may be repeated.")
def restore(root: Path, folder: Path, kafka_lost: bool, only: tuple[str, ...]) -> None:
    """Bring a stopped system back to a back-up; on a new machine, make it as it was."""
    with _told():
        back_up = backup.BackUp(folder.resolve())
        system = backup.system_for(root.resolve(), back_up)
        epoch = backup.bring_back(system, back_up, kafka_lost, click.echo, only or backup.PARTS).epoch
    click.echo(f"Brought back, as epoch {epoch}. Start it, then:\n  {AGAIN} check-keys --root {root}")


@main.command("check-keys")
@ROOT
def check_keys(root: Path) -> None:
    """After a restore: which reports lack their key. KPK and the reporters are told; the system must run."""
    click.echo(_said(_system(root), "intake", "check-keys"), nl=False)


@main.command("replay-dead-letters")
@ROOT
def replay_dead_letters(root: Path) -> None:
    """After a dead letter's cause was mended: have each service handle its own; the system must run."""
    system = _system(root)
    for service in services.PROCESSES:
        click.echo(f"{service}: {_said(system, service, 'replay-dead-letters')}", nl=False)


def _said(system: System, service: str, command: str) -> str:
    """With the worker's rights, and without its log. Its exit code is an answer too."""
    if not runs(system):
        raise click.ClickException("the system doesn't run: start it first")
    said = launch.run_command(system, service, f"{service}-worker", command, may_fail=True)
    return "".join(line for line in said.splitlines(keepends=True) if not line.startswith("{"))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except backup.NotPossible as error:
        raise click.ClickException(str(error)) from None


def _system(root: Path) -> System:
    try:
        return System.load(root.resolve())
    except FileNotFoundError:
        raise click.ClickException(f"no system was set up in {root}: `make demo` does it") from None


if __name__ == "__main__":
    main(prog_name="python -m wbs_local")
