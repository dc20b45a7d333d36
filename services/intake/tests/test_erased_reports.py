"""An erased report says so, and takes nothing more: a problem that a client can show, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.clock import Clock
from chassis.web import Problem
from chassis.wrapper import Wrapper
from contracts.receipts import Receipt
from contracts.upload_tokens import UploadToken
from contracts.vocabulary import Route
from intake.application import LateEvidence, Mailboxes, NoMailbox, Offers
from intake.domain import Report
from intake.problems import told
from intake.read_model import find_status_page
from intake.worker import IntakeWorker
from test_intake_domain import submit

LOCATOR = Receipt.generate().locator
ID = uuid4()


def erased() -> Report:
    report = Report.open_draft(ID, Route.INSPEKTORAT)
    submit(report)
    report.erase()
    return report


class Store:
    """Has one report, whose mailbox every locator finds, and no letters."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def find(self, _: Any, report_id: UUID) -> Report:
        assert report_id == ID
        return self.report

    load = find

    def row(self, statement: str, *_: Any) -> dict[str, Any] | None:
        if "held.mailboxes" in statement:
            return {"report_id": ID, "locked_keys": "locked"}
        if "read.reports" in statement:
            wanted = {"identity_reasons": None, "has_late_evidence": False, "promise": "signed", "leaf": "0" * 64}
            return {"route": "inspektorat", "status": "diterima", **wanted}
        return {"1": 1} if "read.erased" in statement else None

    def rows(self, *_: Any) -> list[dict[str, Any]]:
        return []


STORE: Any = Store(erased())
NOTHING: Any = SimpleNamespace()
MAILBOXES = Mailboxes(STORE, NOTHING, NOTHING, Clock(), NOTHING)
ADDITIONS: dict[str, Callable[[], object]] = {
    "a message": lambda: MAILBOXES.receive_message(LOCATOR, b"{}"),
    "a withdrawal": lambda: MAILBOXES.withdraw(LOCATOR),
    "a batch": lambda: LateEvidence(STORE, NOTHING, Clock(), NOTHING, "").open_batch(LOCATOR),
    "an identity": lambda: Offers(STORE, NOTHING, NOTHING, Clock(), NOTHING).offer_late(LOCATOR, b"{}", False),
    "an identity, by the draft's token": lambda: Offers(STORE, NOTHING, NOTHING, Clock(), NOTHING).offer(
        UploadToken(ID, Route.INSPEKTORAT, datetime.max), b"{}", False
    ),
}


@pytest.mark.parametrize("what", ADDITIONS)
def test_an_erased_report_takes_nothing_more(what: str) -> None:
    with pytest.raises(Problem) as refused, told():
        ADDITIONS[what]()

    assert (refused.value.status, refused.value.type) == (410, "report-erased")


def test_an_erased_report_without_letters_is_shown_as_erased() -> None:
    status = Mailboxes(STORE, Wrapper(NOTHING, lambda _: True), NOTHING, Clock(), NOTHING).show_status(LOCATOR)

    assert (status.is_erased, status.letters) == (True, ())


def test_the_journey_is_told_in_the_order_of_its_hours_and_within_one_as_it_went(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A restored database hears of a report before it takes back that it was submitted."""
    journey = [("status_changed", 10), ("submitted", 9), ("withdrawn", 10)]
    rows = [{"what": what, "status": None, "hour": datetime(2026, 7, 1, hour)} for what, hour in journey]
    monkeypatch.setattr(STORE, "rows", lambda statement, *_: rows if "read.timeline" in statement else [])

    page = find_status_page(STORE, ID)

    assert page is not None
    assert [entry.what for entry in page.timeline] == ["submitted", "status_changed", "withdrawn"]


def test_a_draft_without_a_mailbox_is_none() -> None:
    with pytest.raises(Problem) as refused, told():
        raise NoMailbox

    assert (refused.value.status, refused.value.type) == (404, "no-such-draft")


def test_answers_to_repeated_requests_are_forgotten_by_a_timer() -> None:
    done: list[str] = []

    def noted(name: str) -> Callable[[], None]:
        return lambda: done.append(name)

    worker = IntakeWorker()
    drafts = SimpleNamespace(expire_old=noted("drafts"), forget_spent_challenges=noted("challenges"))
    late_evidence = SimpleNamespace(expire_old=noted("batches"))
    worker.application = SimpleNamespace(  # type: ignore[assignment]
        drafts=drafts, late_evidence=late_evidence, forget_answers=noted("answers")
    )

    worker.expire_drafts()

    assert sorted(done) == ["answers", "batches", "challenges", "drafts"]
