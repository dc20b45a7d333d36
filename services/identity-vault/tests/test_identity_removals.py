"""What is given up, what nobody named, and what is replaced leaves nothing behind."""

from __future__ import annotations

from uuid import UUID, uuid4

from chassis.checks import Job
from chassis.store import Cause
from contracts.events import INTAKE
from contracts.vocabulary import IdentityOutcome, IdentityReason, Route
from identity_vault.application import Sweeping
from identity_vault.object_store import VaultObjects
from identity_vault.verdicts import Verdict, unsure
from vault_tools import Reporter, Vault, person_of
from wbs_local.drawn_cards import draw_dot, invent

PERSON = person_of(invent(71))
UNSURE = unsure(IdentityReason.PHOTO_HARD_TO_READ)


def receive(vault: Vault, reporter: Reporter) -> Job:
    """An offer that was put and told of; the job that checks it, taken three times in vain."""
    offer_id = uuid4()
    offered = vault.put(reporter, vault.seal(reporter, PERSON, draw_dot(), offer_id), offer_id)
    vault.application.offers.receive_offer(offered, Cause(INTAKE, uuid4()))
    (row,) = vault.worker.rows("SELECT id, kind, input FROM held.jobs WHERE id = %s", (offer_id,))
    return Job(row["id"], row["kind"], row["input"], 4)


def sweep(vault: Vault) -> None:
    vault.application.sweeping.sweep()


def removals(vault: Vault, report_id: UUID) -> list[object]:
    return list(vault.worker.rows("SELECT kind FROM held.to_remove WHERE report_id = %s", (report_id,)))


def test_a_check_that_is_given_up_ends_unsure_and_its_identity_is_kept(vault: Vault) -> None:
    reporter = Reporter()
    job = receive(vault, reporter)

    vault.application.offers.conclude(job, None)
    sweep(vault)

    assert vault.identity(reporter.report_id).verdicts[job.id] == unsure(IdentityReason.CHECK_FAILED)
    assert vault.worker.rows("SELECT 1 FROM held.jobs WHERE id = %s", (job.id,)) == []
    assert len(vault.worker.rows("SELECT 1 FROM held.offers WHERE offer_id = %s", (job.id,))) == 1
    assert vault.inbox_of(reporter) == []


def test_a_letter_that_no_event_named_is_swept_and_one_that_waits_stays(vault: Vault) -> None:
    orphan, waiting, offer_id = Reporter(), Reporter(), uuid4()
    vault.put(orphan, vault.seal(orphan, PERSON, draw_dot(), offer_id), offer_id)
    receive(vault, waiting)
    a_day_later = Sweeping(vault.store, VaultObjects(vault.settings), vault.settings.clock, inbox_days=-1)

    a_day_later.sweep_inbox()

    assert vault.inbox_of(orphan) == []
    assert len(vault.inbox_of(waiting)) == 1


def test_the_letter_to_the_super_admin_goes_when_a_mended_offer_is_consistent(vault: Vault) -> None:
    reporter = Reporter()
    first = vault.hold(reporter, PERSON, draw_dot(), UNSURE)
    vault.file(reporter, first.offer_id)
    before = vault.worker.rows("SELECT 1 FROM held.reviews WHERE report_id = %s", (reporter.report_id,))
    identity = vault.identity(reporter.report_id)
    mended = vault.sealed(reporter, PERSON, draw_dot(), Verdict(IdentityOutcome.CONSISTENT))

    vault.store.save(identity, also=vault.filer.file(identity, mended))

    assert len(before) == 1
    assert vault.worker.rows("SELECT 1 FROM held.reviews WHERE report_id = %s", (reporter.report_id,)) == []
    assert vault.identity(reporter.report_id).filed == {first.offer_id, mended.offer_id}


def test_a_filed_photo_is_locked_and_one_that_was_not_named_is_removed(vault: Vault) -> None:
    reporter = Reporter()
    held = vault.hold(reporter, PERSON, draw_dot(), UNSURE)
    other = vault.sealed(reporter, PERSON, draw_dot(), UNSURE)
    vault.store.execute(other.insertion())

    vault.file(reporter, held.offer_id)
    sweep(vault)

    locked = vault.s3.get_object_retention("identity-photos", held.photo.name, version_id=held.photo.version)
    assert locked is not None
    assert locked.mode == "COMPLIANCE"
    assert list(vault.s3.list_objects("identity-photos", prefix=other.photo.name, include_version=True)) == []
    assert removals(vault, reporter.report_id) == []


def test_route_kpk_leaves_nothing_in_the_vaults_own_bucket(vault: Vault) -> None:
    reporter = Reporter(route=Route.KPK)
    held = vault.hold(reporter, PERSON, draw_dot(), UNSURE)

    vault.file(reporter, held.offer_id)
    sweep(vault)

    assert list(vault.s3.list_objects("identity-photos", prefix=held.photo.name, include_version=True)) == []
    assert vault.worker.rows("SELECT 1 FROM held.reviews WHERE report_id = %s", (reporter.report_id,)) == []
