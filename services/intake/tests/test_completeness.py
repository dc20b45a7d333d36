"""What keeps a report from being filed, each thing named."""

from __future__ import annotations

from uuid import UUID, uuid4

from contracts.vocabulary import EvidenceKind, IdentityLevel, IdentityOutcome, IdentityReason, QuarantineReason
from intake.completeness import Lack, Missing, Offer, Piece, Verdict, may_pass, missing

OFFER = Offer(uuid4(), Verdict(IdentityOutcome.CONSISTENT, ()))


def pieces(*pieces: Piece) -> dict[UUID, Piece]:
    return {piece.evidence_id: piece for piece in pieces}


def clean() -> Piece:
    return Piece(uuid4(), EvidenceKind.PHOTO, "0" * 64, is_checked=True)


def unchecked() -> Piece:
    return Piece(uuid4(), EvidenceKind.PHOTO, "0" * 64)


def refused() -> Piece:
    return Piece(uuid4(), EvidenceKind.PHOTO, "0" * 64, is_checked=True, fault=QuarantineReason.INFECTED)


def test_three_clean_pieces_and_a_consistent_identity_are_enough() -> None:
    known = pieces(clean(), clean(), clean())

    assert missing(OFFER, known, known, ()) == ()


def test_two_pieces_are_too_little() -> None:
    known = pieces(clean(), clean())

    assert missing(OFFER, known, known, ()) == (Missing(Lack.EVIDENCE_TOO_LITTLE, present=2),)


def test_the_same_piece_named_three_times_is_one() -> None:
    known = pieces(clean())

    assert missing(OFFER, known, [*known] * 3, ()) == (Missing(Lack.EVIDENCE_TOO_LITTLE, present=1),)


def test_a_refused_piece_may_be_named_and_does_not_count() -> None:
    known = pieces(clean(), clean(), clean(), refused())

    assert missing(OFFER, known, known, ()) == ()
    assert missing(OFFER, known, list(known)[1:], ()) == (Missing(Lack.EVIDENCE_TOO_LITTLE, present=2),)


def test_a_piece_that_never_came_is_named() -> None:
    known, stranger = pieces(clean(), clean(), clean()), uuid4()

    assert missing(OFFER, known, [*known, stranger], ()) == (Missing(Lack.EVIDENCE_UNKNOWN, stranger),)


def test_a_running_check_is_waited_for_until_it_is_overdue() -> None:
    waiting = unchecked()
    known = pieces(clean(), clean(), waiting)

    assert missing(OFFER, known, known, ()) == (Missing(Lack.EVIDENCE_BEING_CHECKED, waiting.evidence_id),)
    assert missing(OFFER, known, known, {waiting.evidence_id}) == ()


def test_an_identity_is_needed_and_one_that_contradicts_itself_is_not_taken() -> None:
    known, reasons = pieces(clean(), clean(), clean()), (IdentityReason.NIK_REGION,)
    contradicting = Offer(uuid4(), Verdict(IdentityOutcome.INCONSISTENT, reasons))

    assert missing(None, known, known, ()) == (Missing(Lack.IDENTITY_MISSING),)
    assert missing(contradicting, known, known, ()) == (Missing(Lack.IDENTITY_INCONSISTENT, reasons=reasons),)


def test_an_unsure_identity_does_not_hold_a_report_up() -> None:
    known = pieces(clean(), clean(), clean())
    unsure = Offer(uuid4(), Verdict(IdentityOutcome.UNSURE, (IdentityReason.PHOTO_HARD_TO_READ,)))

    assert missing(unsure, known, known, ()) == ()
    assert unsure.level is IdentityLevel.UNSURE


def test_an_identity_check_that_takes_too_long_is_not_waited_for() -> None:
    known, offer = pieces(clean(), clean(), clean()), Offer(uuid4())

    assert missing(offer, known, known, ()) == (Missing(Lack.IDENTITY_BEING_CHECKED),)
    assert missing(offer, known, known, {offer.offer_id}) == ()
    assert offer.level is IdentityLevel.NOT_YET_CHECKED


def test_what_may_come_by_itself_is_worth_waiting_for_and_nothing_else_is() -> None:
    known, coming = pieces(clean(), clean()), uuid4()
    unknown_offer = Offer(uuid4())

    assert may_pass(missing(OFFER, known, [*known, coming], ()))
    assert may_pass(missing(unknown_offer, pieces(*known.values(), unchecked()), known, ())) is False
    assert not may_pass(missing(None, known, [*known, coming], ()))
    assert not may_pass(missing(OFFER, pieces(), [coming], ()))
