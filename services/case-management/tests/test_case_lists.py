"""The read model of the lists: one report that can't be read keeps no other from being listed."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from case_management.domain import Case
from case_management.read_model import CaseLists
from chassis.clock import Clock
from chassis.store import Statement
from chassis.telemetry import Metrics, Unreadable
from chassis.wrapper import KeyMissing, NotWrapped
from contracts.vocabulary import IdentityLevel
from prometheus_client import generate_latest

REPORT = uuid4()


class Unwrapping:
    def __init__(self, outcome: bytes | Exception) -> None:
        self._outcome = outcome

    def unwrap(self, report_id: UUID, purpose: str, text: str) -> bytes:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def opened() -> Case.Opened:
    case = Case.begin(REPORT)
    case.open(offer_id=uuid4(), evidence_ids=(), level=IdentityLevel.CONSISTENT, facts="wrapped", story="wrapped")
    (event,) = (each for each in case.pending_events if isinstance(each, Case.Opened))
    return event


@pytest.mark.parametrize("outcome", [KeyMissing(REPORT), NotWrapped(), b"{", b'{"area": 1}', b"\xff"], ids=range(5))
def test_a_report_whose_facts_cannot_be_read_is_listed_without_them(outcome: bytes | Exception) -> None:
    told: list[UUID] = []
    lists = CaseLists(cast(Any, Unwrapping(outcome)), lambda report_id, error: told.append(report_id))

    into_cases, *_ = lists.statements(opened())

    assert isinstance(into_cases, Statement)
    assert list(cast(Any, into_cases.params))[-6:] == [None] * 6
    assert told == [REPORT]


def test_what_is_found_before_there_is_a_counter_is_counted_then() -> None:
    alarm, metrics = Unreadable("reading"), Metrics("case-management", Clock())

    alarm.tell(REPORT, KeyMissing(REPORT))
    alarm.count_on(metrics.failures)
    alarm.tell(REPORT, NotWrapped())

    shown = generate_latest(metrics.registry).decode()
    for error in ("KeyMissing", "NotWrapped"):
        assert f'wbs_case_management_failures_total{{error="{error}",where="reading"}} 1.0' in shown
