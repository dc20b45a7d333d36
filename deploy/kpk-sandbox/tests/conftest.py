"""One running sandbox for the tests that leave it whole, and a maker of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from contracts.vocabulary import Route
from sandbox_tools import Everybody, Report, Sandbox


@pytest.fixture(scope="session")
def everybody() -> Everybody:
    return Everybody()


@pytest.fixture(scope="session")
def sandbox(everybody: Everybody, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox.set_up(everybody, Path(tmp_path_factory.mktemp("kpk")) / "sandbox")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def new_report(everybody: Everybody) -> Callable[..., Report]:
    def make(route: Route = Route.KPK) -> Report:
        return Report(everybody, route)

    return make


@pytest.fixture
def report(new_report: Callable[..., Report]) -> Report:
    return new_report()
