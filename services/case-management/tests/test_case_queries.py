"""The list of cases in a real PostgreSQL: whose they are, how they are found, what is new to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from case_management import read_model
from case_management.domain import Case, Caseworker
from case_management.read_model import PAGE, CaseList, CaseLists, Wanted
from chassis.settings import Secret
from chassis.store import Database, EventStore
from chassis.testing.harness import ServiceUnderTest
from chassis.wrapper import NotWrapped
from contracts.vocabulary import CaseStatus, ConflictSource, IdentityLevel, Role

IRBAN = Caseworker("irban1", "entity of irban1", Role.IRBAN)


class NoFacts:
    def unwrap(self, *_: object) -> bytes:
        raise NotWrapped


@pytest.fixture(scope="module")
def store(service_under_test: Callable[[str], ServiceUnderTest]) -> Iterator[EventStore]:
    service = service_under_test("case-management")
    admin = service.admin
    database = Database(admin["host"], admin["port"], service.database, admin["user"], Secret(admin["password"]))
    yield EventStore(database, (CaseLists(cast(Any, NoFacts()), lambda *_: None),))
    database.close()


@pytest.fixture
def reader() -> str:
    """An investigator whom no other test knows."""
    return f"pemeriksa{uuid4().hex}"


def case_of(store: EventStore, reader: str, *acts: Callable[[Case], None]) -> UUID:
    case = Case.begin(uuid4())
    case.open(offer_id=uuid4(), evidence_ids=(), level=IdentityLevel.CONSISTENT, facts="wrapped", story="wrapped")
    case.assign(reader, f"entity of {reader}", by=IRBAN)
    for act in acts:
        act(case)
    store.save(case)
    return case.id


def filed(evidence_id: UUID) -> Callable[[Case], None]:
    return lambda case: case.file_evidence(
        evidence_id, object_name="o", version="1", sha256="0" * 64, original_key=None
    )


def message(case: Case) -> None:
    case.receive_message(uuid4(), "wrapped")


def clarify(case: Case) -> None:
    case.move_on(CaseStatus.CLARIFICATION, IRBAN)


def listed(store: EventStore, reader: str, wanted: Wanted | None = None, role: Role = Role.INVESTIGATOR) -> CaseList:
    return read_model.list_cases(store, f"entity of {reader}", role, role is not Role.INVESTIGATOR, wanted or Wanted())


def ids(found: CaseList) -> set[UUID]:
    return {case.report_id for case in found.cases}


def test_an_investigator_sees_their_own_counted_by_status(store: EventStore, reader: str) -> None:
    first, second = case_of(store, reader), case_of(store, reader, clarify)
    case_of(store, "somebodyelse")

    found = listed(store, reader)
    chosen = listed(store, reader, Wanted(CaseStatus.CLARIFICATION))

    assert ids(found) == {first, second}
    assert found.counts == {CaseStatus.REVIEW: 1, CaseStatus.CLARIFICATION: 1}
    assert ids(chosen) == {second}
    assert chosen.counts == found.counts


def test_a_case_is_found_by_how_its_report_id_begins(store: EventStore, reader: str) -> None:
    wanted, _other = case_of(store, reader), case_of(store, reader)

    found = listed(store, reader, Wanted(prefix=str(wanted)[:12]))

    assert ids(found) == {wanted}
    assert found.counts == {CaseStatus.REVIEW: 1}


def test_a_page_has_a_next_one_only_where_there_are_more(store: EventStore, reader: str) -> None:
    cases = {case_of(store, reader) for _ in range(PAGE + 1)}

    first = listed(store, reader)
    second = listed(store, reader, Wanted(before=first.cases[-1].report_id))

    assert (len(first.cases), first.more) == (PAGE, True)
    assert (len(second.cases), second.more) == (1, False)
    assert ids(first) | ids(second) == cases


def test_what_a_reporter_wrote_is_new_to_each_reader_until_they_are_shown_it(store: EventStore, reader: str) -> None:
    report_id = case_of(store, reader, message, message)
    file = read_model.find_case(store, report_id)
    assert file is not None

    def unread(who: str, role: Role) -> int:
        (case,) = listed(store, who, Wanted(prefix=str(report_id)), role).cases
        return case.unread

    before = unread(reader, Role.INVESTIGATOR)
    store.execute(read_model.mark_read(report_id, f"entity of {reader}", max(letter.number for letter in file.letters)))
    store.execute(read_model.mark_read(report_id, f"entity of {reader}", 1))  # an older page, loaded again
    after, to_a_head = unread(reader, Role.INVESTIGATOR), unread("irban1", Role.IRBAN)
    case = store.load(Case, report_id)
    case.receive_message(uuid4(), "wrapped")
    store.save(case)

    assert (before, after, to_a_head) == (2, 0, 2)
    assert unread(reader, Role.INVESTIGATOR) == 1


def test_a_case_that_a_conflict_closes_is_listed_to_nobody_of_that_role(store: EventStore, reader: str) -> None:
    def declare(case: Case) -> None:
        case.declare_conflict(ConflictSource.KPK, (Role.INVESTIGATOR,))

    report_id = case_of(store, reader, declare)
    wanted = Wanted(prefix=str(report_id))

    own, heads = listed(store, reader, wanted), listed(store, "irban1", wanted, Role.IRBAN)
    file = read_model.find_case(store, report_id)

    assert (ids(own), own.counts) == (set(), {})
    assert ids(heads) == {report_id}
    assert file is not None
    assert [(each.role, each.declared_by) for each in file.conflicts] == [(Role.INVESTIGATOR, ConflictSource.KPK)]


@pytest.mark.parametrize("filed_first", [True, False])
def test_pieces_that_the_submission_did_not_name_came_later_and_stand_last(
    store: EventStore, filed_first: bool
) -> None:
    named, late, case = [UUID(int=9), UUID(int=7)], UUID(int=1), Case.begin(uuid4())
    filings = [filed(each) for each in (late, *named)]

    def open_it(case: Case) -> None:
        case.open(
            offer_id=uuid4(), evidence_ids=(*named, uuid4()), level=IdentityLevel.CONSISTENT, facts="f", story="s"
        )

    for step in (*filings, open_it) if filed_first else (open_it, *filings):
        step(case)
    hours = {each.evidence_id: each.timestamp for each in case.pending_events if isinstance(each, Case.EvidenceFiled)}
    store.save(case)

    file = read_model.find_case(store, case.id)
    assert file is not None
    assert [(each.evidence_id, each.came_later) for each in file.evidence] == [
        (named[1], None),
        (named[0], None),
        (late, hours[late]),
    ]


@pytest.mark.parametrize("judged_first", [True, False])
def test_a_history_begins_with_the_report_whichever_was_heard_of_first(store: EventStore, judged_first: bool) -> None:
    case, offer_id = Case.begin(uuid4()), uuid4()

    def open_it() -> None:
        case.open(offer_id=offer_id, evidence_ids=(), level=IdentityLevel.NOT_YET_CHECKED, facts="f", story="s")

    def judge() -> None:
        case.judge_identity(offer_id, IdentityLevel.DOUBTFUL)

    for step in (judge, open_it) if judged_first else (open_it, judge):
        step()
    store.save(case)

    file = read_model.find_case(store, case.id)
    assert file is not None
    assert [each.what for each in file.timeline] == ["opened", "identity_judged"]
    hours = [each.hour for each in file.timeline]
    assert hours == sorted(hours)
    assert hours[0] == file.case.opened


def test_who_is_given_the_user_name_of_one_who_left_is_listed_none_of_their_cases(
    store: EventStore, reader: str
) -> None:
    report_id = case_of(store, reader)

    to_the_next = read_model.list_cases(store, "another entity", Role.INVESTIGATOR, False, Wanted())
    case = store.load(Case, report_id)
    case.assign(reader, "another entity", by=IRBAN)
    store.save(case)
    assigned = read_model.list_cases(store, "another entity", Role.INVESTIGATOR, False, Wanted())
    file = read_model.find_case(store, report_id)

    assert (ids(to_the_next), to_the_next.counts) == (set(), {})
    assert ids(assigned) == ids(listed(store, reader)) == {report_id}
    assert file is not None
    assert file.investigators == (reader,)
