"""The domain: what is kept, named and owed, in any order."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID, uuid4

import pytest
from contracts.events.evidence import EvidenceCleared, EvidenceFiled, EvidenceQuarantined, EvidenceReceived
from contracts.vocabulary import EvidenceKind, QuarantineReason, Route
from evidence.domain import NoMoreUploads, Place, Report
from evidence.published import publish

PIECE, OTHER, BATCH = uuid4(), uuid4(), uuid4()
ORIGINAL = Place("original", "v1", "a" * 64)
COPY = Place("copy", "v2", "b" * 64)


def report() -> Report:
    return Report.begin(uuid4(), Route.INSPEKTORAT)


def receive(made: Report, evidence_id: UUID = PIECE, batch_id: UUID | None = None) -> None:
    made.receive(evidence_id, EvidenceKind.PHOTO, batch_id, ORIGINAL)


def test_a_piece_is_received_once_and_its_first_verdict_stands() -> None:
    made = report()

    for _ in range(2):
        receive(made)
    made.quarantine(PIECE, QuarantineReason.INFECTED)
    made.clear(PIECE, COPY)

    published = [type(publish(event)) for event in made.pending_events]
    assert published == [type(None), EvidenceReceived, EvidenceQuarantined]


def test_a_named_piece_is_owed_its_filing_until_original_and_copy_are_filed() -> None:
    made = report()
    receive(made)
    made.submit([PIECE], originals_to_kpk=True)

    owed = [made.waiting_to_be_filed]
    made.file_original(PIECE, "wrapped", "wrapped")
    owed.append(made.waiting_to_be_filed)
    made.clear(PIECE, COPY)
    owed.append(made.waiting_to_be_filed)
    made.file_copy(PIECE, "wrapped")
    owed.append(made.waiting_to_be_filed)

    assert owed == [[PIECE], [], [PIECE], []]
    assert made.pieces[PIECE].is_settled


def test_a_piece_without_a_copy_is_settled_when_it_is_filed_and_checked() -> None:
    made = report()
    receive(made)
    made.submit([PIECE], originals_to_kpk=True)

    made.file_original(PIECE, None, "wrapped")
    before = made.pieces[PIECE].is_settled
    made.quarantine(PIECE, QuarantineReason.DAMAGED)

    assert (before, made.pieces[PIECE].is_settled) == (False, True)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_submission_expiry_and_receipt_in_any_order_end_the_same(order: tuple[int, ...]) -> None:
    made = report()
    happen = (lambda: receive(made), lambda: made.submit([PIECE], originals_to_kpk=False), made.expire)

    for each in order:
        happen[each]()

    assert made.waiting_to_be_filed == [PIECE]
    assert made.keeps(PIECE, None)
    assert not made.keeps(OTHER, None)
    assert not made.originals_to_kpk


def test_an_expired_draft_keeps_its_pieces_for_a_submission_that_comes_late() -> None:
    made = report()
    receive(made)

    made.expire()

    assert made.keeps(PIECE, None)
    with pytest.raises(NoMoreUploads):
        made.must_take_uploads(None)


def test_a_batch_ends_with_its_message_and_others_go_on() -> None:
    made, other = report(), uuid4()
    made.submit([], originals_to_kpk=True)
    receive(made, PIECE, BATCH)
    receive(made, OTHER, BATCH)

    made.submit_batch(BATCH, [PIECE])

    assert made.waiting_to_be_filed == [PIECE]
    assert (made.keeps(PIECE, BATCH), made.keeps(OTHER, BATCH)) == (True, False)
    made.must_take_uploads(other)
    with pytest.raises(NoMoreUploads):
        made.must_take_uploads(BATCH)


def test_an_expired_batch_is_over_and_files_nothing() -> None:
    made = report()
    receive(made, PIECE, BATCH)

    made.expire_batch(BATCH)
    made.expire_batch(BATCH)

    assert not made.keeps(PIECE, BATCH)
    assert made.waiting_to_be_filed == []


def test_a_piece_that_the_report_left_out_cannot_be_called_back() -> None:
    made = report()
    receive(made)
    made.submit([], originals_to_kpk=True)

    made.submit_batch(BATCH, [PIECE])

    assert made.waiting_to_be_filed == []


def test_a_message_without_evidence_changes_nothing() -> None:
    made = report()
    before = made.version

    made.submit_batch(None, [])

    assert made.version == before


def test_an_erased_report_files_nothing_and_takes_nothing() -> None:
    made = report()
    receive(made)
    made.submit([PIECE], originals_to_kpk=True)

    made.erase()

    assert made.waiting_to_be_filed == []
    assert not made.keeps(PIECE, None)
    with pytest.raises(NoMoreUploads):
        made.must_take_uploads(uuid4())


def test_what_is_published_of_a_filing_carries_its_place_and_letters() -> None:
    made = report()
    receive(made)
    made.clear(PIECE, None)
    made.file_original(PIECE, None, "wrapped")

    cleared, filed = [publish(event) for event in made.pending_events][-2:]

    assert isinstance(cleared, EvidenceCleared)
    assert not cleared.has_copy
    assert isinstance(filed, EvidenceFiled)
    assert (filed.object, filed.version, filed.sha256) == ("original", "v1", "a" * 64)
    assert (filed.original_key, filed.original_key_for_kpk) == (None, "wrapped")
