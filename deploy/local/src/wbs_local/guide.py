"""What people are told of a local system: where its pages and processes are, and who signs in where."""

from __future__ import annotations

import json
from pathlib import Path

import click
import requests
from contracts.keys import readable

from wbs_local import examples, services
from wbs_local.ceremony.codes import LASTING
from wbs_local.ceremony.desk import Desk
from wbs_local.ceremony.people import Enrolled, people_of
from wbs_local.ceremony.walls import declared
from wbs_local.parts import openbao, web_sign_in
from wbs_local.system import System

AGAIN = ".venv/bin/python -m wbs_local"
PAGES = (
    ("intake", "Reporters: file and follow a report (public API: /api/v1/openapi.json)"),
    ("case_management", "Cases: investigators, irban, Inspektur"),
    ("identity_vault", "Identities: the Super Admin"),
    ("kpk_sandbox_pages", "KPK's receiving end (a stand-in; faults on demand: /faults)"),
    ("prometheus", "Prometheus (alerts: /classic/alerts)"),
    ("alertmanager", "Alertmanager (its API; no page of its own on Debian)"),
)
WITHOUT_PAGES = ("overseer", "operator")
TIMEOUT_S = 2


def show_all(system: System) -> None:
    show_addresses(system)
    show_processes(system)
    _show_how_to_file(system)
    show_people(system)


def show_addresses(system: System) -> None:
    click.secho("\nAddresses", bold=True)
    for port, text in PAGES:
        click.echo(f"  {_at(system, port)}  {text}")
    password = web_sign_in.operators_password(system)
    click.echo(f"  At the last two: user {web_sign_in.OPERATOR}, password {password}")


def show_processes(system: System) -> None:
    """A table for operators: whether each process of a service is ready, and where it says so."""
    click.secho("\nProcesses (for operators; beside /metrics each has /healthz and /readyz)", bold=True)
    for process, port in services.metrics_ports(system).items():
        address = f"http://{system.host}:{port}"
        click.echo(f"  {process:22} {address}/metrics  {_state(address)}")
    click.echo(f"  The same again, at any time: {AGAIN} status --root {shown_path(system.root)}")


def _state(address: str) -> str:
    try:
        answer = requests.get(f"{address}/readyz", timeout=TIMEOUT_S)
        down = json.loads(answer.text)["down"]
    except (OSError, ValueError, KeyError):
        return "doesn't answer"
    return f"waits for {', '.join(down)}" if down else "ready"


def _show_how_to_file(system: System) -> None:
    click.secho("\nFile a report of your own", bold=True)
    report = examples.write_report(system.root / "example")
    fingerprint = readable((system.public / "fingerprint").read_text())
    click.echo(f'  .venv/bin/wbs --url {_at(system, "intake")} --fingerprint "{fingerprint}" file {shown_path(report)}')
    click.echo("  or in a browser: who reports stands in that file; the card and the evidence lie beside it.")
    click.echo(f"  An hour lasts {system.grain} seconds here, so that you needn't wait: times are finer than for real.")
    click.echo("  ClamAV knows its test signatures only, until freshclam reaches its mirror.")


def show_people(system: System) -> None:
    people = people_of(system)
    click.secho("\nSign-ins (invented people; each code works once, for half a minute to a minute)", bold=True)
    for person in people:
        if person.role not in WITHOUT_PAGES:
            click.echo(f"  {_sign_in(system, person)}")
    click.echo("  These have no pages yet. They sign in at OpenBao, by command, for what takes two people (ADR 4):")
    for person in people:
        if person.role in WITHOUT_PAGES:
            click.echo(f"  {_sign_in(system, person)}")
    (mount,) = {name for name, roles in declared().sign_in_mounts.items() if set(WITHOUT_PAGES) <= set(roles)}
    click.echo(f"  BAO_ADDR={openbao.url(system)} .venv/bin/bao login -method=userpass -path={mount} username=USER")
    click.echo(f"  Another code, which nobody has had yet: {AGAIN} code USER --root {shown_path(system.root)}")


def _sign_in(system: System, person: Enrolled) -> str:
    return f"{person.role:12} {person.user:11} {person.password:20} {code(system, person.user)}  {person.name}"


def code(system: System, user: str) -> str:
    """A one-time code that was given to nobody yet, and lasts long enough to be typed. Waits for one where it must."""
    desk = Desk(system)
    return desk.codes.unused(desk.enrolled(user).otpauth_url, LASTING)


def shown_path(path: Path) -> Path:
    """As short as it can be from where the reader is."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _at(system: System, port: str) -> str:
    return f"http://{system.host}:{system.ports[port]}"
