"""OpenBao as a part: started from nothing, sealed until it is set up, back by itself after it was killed."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hvac.exceptions
import pytest
from chassis.openbao import OpenBao, OpenBaoDown, Sealed
from chassis.settings import Secret
from wbs_local import ceremony
from wbs_local.ceremony.root import AlreadyInitialised, Root
from wbs_local.parts import openbao
from wbs_local.system import System, free_ports


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> System:
    """A system of which only OpenBao runs, so that it may be killed."""
    system = System(tmp_path_factory.mktemp("openbao"), free_ports())
    system.make_folders()
    return system


@contextmanager
def running(system: System) -> Iterator[subprocess.Popen[bytes]]:
    program = openbao.prepare(system)
    with (
        (system.log / "openbao.log").open("ab") as log,
        subprocess.Popen(program.command, stdout=log, stderr=log) as it,
    ):
        try:
            yield it
        finally:
            it.kill()


@pytest.fixture(scope="module")
def held(alone: System) -> System:
    with running(alone):
        ceremony.hold(alone)
    return alone


def access(system: System, patience: float) -> OpenBao:
    role_id, secret_id = (Secret(system.keep_secret("intake-web", f"openbao_{n}")) for n in ("role_id", "secret_id"))
    return OpenBao(openbao.url(system), role_id, secret_id, patience)


def test_the_seal_key_is_its_owner_s_alone_and_made_once(alone: System) -> None:
    openbao.prepare(alone)
    key = alone.secrets_of("openbao") / "unseal-1.key"
    before = key.read_bytes()

    openbao.prepare(alone)

    assert key.read_bytes() == before
    assert len(before) == 32
    assert key.stat().st_mode & 0o777 == 0o600


def test_an_openbao_that_nobody_set_up_is_sealed_and_a_broken_off_ceremony_is_not_resumed(tmp_path: Path) -> None:
    fresh = System(tmp_path, free_ports())
    fresh.make_folders()
    with running(fresh):
        stranger = OpenBao(openbao.url(fresh), Secret("r"), Secret("s"), patience=1)
        root = Root.of_a_fresh_openbao(openbao.url(fresh))  # as a ceremony begins, and nothing after it

        with pytest.raises(AlreadyInitialised):
            ceremony.hold(fresh)
        root.revoke()
        with pytest.raises(hvac.exceptions.Forbidden):
            root.read("sys/mounts")
    assert not ceremony.is_held(fresh)
    with pytest.raises(OpenBaoDown):
        stranger.read("auth/token/lookup-self")


def test_before_it_is_set_up_services_are_told_that_it_is_sealed(tmp_path: Path) -> None:
    fresh = System(tmp_path, free_ports())
    fresh.make_folders()
    with running(fresh):
        early = OpenBao(openbao.url(fresh), Secret("r"), Secret("s"), patience=5)

        with pytest.raises(Sealed):
            early.read("auth/token/lookup-self")


def test_a_ceremony_is_held_once(held: System) -> None:
    published = (held.public / "people-keys.jws").read_text()

    ceremony.hold(held)

    assert ceremony.is_held(held)
    assert (held.public / "people-keys.jws").read_text() == published


def test_a_service_goes_on_by_itself_after_openbao_was_killed_and_came_back(held: System) -> None:
    intake, answers = access(held, patience=60), list[str]()
    with running(held):
        intake.read("auth/token/lookup-self")

    waiting = threading.Thread(target=lambda: answers.append(intake.sign("intake", b"a promise").decode()))
    waiting.start()
    with running(held):
        waiting.join(timeout=60)

    assert answers[0].count(".") == 2
