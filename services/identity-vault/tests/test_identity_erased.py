"""An erased report leaves nothing here that could be opened or compared, and nothing that comes later is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from chassis.store import Cause, UnexpectedRows
from chassis.testing.harness import eventually
from chassis.wrapper import NotErased
from contracts.events import IDENTITY, INTAKE
from contracts.events.identity import ReportErased
from contracts.vocabulary import IdentityReason
from identity_vault import held_offers
from identity_vault.domain import Identity, NotWaiting
from identity_vault.held_offers import HeldOffer
from identity_vault.object_store import PHOTOS
from identity_vault.read_model import find_waiting, list_waiting
from identity_vault.sealing import object_name
from identity_vault.verdicts import unsure
from test_identity_removals import offer_of, receive
from vault_tools import Reporter, Vault, person_of
from wbs_local.drawn_cards import draw_dot, invent

PERSON = person_of(invent(81))
UNSURE = unsure(IdentityReason.PHOTO_HARD_TO_READ)
# To OpenBao a key that was destroyed is one that isn't there: of these reports none is made.
TABLES = ("offers", "reviews", "blind_indexes", "to_remove")


def erase(vault: Vault, reporter: Reporter) -> None:
    erased = ReportErased(report_id=reporter.report_id, route=reporter.route)
    vault.application.filing.erase(erased, Cause(IDENTITY, uuid4()))


def filed(vault: Vault) -> tuple[Reporter, HeldOffer]:
    """It waits for a look, its NIK is counted, and an offer is held."""
    reporter = Reporter()
    held = vault.hold(reporter, PERSON, draw_dot(), UNSURE)
    identity = vault.identity(reporter.report_id)
    identity.submit(held.offer_id)
    review = held_offers.keep_review(reporter.report_id, held.offer_id, "wrapped")
    count = held_offers.count_open_report(reporter.report_id, "hmac")
    vault.store.save(identity, also=(review, count))
    return reporter, held


def left_of(vault: Vault, reporter: Reporter) -> list[str]:
    """Once what is to be removed was removed."""
    vault.application.sweeping.sweep()
    rows = [
        table
        for table in TABLES
        if vault.worker.rows(f"SELECT 1 FROM held.{table} WHERE report_id = %s", (reporter.report_id,))  # noqa: S608
    ]
    query = "SELECT id FROM held.jobs WHERE input ->> 'report_id' = %s"
    return [*rows, *vault.worker.rows(query, (str(reporter.report_id),)), *vault.inbox_of(reporter)]  # type: ignore[list-item]


def test_all_that_is_held_of_an_erased_report_is_forgotten(vault: Vault) -> None:
    reporter, held = filed(vault)
    receive(vault, reporter)
    before = left_of(vault, reporter)

    for _ in range(2):
        erase(vault, reporter)

    assert len(before) == 5
    assert left_of(vault, reporter) == []
    assert list(vault.s3.list_objects(PHOTOS, prefix=object_name(held.offer_id), include_version=True)) == []
    assert [type(each) for each in vault.events_of(reporter)].count(Identity.Erased) == 1


def test_an_erased_report_waits_for_no_look(vault: Vault) -> None:
    reporter, _ = filed(vault)
    waited = find_waiting(vault.store, reporter.report_id)

    erase(vault, reporter)

    assert waited is not None
    assert find_waiting(vault.store, reporter.report_id) is None
    assert reporter.report_id not in {each.report_id for each in list_waiting(vault.store)}
    with pytest.raises(NotWaiting):
        vault.identity(reporter.report_id).begin_look("rev-1", "superadmin")


@pytest.mark.parametrize("told", ["first", "between", "last"])
def test_of_an_erased_report_nothing_is_filed_or_told_in_any_order(vault: Vault, told: str) -> None:
    reporter, offer_id = Reporter(), uuid4()
    offered = vault.put(reporter, vault.seal(reporter, PERSON, draw_dot(), offer_id), offer_id)
    steps: list[Callable[[], None]] = [
        lambda: vault.application.offers.receive_offer(offered, Cause(INTAKE, uuid4())),
        lambda: vault.application.filing.submit(reporter.submission(offer_id), Cause(INTAKE, uuid4())),
    ]
    steps.insert(["first", "between", "last"].index(told), lambda: erase(vault, reporter))

    for step in steps:
        step()

    identity = vault.identity(reporter.report_id)
    assert (identity.is_erased, identity.filed, identity.verdicts) == (True, set(), {})
    assert left_of(vault, reporter) == []
    assert find_waiting(vault.store, reporter.report_id) is None


def test_a_check_that_was_begun_before_the_erasure_leaves_nothing(vault: Vault) -> None:
    reporter = Reporter()
    job = receive(vault, reporter)
    check = vault.application.offers.check(replace(job, attempts=1))
    check.prepare()
    erase(vault, reporter)

    with pytest.raises(UnexpectedRows):
        check.conclude(b"")

    assert left_of(vault, reporter) == []
    offer = object_name(offer_of(job))
    assert list(vault.s3.list_objects(PHOTOS, prefix=offer, include_version=True)) == []


def test_an_erasure_is_not_believed_while_the_key_is_there(vault: Vault) -> None:
    reporter = Reporter()
    held = vault.hold(reporter, PERSON, draw_dot(), UNSURE)
    vault.file(reporter, held.offer_id)

    with pytest.raises(NotErased):
        erase(vault, reporter)

    assert not vault.identity(reporter.report_id).is_erased
    assert find_waiting(vault.store, reporter.report_id) is not None


def test_the_worker_hears_of_an_erasure(line: Vault) -> None:
    reporter = Reporter()
    offer_id = line.offer(reporter, PERSON, draw_dot())
    line.checked(reporter, offer_id)

    line.tell(ReportErased(report_id=reporter.report_id, route=reporter.route))

    eventually(lambda: line.identity(reporter.report_id).is_erased)
    eventually(lambda: left_of(line, reporter) == [])
