"""Which reports lack their key after a restore of OpenBao, and what their reporters are told; without real parts."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.clock import Clock
from chassis.openbao import KeyNotFound
from chassis.web import Problem
from chassis.wrapper import KeyMissing, Wrapper
from contracts.receipts import Receipt
from contracts.vocabulary import Route
from intake.application import KeyCare, Mailboxes
from intake.domain import Report
from intake.problems import told
from test_intake_domain import submit

NOTHING: Any = SimpleNamespace()


class Store:
    """Has these reports, each with a letter, and keeps what is saved."""

    def __init__(self, *reports: Report, told_erased: Sequence[UUID] = ()) -> None:
        self.reports = {report.id: report for report in reports}
        self.told_erased = told_erased
        self.saved: list[str] = []

    def load(self, _: Any, report_id: UUID) -> Report:
        return self.reports[report_id]

    def save(self, report: Report) -> None:
        self.saved += [type(event).__name__ for event in report.collect_events()]

    def row(self, statement: str, *_: Any) -> dict[str, Any] | None:
        if "held.mailboxes" in statement:
            return {"report_id": next(iter(self.reports)), "locked_keys": "locked"}
        if "read.reports" in statement:
            return {
                "route": "inspektorat",
                "status": "diterima",
                "identity_reasons": None,
                "has_late_evidence": False,
                "promise": "",
                "leaf": "0" * 64,
            }
        return None

    def rows(self, statement: str, *_: Any) -> list[dict[str, Any]]:
        if "read.reports" in statement:
            return [{"report_id": each} for each in self.reports]
        if "held.dead_letters" in statement:
            return [{"subject": str(each)} for each in self.told_erased]
        return []


class Keys:
    """A wrapper that has the keys of these reports only."""

    def __init__(self, *there: UUID) -> None:
        self.there = there

    def unwrap(self, report_id: UUID, *_: Any) -> bytes:
        if report_id not in self.there:
            raise KeyMissing(report_id)
        return b"{}"


def submitted(erased: bool = False) -> Report:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    submit(report)
    if erased:
        report.erase()
    report.collect_events()
    return report


def care(store: Any, keys: Any) -> KeyCare:
    return KeyCare(store, keys)


def test_a_report_without_its_key_is_named_and_told_of_once() -> None:
    lost, whole = submitted(), submitted()
    store = Store(lost, whole)

    first, second = (care(store, Keys(whole.id)).check() for _ in range(2))

    assert first.lost == second.lost == (lost.id,)
    assert store.saved == ["KeyLost"]


def test_an_erased_report_lacks_its_key_rightly() -> None:
    found = care(Store(submitted(erased=True)), Keys()).check()

    assert (found.lost, found.to_erase_again) == ((), ())


def test_an_erased_report_that_has_its_key_again_is_named_to_be_erased_again() -> None:
    erased = submitted(erased=True)
    store = Store(erased)

    found = care(store, Keys(erased.id)).check()

    assert (found.lost, found.to_erase_again) == ((), (erased.id,))
    assert store.saved == []


def test_a_report_of_which_an_erasure_waits_is_named() -> None:
    """Its database is older than its erasure, and so is OpenBao; or the telling is forged."""
    report = submitted()
    store = Store(report, told_erased=[report.id])

    found = care(store, Keys(report.id)).check()

    assert (found.lost, found.to_erase_again, found.erasure_waits) == ((), (), (report.id,))
    assert store.saved == []


def test_a_lost_key_is_told_of_whatever_else_is_told_of_the_report() -> None:
    """Who can forge the telling of an erasure can't keep a loss quiet by it."""
    report = submitted()
    store = Store(report, told_erased=[report.id])

    found = care(store, Keys()).check()

    assert (found.lost, found.erasure_waits) == ((report.id,), (report.id,))


def no_keys(*_: Any) -> Any:
    raise KeyNotFound("reports")


def test_a_reporter_whose_report_s_key_is_lost_still_sees_its_journey(monkeypatch: pytest.MonkeyPatch) -> None:
    store: Any = Store(submitted())
    letter = {"letter_id": uuid4(), "purpose": "message-to-reporter", "hour": None, "text": "wbs1.YQ.YQ"}
    monkeypatch.setattr(store, "rows", lambda statement, *_: [letter] if "letters" in statement else [])
    wrapper = Wrapper(SimpleNamespace(write=no_keys), lambda _: False)  # type: ignore[arg-type]

    status = Mailboxes(store, wrapper, NOTHING, Clock(), NOTHING).show_status(Receipt.generate().locator)

    assert (status.is_erased, status.letters) == (False, ())


def test_who_adds_to_it_is_told_so() -> None:
    with pytest.raises(Problem) as refused, told():
        raise KeyMissing(uuid4())

    assert (refused.value.status, refused.value.type) == (410, "key-lost")
