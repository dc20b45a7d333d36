"""One report has one reporter: what another key signed doesn't count, and a replaced offer is not checked."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from chassis.checks import Job, queue
from chassis.store import Cause
from contracts.events import INTAKE
from contracts.keys import thumbprint
from contracts.receipts import ReporterSecrets
from contracts.schema import to_json
from contracts.vocabulary import IdentityOutcome, IdentityReason, Route
from identity_vault.application.offers import Offers
from identity_vault.domain import Identity, Offer
from identity_vault.held_offers import check_of
from identity_vault.verdicts import Findings, Photo, Verdict, unreadable, unsure
from test_identity_removals import offers_without, photos_of, sweep
from vault_tools import Reporter, Vault, person_of
from wbs_local.drawn_cards import draw_dot, invent

PERSON = person_of(invent(83))
CONSISTENT = Verdict(IdentityOutcome.CONSISTENT)
FIRST, OTHER = (thumbprint(ReporterSecrets.generate().signing.public.jwk) for _ in range(2))
SEEN = json.dumps(to_json(Findings(Photo.NO_CARD))).encode()

AS_BEFORE = """
    UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), ',"reporter_key":null', ''), 'UTF8')
    WHERE originator_id = %s AND topic LIKE '%%Identity.Checked'
        AND convert_from(state, 'UTF8') LIKE '%%,"reporter_key":null%%'
"""


def with_offers(*offer_ids: UUID) -> Identity:
    identity = Identity.begin(uuid4(), Route.INSPEKTORAT)
    for offer_id in offer_ids:
        identity.receive_offer(offer_id, Offer("object", "1", review_asked=False))
    return identity


def test_a_later_offer_by_another_key_does_not_count() -> None:
    first, second = uuid4(), uuid4()
    identity = with_offers(first, second)

    identity.conclude(first, CONSISTENT, FIRST)
    identity.conclude(second, CONSISTENT, OTHER)

    assert identity.verdicts[second] == unreadable()
    assert identity.reporter_key == FIRST


def test_after_submission_it_waits_for_a_look_like_one_that_does_not_open() -> None:
    first, second = uuid4(), uuid4()
    identity = with_offers(first)
    identity.conclude(first, CONSISTENT, FIRST)
    identity.submit(first)
    identity.receive_offer(second, Offer("object", "2", review_asked=False))

    identity.conclude(second, CONSISTENT, OTHER)

    assert identity.verdicts[second] == unsure(IdentityReason.LETTER_UNREADABLE)
    assert identity.waits_for_a_look


def test_an_offer_that_never_opened_pins_nothing() -> None:
    first, second = uuid4(), uuid4()
    identity = with_offers(first, second)

    identity.conclude(first, unreadable())
    identity.conclude(second, CONSISTENT, FIRST)

    assert identity.verdicts[second] == CONSISTENT
    assert identity.reporter_key == FIRST


def test_the_first_offers_key_goes_on_counting() -> None:
    first, second = uuid4(), uuid4()
    identity = with_offers(first, second)

    for each in (first, second):
        identity.conclude(each, CONSISTENT, FIRST)

    assert identity.verdicts == {first: CONSISTENT, second: CONSISTENT}


def test_a_check_from_before_keys_were_kept_still_loads(vault: Vault) -> None:
    offer_id = uuid4()
    identity = with_offers(offer_id)
    identity.conclude(offer_id, CONSISTENT)
    vault.store.save(identity)

    with vault.worker.connection() as connection:
        connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
        changed = connection.execute(AS_BEFORE, (identity.id,)).rowcount
        connection.execute("ALTER TABLE events ENABLE TRIGGER USER")
    loaded = vault.identity(identity.id)

    assert changed == 1
    assert (loaded.verdicts[offer_id], loaded.reporter_key) == (CONSISTENT, None)


def received(vault: Vault, reporter: Reporter) -> Job:
    offer_id = uuid4()
    offered = vault.put(reporter, vault.seal(reporter, PERSON, draw_dot(), offer_id), offer_id)
    vault.application.offers.receive_offer(offered, Cause(INTAKE, uuid4()))
    (row,) = jobs(vault, reporter, offer_id)
    return Job(row["id"], "identity", to_json(offered), 1)


def jobs(vault: Vault, reporter: Reporter, offer_id: UUID) -> list[dict[str, UUID]]:
    check = check_of(reporter.report_id, offer_id)
    return list(vault.worker.rows("SELECT id FROM held.jobs WHERE id = %s", (check,)))


def offer_of(job: Job) -> UUID:
    return UUID(job.input["offer_id"])


def by_another(reporter: Reporter) -> Reporter:
    """The same report, another device."""
    return replace(reporter, secrets=ReporterSecrets.generate())


@pytest.mark.parametrize("is_submitted", [False, True])
def test_what_another_key_signed_is_not_sealed_anew(vault: Vault, is_submitted: bool) -> None:
    reporter, offers = Reporter(), vault.application.offers
    first = received(vault, reporter)
    offers.check(first).conclude(SEEN)
    if is_submitted:
        vault.file(reporter, offer_of(first))
    later = received(vault, by_another(reporter))

    check = offers.check(later)
    check.conclude(check.prepare())

    verdict = vault.identity(reporter.report_id).verdicts[offer_of(later)]
    assert verdict == (unsure(IdentityReason.LETTER_UNREADABLE) if is_submitted else unreadable())
    assert vault.worker.rows("SELECT 1 FROM held.offers WHERE offer_id = %s", (offer_of(later),)) == []
    assert photos_of(vault, offer_of(later)) == []


def test_of_two_checks_at_once_the_later_offer_by_another_key_leaves_nothing(vault: Vault) -> None:
    reporter = Reporter()
    first = received(vault, reporter)
    stranger = by_another(reporter)
    second_id = uuid4()
    put = vault.put(stranger, vault.seal(stranger, PERSON, draw_dot(), second_id), second_id)
    before = offers_without(vault).check(first)
    before.prepare()
    # Received while the first one's check runs; its own check began before that was saved.
    identity = vault.identity(reporter.report_id)
    identity.receive_offer(second_id, Offer(put.object, put.version, review_asked=False))
    check = check_of(reporter.report_id, second_id)
    vault.store.save(identity, also=(queue("identity", check, to_json(put)),))
    second = Job(check, "identity", to_json(put), 1)
    after = offers_without(vault).check(second)
    after.prepare()

    before.conclude(SEEN)
    after.conclude(SEEN)
    sweep(vault)

    assert vault.identity(reporter.report_id).verdicts[second_id] == unreadable()
    assert photos_of(vault, second_id) == []
    assert len(photos_of(vault, offer_of(first))) == 1


def test_two_checks_at_once_in_one_process_keep_two_identities_apart(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun, prepared and concluded by turns, as by its two threads; each letter is opened once."""
    opened, open_offer = [], Offers.open
    monkeypatch.setattr(Offers, "open", lambda offers, asked: opened.append(asked) or open_offer(offers, asked))
    people = {Reporter(): person_of(invent(seed)) for seed in (84, 85)}
    checks = {}
    for reporter, person in people.items():
        offer_id = uuid4()
        put = vault.put(reporter, vault.seal(reporter, person, draw_dot(), offer_id), offer_id)
        vault.application.offers.receive_offer(put, Cause(INTAKE, uuid4()))
        (row,) = jobs(vault, reporter, offer_id)
        checks[reporter] = vault.application.offers.check(Job(row["id"], "identity", to_json(put), 1))

    inputs = {reporter: check.prepare() for reporter, check in checks.items()}
    for check in checks.values():
        check.conclude(SEEN)

    for reporter, person in people.items():
        assert [other.nik for other in people.values() if other.nik.encode() in inputs[reporter]] == [person.nik]
        assert vault.identity(reporter.report_id).reporter_key == thumbprint(reporter.keys.signing)
    assert sorted(each.report_id for each in opened) == sorted(reporter.report_id for reporter in people)


