"""pytest plugin: real systems for tests, on free ports in temporary folders, gone however the tests end.

Each of the tests' processes starts two systems that tests share, each when a test first asks for it: `system`, in which
no service runs, so that tests start, stop and break single processes; and `running`, the whole, which nobody breaks.
What breaks a whole one, or forges in it, makes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chassis.clock import Clock, set_process_clock
from chassis.testing.harness import ServiceUnderTest, eventually
from wbs_client import PublicApi, TrustedKeys, fetch_keys

from wbs_local import launch, services, walls
from wbs_local.launch import Running
from wbs_local.parts import kafka
from wbs_local.system import System

GRAIN_S = 5


def await_keys(system: System, patience_s: float = 60) -> tuple[PublicApi, TrustedKeys]:
    """What a client of a whole system begins with: once identity-vault, at its first start, has published its check
    keys."""
    api = PublicApi(f"http://{system.host}:{system.ports['intake']}")
    fingerprint = (system.public / "fingerprint").read_text()
    eventually(lambda: fetch_keys(api, fingerprint).checks, patience_s, "the first check keys")
    return api, fetch_keys(api, fingerprint)


@pytest.fixture(scope="module", autouse=True)
def _hour() -> Iterator[None]:
    """Who loads a system's settings here gets its short hours: other modules' hours are whole ones."""
    yield
    set_process_clock(Clock())


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
def service_under_test(
    parts: Running, system: System, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], ServiceUnderTest]:
    """Makes a service's tables in `system` and gives it to the hands of `chassis.testing`: none of it runs yet."""

    def make(service: str) -> ServiceUnderTest:
        launch.migrate(system, service)
        return ServiceUnderTest(
            package=services.package_of(service),
            database=next(each.name for each in walls.databases() if each.service == service),
            environment=services.environment(system, f"{service}-worker"),
            admin={
                "host": system.host,
                "port": system.ports["postgres"],
                "user": "postgres",
                "password": system.keep_secret("postgres", "superuser_password"),
            },
            writers={topic.name: kafka.login_of(system, topic.writer) for topic in walls.topics()},
            folder=Path(tmp_path_factory.mktemp(service)),
        )

    return make


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole system of its own: parts, people and services."""
    made = launch.make_system(tmp_path_factory.mktemp("running"), grain=GRAIN_S)
    with launch.parts_running(made) as running:
        running.hold_ceremony()
        running.start_services()
        yield running
