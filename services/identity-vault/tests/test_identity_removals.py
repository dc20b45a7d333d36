"""What is given up, what nobody named, and what is replaced leaves nothing behind."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from chassis.checks import MOST_ENDS, Job
from chassis.object_store import ObjectStoreDown
from chassis.openbao import OpenBao
from chassis.store import Cause, UnexpectedRows
from contracts.events import INTAKE
from contracts.keys import KeySet
from contracts.letters import WrongRecipients
from contracts.schema import to_json
from contracts.vocabulary import IdentityOutcome, IdentityReason, Route
from identity_vault import held_offers
from identity_vault.application import Offers, Sweeping
from identity_vault.check_key import CheckKey
from identity_vault.civil_registry import NoRegistry
from identity_vault.held_offers import check_of
from identity_vault.object_store import PHOTOS, VaultObjects
from identity_vault.sealing import Sealer, object_name
from identity_vault.verdicts import Findings, Photo, Verdict, unsure
from vault_tools import Reporter, Vault, person_of
from wbs_local.drawn_cards import draw_dot, invent
from wbs_local.parts import seaweedfs

PERSON = person_of(invent(71))
UNSURE = unsure(IdentityReason.PHOTO_HARD_TO_READ)


def receive(vault: Vault, reporter: Reporter) -> Job:
    """An offer that was put and told of; the job that checks it, taken three times in vain."""
    offer_id = uuid4()
    offered = vault.put(reporter, vault.seal(reporter, PERSON, draw_dot(), offer_id), offer_id)
    vault.application.offers.receive_offer(offered, Cause(INTAKE, uuid4()))
    check = check_of(reporter.report_id, offer_id)
    (row,) = vault.worker.rows("SELECT id, kind, input FROM held.jobs WHERE id = %s", (check,))
    return Job(row["id"], row["kind"], row["input"], MOST_ENDS + 1)


def offer_of(job: Job) -> UUID:
    return UUID(job.input["offer_id"])


def offers_without(vault: Vault, *owners: str, objects: VaultObjects | None = None) -> Offers:
    """The use cases with a key set that these have no key in: no letter to them can be sealed."""
    openbao, listed = OpenBao.of(vault.settings), vault.keys.listed
    keys = KeySet(replace(listed, keys=tuple(key for key in listed.keys if key.owner not in owners)))
    objects = objects or VaultObjects(vault.settings)
    sealer = Sealer(openbao, keys, objects)
    return Offers(vault.store, objects, CheckKey(openbao), sealer, vault.filer, NoRegistry())


def photos_of(vault: Vault, offer_id: UUID) -> list[str]:
    found = vault.s3.list_objects(PHOTOS, prefix=object_name(offer_id), include_version=True)
    return [str(each.version_id) for each in found]


def sweep(vault: Vault) -> None:
    vault.application.sweeping.sweep()


def removals(vault: Vault, report_id: UUID) -> list[object]:
    return list(vault.worker.rows("SELECT kind FROM held.to_remove WHERE report_id = %s", (report_id,)))


def test_a_check_that_is_given_up_ends_unsure_and_its_identity_is_kept(vault: Vault) -> None:
    reporter = Reporter()
    job = receive(vault, reporter)

    vault.application.offers.check(job).conclude(None)
    sweep(vault)

    assert vault.identity(reporter.report_id).verdicts[offer_of(job)] == unsure(IdentityReason.CHECK_FAILED)
    assert vault.worker.rows("SELECT 1 FROM held.jobs WHERE id = %s", (job.id,)) == []
    assert len(vault.worker.rows("SELECT 1 FROM held.offers WHERE offer_id = %s", (offer_of(job),))) == 1
    assert vault.inbox_of(reporter) == []


def test_of_reports_whose_key_is_missing_nothing_is_filed_or_lost_and_others_go_on(vault: Vault) -> None:
    """As after a restore of PostgreSQL and OpenBao to an older state."""
    before = vault.keys_missed("filing")
    checked, unchecked, other = Reporter(), Reporter(), Reporter()
    held = vault.hold(checked, PERSON, draw_dot(), UNSURE)
    job = receive(vault, unchecked)

    for reporter, offer_id in ((checked, held.offer_id), (unchecked, offer_of(job))):
        vault.application.filing.submit(reporter.submission(offer_id), Cause(INTAKE, uuid4()))
    vault.application.offers.check(job).conclude(None)
    later = vault.hold(other, person_of(invent(72)), draw_dot(), UNSURE)
    vault.file(other, later.offer_id)
    sweep(vault)

    for reporter, offer_id in ((checked, held.offer_id), (unchecked, offer_of(job))):
        assert vault.identity(reporter.report_id).filed == set()
        assert len(vault.worker.rows("SELECT 1 FROM held.offers WHERE offer_id = %s", (offer_id,))) == 1
        assert len(photos_of(vault, offer_id)) == 1
    assert vault.keys_missed("filing") == before + 2
    assert vault.identity(other.report_id).filed == {later.offer_id}


def is_concluded(vault: Vault, reporter: Reporter, job: Job) -> bool:
    """Unsure, with its letter unread, and nothing of it is left anywhere."""
    sweep(vault)
    return (
        vault.identity(reporter.report_id).verdicts[offer_of(job)] == unsure(IdentityReason.CHECK_FAILED)
        and vault.worker.rows("SELECT 1 FROM held.jobs WHERE id = %s", (job.id,)) == []
        and vault.worker.rows("SELECT 1 FROM held.offers WHERE offer_id = %s", (offer_of(job),)) == []
        and vault.inbox_of(reporter) == []
        and photos_of(vault, offer_of(job)) == []
    )


def test_what_can_not_be_sealed_anew_ends_unsure_and_no_attempt_leaves_a_photo(vault: Vault) -> None:
    reporter = Reporter()
    job, offers = receive(vault, reporter), offers_without(vault, "overseer")
    seen = json.dumps(to_json(Findings(Photo.NO_CARD))).encode()

    for attempt in range(1, MOST_ENDS + 1):
        with pytest.raises(WrongRecipients):
            offers.check(replace(job, attempts=attempt)).conclude(seen)
    left = photos_of(vault, offer_of(job))
    offers.check(job).conclude(None)

    assert left == []
    assert is_concluded(vault, reporter, job)


def test_a_final_outcome_that_failed_once_is_saved_without_looking_again(vault: Vault) -> None:
    reporter = Reporter()
    job = receive(vault, reporter)
    nowhere = VaultObjects(replace(vault.settings, s3_endpoint="127.0.0.1:9"))
    offers = offers_without(vault, objects=nowhere)

    with pytest.raises(ObjectStoreDown):
        offers.check(job).conclude(None)
    offers.check(replace(job, attempts=job.attempts + 1)).conclude(None)

    assert is_concluded(vault, reporter, job)


def test_a_photo_whose_offer_another_process_has_concluded_is_removed(vault: Vault) -> None:
    reporter = Reporter()
    job = receive(vault, reporter)
    vault.application.offers.check(job).conclude(None)
    kept = photos_of(vault, offer_of(job))

    with pytest.raises(UnexpectedRows):
        vault.application.offers.check(job).conclude(None)

    assert len(kept) == 1
    assert photos_of(vault, offer_of(job)) == kept


def test_a_letter_that_no_event_named_is_swept_and_one_that_waits_stays(vault: Vault) -> None:
    orphan, waiting, offer_id = Reporter(), Reporter(), uuid4()
    vault.put(orphan, vault.seal(orphan, PERSON, draw_dot(), offer_id), offer_id)
    receive(vault, waiting)
    a_day_later = Sweeping(vault.store, VaultObjects(vault.settings), vault.settings.clock, inbox_days=-1)

    a_day_later.sweep_inbox()

    assert vault.inbox_of(orphan) == []
    assert len(vault.inbox_of(waiting)) == 1


def test_a_photo_that_cannot_be_named_keeps_its_removal_due_and_no_other_waits_for_it(vault: Vault) -> None:
    """As where the key by which stored versions are told was lost."""
    unnamed, other = Reporter(), Reporter()
    lost, held = (vault.sealed(each, PERSON, draw_dot(), UNSURE) for each in (unnamed, other))
    vault.store.execute(
        held_offers.remove_photo(unnamed.report_id, replace(lost.photo, version="of another key")),
        held_offers.remove_photo(other.report_id, held.photo),
    )

    sweep(vault)

    assert len(removals(vault, unnamed.report_id)) == 1
    assert removals(vault, other.report_id) == []
    assert photos_of(vault, held.offer_id) == []
    vault.worker.rows("DELETE FROM held.to_remove WHERE report_id = %s RETURNING 1", (unnamed.report_id,))


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

    version = seaweedfs.versions(vault.system).in_store(PHOTOS, held.photo.name, held.photo.version)
    locked = vault.s3.get_object_retention(PHOTOS, held.photo.name, version_id=version)
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
