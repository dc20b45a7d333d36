"""pytest plugin: real systems for tests, on free ports in temporary folders, gone however the tests end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wbs_local import launch
from wbs_local.launch import Running
from wbs_local.system import System

GRAIN_S = 5


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """All parts with their walls; before the set-up ceremony, and without services."""
    made = launch.make_system(tmp_path_factory.mktemp("system"), grain=GRAIN_S)
    with launch.parts_running(made) as running:
        yield running


@pytest.fixture(scope="session")
def system(parts: Running) -> System:
    """All parts with their walls, after the set-up ceremony; no service runs."""
    parts.hold_ceremony()
    return parts.system


@pytest.fixture(scope="session")
def running(parts: Running) -> Running:
    """The whole system: parts, people and services."""
    parts.hold_ceremony()
    parts.start_services()
    return parts
