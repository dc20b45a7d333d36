"""`python -m wbs_local demo`: the whole system on this machine, with reports going through it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wbs_local import demo


@click.group()
def main() -> None:
    """The whole system on one machine."""


@main.command("demo")
@click.option("--root", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option("--once", is_flag=True, help="End by itself once the reports are through.")
def run_demo(root: Path, once: bool) -> None:
    """Set up and start everything, send reports through, stay up until Ctrl-C."""
    sys.exit(demo.run(root.resolve(), once))


if __name__ == "__main__":
    main(prog_name="python -m wbs_local")