def test_a_newer_offer_ends_the_check_of_the_older_one(vault: Vault) -> None:
    reporter = Reporter()
    older = received(vault, reporter)

    newer = received(vault, reporter)
    sweep(vault)

    assert jobs(vault, reporter, offer_of(older)) == []
    assert len(jobs(vault, reporter, offer_of(newer))) == 1
    assert vault.inbox_of(reporter) == [f"{reporter.report_id}/{offer_of(newer)}"]


def test_the_offer_that_the_submission_names_is_checked_and_filed_though_a_newer_one_came(vault: Vault) -> None:
    reporter = Reporter()
    named = received(vault, reporter)
    vault.file(reporter, offer_of(named))

    late = received(vault, by_another(reporter))
    vault.application.offers.check(named).conclude(SEEN)
    check = vault.application.offers.check(late)
    check.conclude(check.prepare())

    assert vault.identity(reporter.report_id).filed == {offer_of(named)}


def test_an_older_late_offer_is_not_checked_when_a_newer_one_came(vault: Vault) -> None:
    reporter = Reporter()
    named = received(vault, reporter)
    vault.application.offers.check(named).conclude(SEEN)
    vault.file(reporter, offer_of(named))

    late, later = received(vault, reporter), received(vault, reporter)

    assert jobs(vault, reporter, offer_of(late)) == []
    assert len(jobs(vault, reporter, offer_of(later))) == 1


def test_a_submission_that_names_a_replaced_offer_keeps_nobody_waiting(vault: Vault) -> None:
    """As after a restore of intake, which then doesn't know the newer one."""
    reporter = Reporter()
    older = received(vault, reporter)
    received(vault, reporter)

    vault.file(reporter, offer_of(older))

    identity = vault.identity(reporter.report_id)
    assert identity.verdicts[offer_of(older)] == unsure(IdentityReason.CHECK_FAILED)
    assert identity.waits_for_a_look
