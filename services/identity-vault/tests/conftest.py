"""A vault on the tests' real parts; its processes run where a module asks for the line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chassis.testing.harness import eventually
from console_tools import Console
from flask import Flask
from identity_vault.web import create_app
from vault_tools import PROCESSES, Vault, service_under_test
from wbs_local import launch
from wbs_local.ceremony.desk import Desk
from wbs_local.system import System


@pytest.fixture(scope="module")
def vault(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """With its tables and published check keys; no process of it runs."""
    launch.migrate(system, "identity-vault")
    folder = tmp_path_factory.mktemp("identity-vault")
    made = Vault(system, {name: service_under_test(system, name, folder) for name in PROCESSES})
    made.application.check_keys.tend()
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def line(vault: Vault) -> Iterator[Vault]:
    """The vault with its worker and one check process running."""
    started = [vault.worker.start("worker"), vault.check.start("check")]
    eventually(lambda: all("_started" in each.lines for each in started))
    yield vault
    codes = [each.stop() for each in started]
    assert codes == [0, 0], [each.lines for each in started]


@pytest.fixture(scope="module")
def desk(vault: Vault) -> Desk:
    return Desk(vault.system)


@pytest.fixture(scope="module")
def app(vault: Vault) -> Flask:
    made = create_app(vault.process, vault.application)
    made.testing = True
    return made


@pytest.fixture(scope="module")
def super_admin(app: Flask, desk: Desk) -> Console:
    console = Console(app.test_client())
    console.sign_in(desk, "superadmin")
    return console
