"""What becomes of an identity, whichever event comes first."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from contracts.events.identity import IdentityChecked, IdentityHandedOver, IdentityReviewed
from contracts.vocabulary import IdentityOutcome, IdentityReason, ReviewVerdict, Route
from identity_vault.check_keys import CheckKeys
from identity_vault.domain import Identity, NotLookedAt, NotWaiting, Offer, ReasonMissing
from identity_vault.published import publish
from identity_vault.verdicts import Verdict, unsure

CONSISTENT = Verdict(IdentityOutcome.CONSISTENT)
INCONSISTENT = Verdict(IdentityOutcome.INCONSISTENT, (IdentityReason.NIK_DATE,))
UNSURE = unsure(IdentityReason.PHOTO_HARD_TO_READ)


def offered(route: Route = Route.INSPEKTORAT) -> tuple[Identity, UUID]:
    identity, offer_id = Identity.begin(uuid4(), route), uuid4()
    identity.receive_offer(offer_id, Offer("object", "1", review_asked=False))
    return identity, offer_id


def waiting(route: Route = Route.INSPEKTORAT) -> tuple[Identity, UUID]:
    identity, offer_id = offered(route)
    identity.conclude(offer_id, UNSURE)
    identity.submit(offer_id)
    return identity, offer_id


def told(identity: Identity) -> list[object]:
    return [each for event in identity.pending_events if (each := publish(event)) is not None]


def test_the_first_verdict_on_an_offer_holds() -> None:
    identity, offer_id = offered()

    identity.conclude(offer_id, INCONSISTENT)
    identity.conclude(offer_id, CONSISTENT)

    assert identity.verdicts[offer_id] == INCONSISTENT
    assert len(told(identity)) == 1


def test_nothing_is_inconsistent_after_submission() -> None:
    before, first = offered()
    before.conclude(first, INCONSISTENT)
    before.submit(first)
    after, second = offered()
    after.submit(second)
    after.conclude(second, INCONSISTENT)

    assert before.verdicts[first] == after.verdicts[second] == unsure(IdentityReason.NIK_DATE)
    last = told(before)[-1]
    assert isinstance(last, IdentityChecked)
    assert last.outcome is IdentityOutcome.UNSURE


def test_an_offer_after_submission_takes_the_place_of_the_last() -> None:
    identity, first = waiting()
    mended = uuid4()

    identity.receive_offer(mended, Offer("object", "2", review_asked=False))

    assert identity.is_named(mended)
    assert not identity.is_named(first)
    assert not identity.waits_for_a_look


def test_a_decision_follows_a_look_of_the_same_person_at_the_same_offer() -> None:
    identity, offer_id = waiting()
    identity.begin_look("rev-1", "superadmin")

    with pytest.raises(NotLookedAt):
        identity.decide("rev-2", ReviewVerdict.OFFICER, (), "superadmin")
    with pytest.raises(NotLookedAt):
        identity.decide("rev-1", ReviewVerdict.OFFICER, (), "another")
    identity.decide("rev-1", ReviewVerdict.OFFICER, (), "superadmin")

    last = told(identity)[-1]
    assert isinstance(last, IdentityReviewed)
    assert (last.offer_id, last.verdict) == (offer_id, ReviewVerdict.OFFICER)
    with pytest.raises(NotWaiting):
        identity.decide("rev-1", ReviewVerdict.DOUBTFUL, (IdentityReason.NIK_DATE,), "superadmin")


def test_a_doubt_without_a_reason_is_refused() -> None:
    identity, _ = waiting()
    identity.begin_look("rev-1", "superadmin")

    with pytest.raises(ReasonMissing):
        identity.decide("rev-1", ReviewVerdict.DOUBTFUL, (), "superadmin")


def test_a_look_at_an_offer_that_was_replaced_decides_nothing() -> None:
    identity, _ = waiting()
    identity.begin_look("rev-1", "superadmin")
    mended = uuid4()
    identity.receive_offer(mended, Offer("object", "2", review_asked=False))
    identity.conclude(mended, UNSURE)

    with pytest.raises(NotLookedAt):
        identity.decide("rev-1", ReviewVerdict.OFFICER, (), "superadmin")


@pytest.mark.parametrize("why", ["route kpk", "a draft", "consistent"])
def test_no_look_where_none_is_due(why: str) -> None:
    if why == "route kpk":
        identity, _ = waiting(Route.KPK)
    else:
        identity, offer_id = offered()
        identity.conclude(offer_id, UNSURE if why == "a draft" else CONSISTENT)
        if why == "consistent":
            identity.submit(offer_id)

    with pytest.raises(NotWaiting):
        identity.begin_look("rev-1", "superadmin")


def test_what_is_handed_over_is_published_once() -> None:
    identity, offer_id = offered(Route.KPK)

    for _ in range(2):
        identity.hand_over(offer_id, "object", "1", "00" * 32)

    (handed,) = told(identity)
    assert isinstance(handed, IdentityHandedOver)
    assert handed.disclosure_id is None


def test_a_submission_beats_an_expiry() -> None:
    first, offer_id = offered()
    first.expire()
    first.submit(offer_id)
    second, other = offered()
    second.submit(other)
    second.expire()

    assert (first.is_dropped, second.is_dropped) == (False, False)


def test_the_check_keys_two_newest_versions_are_listed_and_one_more_is_kept() -> None:
    assert CheckKeys.listed([1, 2, 3, 4]) == [4, 3]
    assert CheckKeys.oldest_needed([1, 2, 3, 4], in_inbox=[]) == 2
    assert CheckKeys.oldest_needed([1, 2, 3, 4], in_inbox=[1]) == 1
    assert CheckKeys.oldest_needed([1], in_inbox=[]) == 1
