"""After many reports, and a look at one identity, no process but those that open identities holds a word or a pixel of
one: not the sandboxes that have just read their photos either."""

from __future__ import annotations

import population
import pytest
from canaries import Search
from chassis.testing.harness import eventually
from places import Process, processes, search_memory
from population import SHARED_IDENTITY, Filed, Reporter
from wbs_client import PublicApi, fetch_keys
from wbs_local.parts import postgres

pytestmark = pytest.mark.timeout(900)

# The console shows the Super Admin one; KPK's end is not ours, and opens with its own key.
OPENS_IDENTITIES = ("identity_vault check", "identity_vault web", "kpk_sandbox")

SANDBOX, READER = "chassis.checks.nursery", "identity_vault.looking:look"
LATE = Reporter(population.FIRST_SEED + 3_000)


@pytest.fixture(scope="module")
def identities(filed: Filed) -> Search:
    people = (*filed.mailboxes, LATE)
    return Search((*SHARED_IDENTITY, *(canary for each in people for canary in each.identity_canaries())))


def test_no_identity_is_left_in_a_sandbox_that_read_it(filed: Filed, identities: Search) -> None:
    api = PublicApi(f"http://{filed.running.system.host}:{filed.running.system.ports['intake']}")
    population.file(api, fetch_keys(api, (filed.running.system.public / "fingerprint").read_text()), LATE)
    eventually(lambda: not _checks_waiting(filed), 800)

    sandboxes = [each for each in processes(filed.running.system) if SANDBOX in each.command]

    assert [each for each in sandboxes if READER in each.command]
    assert {_shown(each): hits for each in sandboxes if (hits := search_memory(each, identities))} == {}


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
