"""A case: opened in any order, read by those whose business it is."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from case_management.domain import (
    Case,
    Caseworker,
    LetterIdUsed,
    MayNotApprove,
    MayNotAssign,
    MayNotMove,
    NotAssigned,
    NotOpened,
)
from contracts.vocabulary import CaseStatus, ConflictSource, IdentityLevel, ParcelKind, Role

DEDI, MARLINA = Caseworker("dedi", "e1", Role.INVESTIGATOR), Caseworker("marlina", "e2", Role.INVESTIGATOR)
YULIANA, HASAN = Caseworker("yuliana", "e3", Role.IRBAN), Caseworker("hasan", "e4", Role.INSPEKTUR)


def opened() -> Case:
    case = Case.begin(uuid4())
    case.open(offer_id=uuid4(), evidence_ids=(), level=IdentityLevel.CONSISTENT, facts="wrapped", story="wrapped")
    return case


def test_opening_twice_changes_nothing() -> None:
    case = opened()
    events = len(case.pending_events)

    case.open(offer_id=uuid4(), evidence_ids=(), level=IdentityLevel.CONSISTENT, facts="other", story="other")

    assert len(case.pending_events) == events
    assert case.story == "wrapped"


def test_a_message_that_comes_before_the_report_is_kept() -> None:
    case, letter_id = Case.begin(uuid4()), uuid4()

    case.receive_message(letter_id, "wrapped")
    case.open(offer_id=uuid4(), evidence_ids=(), level=IdentityLevel.CONSISTENT, facts="wrapped", story="wrapped")

    assert case.letters == {letter_id: "wrapped"}


def test_an_investigator_reads_what_is_assigned_to_them_and_nothing_else() -> None:
    case = opened()
    case.assign("dedi", DEDI.entity_id, by=YULIANA)

    assert case.may_be_read_by(DEDI)
    assert not case.may_be_read_by(MARLINA)


def test_who_is_given_the_user_name_of_one_who_left_gets_none_of_their_cases() -> None:
    case, next_dedi = opened(), replace(DEDI, entity_id="e9")
    case.assign("dedi", DEDI.entity_id, by=YULIANA)
    before = case.may_be_read_by(next_dedi)
    with pytest.raises(NotAssigned):
        case.write_message(next_dedi, uuid4(), "wrapped")

    case.assign("dedi", next_dedi.entity_id, by=YULIANA)

    assert not before
    assert case.may_be_read_by(next_dedi)
    assert case.may_be_read_by(DEDI)


@pytest.mark.parametrize("role", [Role.SUPER_ADMIN, Role.OVERSEER])
def test_who_knows_identities_reads_no_case(role: Role) -> None:
    assert not opened().may_be_read_by(Caseworker("ratna", "e5", role))


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.SUPER_ADMIN, Role.OVERSEER])
def test_only_heads_assign(role: Role) -> None:
    with pytest.raises(MayNotAssign):
        opened().assign("dedi", DEDI.entity_id, by=Caseworker("dedi", "e1", role))


def test_the_first_assignment_begins_the_review() -> None:
    case = opened()

    case.assign("dedi", DEDI.entity_id, by=HASAN)

    assert case.status is CaseStatus.REVIEW


def test_nobody_writes_to_a_case_of_others() -> None:
    with pytest.raises(NotAssigned):
        opened().write_message(MARLINA, uuid4(), "wrapped")


def test_a_case_without_its_report_is_not_worked_on() -> None:
    with pytest.raises(NotOpened):
        Case.begin(uuid4()).assign("dedi", DEDI.entity_id, by=HASAN)


def test_an_id_is_one_letter_s() -> None:
    case, letter_id = opened(), uuid4()
    case.write_message(HASAN, letter_id, "wrapped")

    with pytest.raises(LetterIdUsed):
        case.write_message(HASAN, letter_id, "other")

    written = [event for event in case.pending_events if isinstance(event, Case.MessageWritten)]
    assert [event.text for event in written] == ["wrapped"]


def test_only_the_inspektur_approves_that_a_report_goes_to_kpk_and_once_is_for_good() -> None:
    case = opened()

    with pytest.raises(MayNotApprove):
        case.approve_forwarding(YULIANA)
    for _ in range(2):
        case.approve_forwarding(HASAN)

    approved = [event for event in case.pending_events if isinstance(event, Case.ForwardingApproved)]
    assert len(approved) == 1


@pytest.mark.parametrize("delivered_first", [True, False])
def test_a_report_that_kpk_has_is_forwarded_whichever_is_heard_of_first(delivered_first: bool) -> None:
    case, parcel_id = Case.begin(uuid4()), uuid4()

    def deliver() -> None:
        case.note_parcel(parcel_id, parcel=ParcelKind.REPORT, complete=False, kpk_reference="KPK-1")

    def open_it() -> None:
        case.open(offer_id=uuid4(), evidence_ids=(), level=IdentityLevel.CONSISTENT, facts="f", story="s")

    for step in (deliver, open_it, deliver) if delivered_first else (open_it, deliver, deliver):
        step()

    assert case.status is CaseStatus.FORWARDED_TO_KPK


def test_that_kpk_has_all_is_noted_once() -> None:
    case = opened()

    for parcel in (ParcelKind.REPORT, ParcelKind.COPY, ParcelKind.MESSAGE):
        case.note_parcel(uuid4(), parcel=parcel, complete=parcel is not ParcelKind.REPORT, kpk_reference="KPK-1")

    delivered = [event for event in case.pending_events if isinstance(event, Case.ParcelDelivered)]
    assert [event.complete for event in delivered] == [False, True, False]


def in_review() -> Case:
    case = opened()
    case.assign("dedi", DEDI.entity_id, by=YULIANA)
    return case


def test_a_case_goes_from_step_to_step_and_a_head_may_take_one_back() -> None:
    case = in_review()

    case.move_on(CaseStatus.CLARIFICATION, DEDI)
    case.move_on(CaseStatus.INVESTIGATION, DEDI)
    by_an_investigator = case.next_statuses(Role.INVESTIGATOR)
    case.move_on(CaseStatus.CLARIFICATION, YULIANA)

    assert by_an_investigator == ()
    assert case.status is CaseStatus.CLARIFICATION


@pytest.mark.parametrize(
    "status",
    [status for status in CaseStatus if status is not CaseStatus.CLARIFICATION],
)
def test_from_the_review_a_case_goes_nowhere_else(status: CaseStatus) -> None:
    with pytest.raises(MayNotMove):
        in_review().move_on(status, HASAN)


def test_a_case_that_is_not_assigned_that_waits_or_that_kpk_has_moves_nowhere() -> None:
    waiting, at_kpk = in_review(), in_review()
    waiting.judge_identity(waiting.offer_id or uuid4(), IdentityLevel.DOUBTFUL)
    at_kpk.note_parcel(uuid4(), parcel=ParcelKind.REPORT, complete=False, kpk_reference="KPK-1")

    assert [case.next_statuses(Role.INSPEKTUR) for case in (opened(), waiting, at_kpk)] == [(), (), ()]


def test_nobody_moves_a_case_of_others() -> None:
    with pytest.raises(NotAssigned):
        in_review().move_on(CaseStatus.CLARIFICATION, MARLINA)


def test_after_waiting_for_a_mended_identity_a_case_is_where_it_was() -> None:
    case, mended = in_review(), uuid4()
    case.move_on(CaseStatus.CLARIFICATION, DEDI)
    case.judge_identity(case.offer_id or uuid4(), IdentityLevel.DOUBTFUL)
    waited = case.status

    case.note_offer(mended)
    case.judge_identity(mended, IdentityLevel.CONSISTENT)

    assert waited is CaseStatus.WAITING_FOR_IDENTITY
    assert case.status is CaseStatus.CLARIFICATION


def test_a_mended_identity_is_unchecked_whatever_was_known_of_the_first() -> None:
    case, mended = opened(), uuid4()
    case.judge_identity(case.offer_id or uuid4(), IdentityLevel.DOUBTFUL)

    case.note_offer(mended)

    assert case.level is IdentityLevel.NOT_YET_CHECKED
    assert case.waits_for_identity


def test_a_conflict_closes_the_case_to_its_roles_for_good() -> None:
    case = in_review()

    for _ in range(2):
        case.declare_conflict(ConflictSource.KPK, (Role.INSPEKTUR, Role.INVESTIGATOR))

    declared = [event for event in case.pending_events if isinstance(event, Case.ConflictDeclared)]
    assert [event.concerns for event in declared] == [["inspektur", "investigator"]]
    assert not case.may_be_read_by(HASAN)
    assert not case.may_be_read_by(DEDI)
    assert case.may_be_read_by(YULIANA)
    for act in (
        lambda: case.approve_forwarding(HASAN),
        lambda: case.assign("marlina", MARLINA.entity_id, by=HASAN),
        lambda: case.write_message(DEDI, uuid4(), "wrapped"),
        lambda: case.move_on(CaseStatus.CLARIFICATION, DEDI),
    ):
        with pytest.raises(NotAssigned):
            act()


def test_a_conflict_that_comes_before_the_report_is_kept() -> None:
    case = Case.begin(uuid4())

    case.declare_conflict(ConflictSource.KPK, (Role.IRBAN,))
    case.open(offer_id=uuid4(), evidence_ids=(), level=IdentityLevel.CONSISTENT, facts="wrapped", story="wrapped")

    assert not case.may_be_read_by(YULIANA)
