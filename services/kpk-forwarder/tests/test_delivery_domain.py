"""A delivery: whatever the order in which things are heard, KPK is owed the same, and complete means complete."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import pytest
from contracts.vocabulary import CaseOutcome, CaseStatus, DeliveryFault, Ground, Notice, ParcelKind, Route
from kpk_forwarder.domain import Delivery, Filed, Told, events

from contracts import parcels

REPORT, PIECE, OTHER, STRAY, LETTER = (uuid4() for _ in range(5))
ORIGINAL = Filed("o", "1", "0" * 64, "key")
WITHHELD = Filed("o", "1", "0" * 64)
COPY = Filed("c", "1", "1" * 64, "copy key")
IDENTITY = Filed("i", "1", "2" * 64)
Step = Callable[[Delivery], None]


def submitted(*evidence_ids: UUID) -> Step:
    return lambda each: each.submit(evidence_ids, "story", "facts")


def filed(evidence_id: UUID, filed: Filed = ORIGINAL) -> Step:
    return lambda each: each.file_original(evidence_id, filed)


def started(ground: Ground) -> Step:
    return lambda each: each.start(ground)


def message(each: Delivery) -> None:
    each.receive_message(LETTER, "text", (OTHER,))


def closed(each: Delivery) -> None:
    each.tell("closed", Told(Notice.CLOSED, CaseStatus.FINISHED, CaseOutcome.NOT_PROVEN))


def delivery(*steps: Step, route: Route = Route.INSPEKTORAT) -> Delivery:
    made = Delivery.begin(REPORT, route)
    for step in steps:
        step(made)
    return made


def due(delivery: Delivery) -> set[tuple[ParcelKind, str]]:
    return {(parcel.kind, parcel.about) for parcel in delivery.owed}


def deliver(delivery: Delivery, kind: ParcelKind, about: str = "") -> bool:
    """KPK signs for it; whether it then has all."""
    delivery.deliver(parcels.parcel_id(REPORT, kind, about), "KPK-1", "0" * 64, "receipt")
    last = delivery.pending_events[-1]
    assert isinstance(last, events.ParcelDelivered)
    return last.is_complete


def orders(steps: Sequence[Step]) -> list[Delivery]:
    """In every order, and each step twice."""
    return [delivery(*order, *order) for order in itertools.permutations(steps)]


def test_whatever_the_order_the_same_parcels_are_due() -> None:
    steps = [
        submitted(PIECE),
        started(Ground.APPROVED),
        filed(PIECE),
        message,
        closed,
        lambda each: each.file_copy(PIECE, COPY),
    ]

    assert {frozenset(due(each)) for each in orders(steps)} == {
        frozenset(
            {
                (ParcelKind.REPORT, ""),
                (ParcelKind.ORIGINAL, str(PIECE)),
                (ParcelKind.COPY, str(PIECE)),
                (ParcelKind.MESSAGE, str(LETTER)),
                (ParcelKind.NOTICE, "closed"),
            }
        )
    }


def test_a_parcel_is_due_once() -> None:
    made = delivery(submitted(PIECE), started(Ground.DEADLINE), filed(PIECE), filed(PIECE))

    became_due = [each.parcel_id for each in made.pending_events if isinstance(each, events.ParcelDue)]

    assert len(became_due) == len(set(became_due)) == 2


@pytest.mark.parametrize("steps", [(submitted(PIECE), filed(PIECE), closed), (started(Ground.APPROVED), filed(PIECE))])
def test_nothing_is_due_before_kpk_is_to_have_it_and_the_report_is_here(steps: Sequence[Step]) -> None:
    for each in orders(steps):
        assert due(each) == set()


def test_a_report_of_route_kpk_is_due_at_once_and_complete_with_its_identity() -> None:
    made = delivery(submitted(), route=Route.KPK)
    made.take_identity(IDENTITY)

    assert made.ground is Ground.ROUTE
    assert due(made) == {(ParcelKind.REPORT, ""), (ParcelKind.IDENTITY, "i/1")}
    assert not deliver(made, ParcelKind.REPORT)
    assert deliver(made, ParcelKind.IDENTITY, "i/1")


def test_at_the_inspektorat_it_is_complete_without_an_identity() -> None:
    made = delivery(submitted(), started(Ground.APPROVED))

    assert deliver(made, ParcelKind.REPORT)


def test_it_is_complete_with_each_piece_and_not_before_the_last_is_filed() -> None:
    made = delivery(submitted(PIECE, OTHER), started(Ground.APPROVED), filed(PIECE))

    outcomes = [deliver(made, ParcelKind.REPORT), deliver(made, ParcelKind.ORIGINAL, str(PIECE))]
    filed(OTHER)(made)

    assert outcomes == [False, False]
    assert deliver(made, ParcelKind.ORIGINAL, str(OTHER))


def test_with_originals_withheld_it_is_complete_with_the_copy() -> None:
    made = delivery(submitted(PIECE), started(Ground.APPROVED), filed(PIECE, WITHHELD))
    made.file_copy(PIECE, COPY)

    assert due(made) == {(ParcelKind.REPORT, ""), (ParcelKind.COPY, str(PIECE))}
    assert not deliver(made, ParcelKind.REPORT)
    assert deliver(made, ParcelKind.COPY, str(PIECE))


def test_with_originals_withheld_a_quarantined_piece_is_told_of_and_then_all_is_there() -> None:
    notice = (ParcelKind.NOTICE, f"evidence_quarantined/{PIECE}")
    steps = [
        submitted(PIECE),
        started(Ground.APPROVED),
        filed(PIECE, WITHHELD),
        lambda each: each.quarantine(PIECE),
    ]
    for made in orders(steps):
        assert due(made) == {(ParcelKind.REPORT, ""), notice}
        deliver(made, ParcelKind.REPORT)
        assert deliver(made, *notice)


def test_with_originals_withheld_a_piece_that_no_copy_is_made_of_is_told_of_and_then_all_is_there() -> None:
    notice = (ParcelKind.NOTICE, f"evidence_withheld/{PIECE}")
    steps = [
        submitted(PIECE),
        started(Ground.APPROVED),
        filed(PIECE, WITHHELD),
        lambda each: each.clear(PIECE, has_copy=False),
    ]
    for made in orders(steps):
        assert due(made) == {(ParcelKind.REPORT, ""), notice}
        deliver(made, ParcelKind.REPORT)
        assert deliver(made, *notice)


@pytest.mark.parametrize("filed_as", [ORIGINAL, WITHHELD])
def test_of_a_clean_piece_whose_original_or_copy_follows_nothing_is_told(filed_as: Filed) -> None:
    made = delivery(submitted(PIECE), started(Ground.APPROVED), filed(PIECE, filed_as))
    made.clear(PIECE, has_copy=filed_as is WITHHELD)

    assert ParcelKind.NOTICE not in {kind for kind, _ in due(made)}


def test_of_a_piece_that_no_report_names_nothing_is_told() -> None:
    made = delivery(submitted(), started(Ground.APPROVED), lambda each: each.quarantine(STRAY))

    assert due(made) == {(ParcelKind.REPORT, "")}


def test_late_pieces_follow_and_stay_complete() -> None:
    made = delivery(submitted(), started(Ground.APPROVED))
    deliver(made, ParcelKind.REPORT)
    message(made)
    filed(OTHER)(made)

    assert due(made) == {(ParcelKind.MESSAGE, str(LETTER)), (ParcelKind.ORIGINAL, str(OTHER))}
    assert deliver(made, ParcelKind.MESSAGE, str(LETTER))


def test_the_first_ground_stands_and_what_follows_is_told() -> None:
    conflict = Told(Notice.CONFLICT)
    made = delivery(submitted(), lambda each: each.start_or_tell(Ground.CONFLICT, "first", conflict))
    made.start(Ground.APPROVED)
    made.start_or_tell(Ground.OBJECTION, "second", Told(Notice.OBJECTION))

    assert made.ground is Ground.CONFLICT
    assert due(made) == {(ParcelKind.REPORT, ""), (ParcelKind.NOTICE, "second")}


def test_in_route_kpk_the_ground_is_the_route_also_when_a_conflict_is_heard_of_first() -> None:
    conflict = Told(Notice.CONFLICT)
    steps = [submitted(), lambda each: each.start_or_tell(Ground.CONFLICT, "conflict", conflict)]
    for order in itertools.permutations(steps):
        made = delivery(*order, route=Route.KPK)
        assert made.ground is Ground.ROUTE
        assert due(made) == {(ParcelKind.REPORT, ""), (ParcelKind.NOTICE, "conflict")}


def test_a_failure_is_said_once_until_its_reason_changes() -> None:
    made = delivery(submitted(), started(Ground.APPROVED))
    report = parcels.parcel_id(REPORT, ParcelKind.REPORT)
    for reason in ("unreachable", "unreachable", "refused", "unreachable"):
        made.fail(report, DeliveryFault(reason))

    said = [each.reason for each in made.pending_events if isinstance(each, events.ParcelFailed)]

    assert said == ["unreachable", "refused", "unreachable"]


def test_a_second_receipt_changes_nothing() -> None:
    made = delivery(submitted(), started(Ground.APPROVED))
    deliver(made, ParcelKind.REPORT)
    count = len(made.pending_events)

    deliver(made, ParcelKind.REPORT)

    assert len(made.pending_events) == count


def test_of_an_erased_report_nothing_is_due_any_more() -> None:
    made = delivery(submitted(), started(Ground.APPROVED), lambda each: each.erase(), message)

    assert due(made) == set()


def test_a_letter_of_kpk_is_taken_once() -> None:
    made = delivery(submitted(), route=Route.KPK)
    made.hear_message(LETTER, "text")
    made.hear_message(LETTER, "another")

    assert [each.text for each in made.pending_events if isinstance(each, events.KpkMessageHeard)] == ["text"]
