"""After many reports no process but identity-vault's own holds a word or a pixel of an identity."""

from __future__ import annotations

import pytest
from canaries import Search
from chassis.testing.harness import eventually
from places import Process, processes, search_memory
from population import SHARED_IDENTITY, Filed
from wbs_local.parts import postgres

pytestmark = pytest.mark.timeout(900)

OPENS_IDENTITIES = ("identity_vault check", "kpk_sandbox")  # KPK's end is not ours, and opens with its own key


@pytest.fixture(scope="module")
def identities(filed: Filed) -> Search:
    return Search((*SHARED_IDENTITY, *(canary for each in filed.mailboxes for canary in each.identity_canaries())))


def test_no_identity_is_in_the_memory_of_others(filed: Filed, identities: Search) -> None:
    eventually(lambda: not _checks_waiting(filed), 800)  # a check that takes its time doesn't hold a submission up
    searched = [each for each in processes(filed.running.system) if not _opens_identities(each)]

    found = {_shown(each): hits for each in searched if (hits := search_memory(each, identities))}

    assert {"identity_vault worker", "intake web", "evidence check"} <= {each.is_python_of for each in searched}
    assert found == {}


def _checks_waiting(filed: Filed) -> bool:
    with postgres.connect_as_superuser(filed.running.system, "identity_vault") as connection:
        return connection.execute("SELECT 1 FROM held.jobs").fetchone() is not None


def _opens_identities(process: Process) -> bool:
    return any(name in process.command for name in OPENS_IDENTITIES)


def _shown(process: Process) -> str:
    return process.is_python_of or process.command[:60]
