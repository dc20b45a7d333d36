"""What came once may come again; its id with other content is refused, and nobody floods those who read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.clock import Clock, process_hour
from chassis.web import Problem
from contracts.key_pairs import EncryptionKey
from contracts.letters import About, Message, Purpose, seal_letter
from contracts.receipts import Receipt, ReporterSecrets
from contracts.vocabulary import CaseStatus, Route
from intake.application import Mailboxes
from intake.domain import Bounds, Report, TooManyOffers, TooManyToday, TooManyUnanswered
from intake.problems import told
from test_intake_domain import submit

LOCATOR = Receipt.generate().locator
OWN = ReporterSecrets.generate()
PEOPLE = {name: [EncryptionKey.generate(f"{name}:v1").public] for name in ("casework", "kpk")}
HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)


class Store:
    """One submitted report, whose mailbox every locator finds."""

    def __init__(self) -> None:
        self.report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
        submit(self.report)

    def load(self, *_: Any) -> Report:
        return self.report

    def row(self, *_: Any) -> dict[str, Any]:
        return {"report_id": self.report.id, "locked_keys": "locked", "encryption": OWN.encryption.public.jwk}

    def save(self, *_: Any, **__: Any) -> None:
        self.report.collect_events()


class Unwrapped:
    """Stands for the wrapper: text that anybody can read."""

    def wrap(self, _: UUID, __: str, plain: bytes) -> str:
        return plain.decode()

    def unwrap(self, _: UUID, __: str, text: str) -> bytes:
        return text.encode()


class Sender:
    def __init__(self, bounds: Bounds) -> None:
        self.store: Any = Store()
        wrapper: Any = Unwrapped()
        keys: Any = SimpleNamespace(recipients=lambda: PEOPLE)
        self.mailboxes = Mailboxes(self.store, wrapper, keys, Clock(), bounds)

    def letter(self, text: str, letter_id: UUID) -> bytes:
        about = About(self.store.report.id, Route.INSPEKTORAT, Purpose.MESSAGE_FROM_REPORTER, letter_id)
        recipients = {**PEOPLE, "reporter": [OWN.encryption.public]}
        return seal_letter(Message(text=text), about, recipients, OWN.signing)

    def send(self, letter: bytes, **other: Any) -> UUID:
        with told():
            return self.mailboxes.receive_message(LOCATOR, letter, **other)


@pytest.fixture
def sender() -> Sender:
    return Sender(Bounds(offers=10, messages=2, unanswered=500))


@contextmanager
def refused(status: int, kind: str) -> Iterator[Any]:
    with pytest.raises(Problem) as caught:
        yield caught
    assert (caught.value.status, caught.value.type) == (status, kind)


def test_the_same_letter_again_is_accepted_and_changes_nothing(sender: Sender) -> None:
    letter_id = uuid4()
    letter = sender.letter("Pesan rekaan", letter_id)

    answers = {sender.send(letter) for _ in range(3)}

    assert answers == {letter_id}
    assert len(sender.store.report.messages) == 1


def test_another_letter_under_the_same_id_is_refused(sender: Sender) -> None:
    letter_id = uuid4()
    sender.send(sender.letter("Pesan rekaan", letter_id))

    with refused(409, "letter-id-taken"):
        sender.send(sender.letter("Pesan lain", letter_id))


def test_the_same_letter_with_other_evidence_is_refused(sender: Sender) -> None:
    letter = sender.letter("Pesan rekaan", uuid4())
    sender.send(letter)

    with refused(409, "letter-id-taken"):
        sender.send(letter, batch_id=uuid4())
    with refused(409, "letter-id-taken"):
        sender.send(letter, evidence_ids=[uuid4()])


def test_the_id_of_a_letter_to_the_reporter_is_taken(sender: Sender) -> None:
    letter_id = uuid4()
    sender.store.report.deliver_reply(letter_id, "wrapped")

    with refused(409, "letter-id-taken"):
        sender.send(sender.letter("Pesan rekaan", letter_id))


def test_more_messages_in_a_day_are_put_off_and_what_came_may_still_come_again(sender: Sender) -> None:
    first = sender.letter("Pesan 1", uuid4())
    sender.send(first)
    sender.send(sender.letter("Pesan 2", uuid4()))

    with refused(429, "too-many-today") as caught:
        sender.send(sender.letter("Pesan 3", uuid4()))

    assert 0 < caught.value.retry_after <= timedelta(days=1).total_seconds()
    sender.send(first)


def with_messages(*hours: datetime) -> Report:
    report = Report.open_draft(uuid4(), Route.INSPEKTORAT)
    submit(report)
    for hour in hours:
        report.receive_message(event_id=uuid4(), hour=hour, letter_id=uuid4(), text="wrapped", leaf="0" * 64)
    return report


def test_a_day_is_over_when_its_hours_are() -> None:
    bounds, report = Bounds(offers=1, messages=2, unanswered=500), with_messages(HOUR, HOUR + timedelta(hours=3))

    with pytest.raises(TooManyToday) as caught:
        bounds.must_take_message(report, HOUR + timedelta(hours=23))

    assert caught.value.wait == timedelta(hours=1)
    bounds.must_take_message(report, HOUR + timedelta(hours=24))


@pytest.mark.parametrize("answer", ["a reply", "a status"])
def test_messages_that_nobody_answered_are_bounded_and_an_answer_opens_the_way(answer: str) -> None:
    bounds, report = Bounds(offers=1, messages=50, unanswered=2), with_messages(HOUR, HOUR)

    with pytest.raises(TooManyUnanswered):
        bounds.must_take_message(report, HOUR)
    if answer == "a reply":
        report.deliver_reply(uuid4(), "wrapped")
    else:
        report.change_status(CaseStatus.REVIEW, None, None)

    bounds.must_take_message(report, HOUR)


def offer(report: Report) -> None:
    report.offer_identity(uuid4(), "object", "1", review_asked=False)


def test_a_draft_takes_some_offers_and_no_more() -> None:
    bounds, report = Bounds(offers=2, messages=1, unanswered=1), Report.open_draft(uuid4(), Route.KPK)

    for _ in range(2):
        bounds.must_take_offer(report, HOUR)
        offer(report)

    with pytest.raises(TooManyOffers):
        bounds.must_take_offer(report, HOUR)


def test_an_identity_can_be_mended_after_submission_whatever_the_draft_had() -> None:
    bounds, report = Bounds(offers=2, messages=1, unanswered=1), Report.open_draft(uuid4(), Route.KPK)
    for _ in range(2):
        offer(report)
    submit(report)

    for _ in range(2):
        bounds.must_take_offer(report, process_hour())
        offer(report)

    with pytest.raises(TooManyToday):
        bounds.must_take_offer(report, process_hour())
    bounds.must_take_offer(report, process_hour() + timedelta(days=1))
