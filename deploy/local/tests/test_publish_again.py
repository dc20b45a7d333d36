"""A service publishes its history again when an operator says so, in a process that has loaded nothing else before."""

from __future__ import annotations

import pytest
from wbs_local import launch, services, walls
from wbs_local.parts import postgres
from wbs_local.system import System


@pytest.mark.parametrize("service", services.PROCESSES)
def test_the_relay_is_told_to_begin_anew(system: System, service: str) -> None:
    launch.migrate(system, service)
    database = next(each.name for each in walls.databases() if each.service == service)
    with postgres.connect_as_superuser(system, database) as connection:
        connection.execute("UPDATE relay_position SET position = position + 7")

        said = launch.run_command(system, service, f"{service}-worker", "relay", "--from", "1")

        row = connection.execute("SELECT position FROM relay_position").fetchone()
    assert row is not None
    assert row[0] == 0
    assert said.splitlines()[-1] == "the worker publishes again from position 1"
