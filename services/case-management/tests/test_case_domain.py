"""A case: opened in any order, read by those whose business it is."""

from __future__ import annotations

from uuid import uuid4

import pytest
from case_management.domain import Case, MayNotApprove, MayNotAssign, NotAssigned, NotOpened
from contracts.vocabulary import CaseStatus, IdentityLevel, ParcelKind, Role


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
    case.assign("dedi", by="yuliana", role=Role.IRBAN)

    assert case.may_be_read_by("dedi", Role.INVESTIGATOR)
    assert not case.may_be_read_by("marlina", Role.INVESTIGATOR)


@pytest.mark.parametrize("role", [Role.SUPER_ADMIN, Role.OVERSEER])
def test_who_knows_identities_reads_no_case(role: Role) -> None:
    assert not opened().may_be_read_by("ratna", role)


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.SUPER_ADMIN, Role.OVERSEER])
def test_only_heads_assign(role: Role) -> None:
    with pytest.raises(MayNotAssign):
        opened().assign("dedi", by="dedi", role=role)


def test_the_first_assignment_begins_the_review() -> None:
    case = opened()

    case.assign("dedi", by="hasan", role=Role.INSPEKTUR)

    assert case.status is CaseStatus.REVIEW


def test_nobody_writes_to_a_case_of_others() -> None:
    with pytest.raises(NotAssigned):
        opened().write_message("marlina", Role.INVESTIGATOR, uuid4(), "wrapped")


def test_a_case_without_its_report_is_not_worked_on() -> None:
    with pytest.raises(NotOpened):
        Case.begin(uuid4()).assign("dedi", by="hasan", role=Role.INSPEKTUR)


def test_pressing_the_button_twice_sends_one_message() -> None:
    case, letter_id = opened(), uuid4()

    for _ in range(2):
        case.write_message("hasan", Role.INSPEKTUR, letter_id, "wrapped")

    written = [event for event in case.pending_events if isinstance(event, Case.MessageWritten)]
    assert len(written) == 1


def test_only_the_inspektur_approves_that_a_report_goes_to_kpk_and_once_is_for_good() -> None:
    case = opened()

    with pytest.raises(MayNotApprove):
        case.approve_forwarding("yuliana", Role.IRBAN)
    for _ in range(2):
        case.approve_forwarding("hasan", Role.INSPEKTUR)

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
