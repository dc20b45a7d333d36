"""`python -m wbs_local demo`: the whole system on this machine, with reports going through it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wbs_local import demo
from wbs_local.system import System

ROOT = click.option("--root", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)


@click.group()
def main() -> None:
    """The whole system on one machine."""


@main.command("demo")
@ROOT
@click.option("--once", is_flag=True, help="End by itself once the reports are through.")
@click.option("--first-port", default=demo.FIRST_PORT, show_default=True, help="Of a new system: those after it too.")
def run_demo(root: Path, once: bool, first_port: int) -> None:
    """Set up and start everything, send reports through, stay up until Ctrl-C."""
    sys.exit(demo.run(root.resolve(), once, first_port))


@main.command("code")
@ROOT
@click.argument("user")
def show_code(root: Path, user: str) -> None:
    """Print a fresh one-time code of USER, e.g. irban1, in a system that was set up."""
    try:
        click.echo(demo.code(System.load(root.resolve()), user))
    except FileNotFoundError:
        raise click.ClickException(f"no system was set up in {root}: `make demo` does it") from None
    except KeyError:
        raise click.ClickException(f"nobody here is called {user}; `make demo` names everybody") from None


if __name__ == "__main__":
    main(prog_name="python -m wbs_local")
