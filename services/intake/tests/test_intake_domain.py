"""A report's history: what may follow what, and what changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from contracts.vocabulary import EvidenceKind, IdentityLevel, IdentityOutcome, ParcelKind, QuarantineReason, Route
from intake.completeness import Lack
from intake.domain import Incomplete, NotADraft, NotSubmitted, Report

OFFER, PIECE = uuid4(), uuid4()
HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)


def submit(report: Report, event_id: UUID | None = None) -> None:
    report.submit(
        event_id=event_id or uuid4(),
        hour=HOUR,
        offer_id=OFFER,
        evidence_ids=(PIECE,),
        originals_to_kpk=True,
        identity_level=IdentityLevel.CONSISTENT,
        facts="wrapped",
        story="wrapped",
        receipt="wrapped",
        leaf="0" * 64,
        promise="signed",
    )


def test_a_draft_is_submitted_once() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    submit(report)

    with pytest.raises(NotADraft):
        submit(report)


def test_a_submission_keeps_the_id_that_it_is_published_under() -> None:
    report, event_id = Report.open_draft(uuid4(), Route.INSPEKTORAT), uuid4()

    submit(report, event_id)

    assert report.submission is not None
    assert report.submission.event_id == event_id


def test_a_draft_that_was_submitted_does_not_expire() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    submit(report)

    report.expire()

    assert not report.is_expired


def test_an_expired_draft_takes_no_identity() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    report.expire()

    with pytest.raises(NotADraft):
        report.offer_identity(OFFER, "object", "version", review_asked=False)


def test_a_submission_taken_back_from_the_topic_beats_an_expiry() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    report.expire()

    submit(report)

    assert report.is_submitted


def test_a_verdict_on_an_older_offer_is_ignored() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    report.offer_identity(uuid4(), "object", "1", review_asked=False)
    older = report.offer
    report.offer_identity(OFFER, "object", "2", review_asked=False)

    assert older is not None
    report.judge_identity(older.offer_id, IdentityOutcome.CONSISTENT, ())

    with pytest.raises(Incomplete) as incomplete:
        report.must_be_complete(OFFER, (), ())
    assert Lack.IDENTITY_BEING_CHECKED in [each.lack for each in incomplete.value.missing]


def test_that_an_identity_is_in_order_after_all_is_told_once_of_the_offer_that_counts() -> None:
    report, older = Report.open_draft(uuid4(), Route.INSPEKTORAT), uuid4()
    report.offer_identity(uuid4(), "object", "1", review_asked=False)
    assert report.offer is not None
    report.judge_identity(report.offer.offer_id, IdentityOutcome.CONSISTENT, ())
    submit(report)
    report.offer_identity(older, "object", "2", review_asked=False)
    report.offer_identity(OFFER, "object", "3", review_asked=False)

    for offer in (older, OFFER, OFFER):
        report.judge_identity(offer, IdentityOutcome.CONSISTENT, ())

    told = [event for event in report.pending_events if isinstance(event, Report.IdentityAccepted)]
    assert len(told) == 1


def test_a_submission_that_names_an_older_offer_lacks_an_identity() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    report.offer_identity(uuid4(), "object", "1", review_asked=False)

    with pytest.raises(Incomplete) as incomplete:
        report.must_be_complete(OFFER, (), ())

    assert incomplete.value.missing[0].lack is Lack.IDENTITY_MISSING


def test_evidence_ends_in_the_same_state_in_any_order() -> None:
    steps = {
        "came": lambda report: report.note_evidence(PIECE, EvidenceKind.PHOTO, "0" * 64),
        "judged": lambda report: report.judge_evidence(PIECE, QuarantineReason.INFECTED),
        "again": lambda report: report.judge_evidence(PIECE, None),
    }
    ends = set()
    for order in permutations(("came", "judged")):
        report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
        for step in (*order, "again"):
            steps[step](report)
        ends.add((report.pieces[PIECE].is_checked, report.pieces[PIECE].fault))

    assert ends == {(True, QuarantineReason.INFECTED)}


def test_late_evidence_is_what_messages_named_with_what_its_checks_said() -> None:
    report, batch, named, other = Report.open_draft(uuid4(), Route.INSPEKTORAT), uuid4(), uuid4(), uuid4()
    submit(report)
    report.open_batch(batch)
    for piece in (named, other):
        report.note_evidence(piece, EvidenceKind.TRANSACTION, "0" * 64, batch)
    before = report.late_evidence

    report.receive_message(
        event_id=uuid4(),
        hour=HOUR,
        letter_id=uuid4(),
        text="wrapped",
        leaf="0" * 64,
        batch_id=batch,
        evidence_ids=[named],
    )
    waiting = report.late_evidence
    report.judge_evidence(named, QuarantineReason.INFECTED)

    assert before == ()
    assert [(each.evidence_id, each.kind, each.is_checked) for each in waiting] == [
        (named, EvidenceKind.TRANSACTION, False)
    ]
    assert [(each.is_checked, each.fault) for each in report.late_evidence] == [(True, QuarantineReason.INFECTED)]


def test_a_message_needs_a_submitted_report() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)

    with pytest.raises(NotSubmitted):
        report.receive_message(event_id=uuid4(), hour=HOUR, letter_id=uuid4(), text="wrapped", leaf="0" * 64)


def test_the_same_letter_twice_is_one() -> None:
    report, letter_id = Report.open_draft(uuid4(), Route.INSPEKTORAT), uuid4()
    submit(report)
    events = len(report.pending_events)

    for _ in range(2):
        report.receive_message(event_id=uuid4(), hour=HOUR, letter_id=letter_id, text="wrapped", leaf="0" * 64)
        report.deliver_reply(letter_id, "wrapped")

    assert len(report.pending_events) == events + 1


def test_what_has_a_leaf_has_the_leafs_hour() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)

    submit(report)
    report.receive_message(event_id=uuid4(), hour=HOUR, letter_id=uuid4(), text="wrapped", leaf="0" * 64)

    assert [event.timestamp for event in report.pending_events[1:]] == [HOUR, HOUR]


def test_an_erased_report_knows_it() -> None:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    submit(report)

    assert not report.is_erased
    report.erase()

    assert report.is_erased


def test_that_kpk_has_all_is_noted_once() -> None:
    report = Report.open_draft(uuid4(), Route.KPK)
    submit(report)

    for parcel in (ParcelKind.REPORT, ParcelKind.IDENTITY, ParcelKind.MESSAGE):
        complete = parcel is not ParcelKind.REPORT
        report.note_parcel(uuid4(), parcel=parcel, complete=complete, kpk_reference="KPK-1", receipt="signed")

    delivered = [event for event in report.pending_events if isinstance(event, Report.ParcelDelivered)]
    assert [event.complete for event in delivered] == [False, True, False]
