"""Who gets no answer and asks again, by the same object or by typing `wbs` again, sends no second letter."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from contracts.letters import EvidenceNote, Person
from contracts.receipts import Receipt
from contracts.schema import from_json
from contracts.vocabulary import EvidenceKind, QuarantineReason, Route
from fake_service import FINGERPRINT, FakeService, served
from test_wbs_command import REPORT
from wbs_client import Filing, Mailbox, Problem, PublicApi, StoryDraft, Unreachable, fetch_keys
from wbs_client.command import main
from wbs_client.evidence import Batch

PERSON = from_json(Person, {name: text for name, text in dict(REPORT["identity"]).items() if name != "ktp_photo"})
TEXT = "Pesan rekaan."


@pytest.fixture
def service() -> Iterator[FakeService]:
    with served() as made:
        yield made


@pytest.fixture
def api(service: FakeService) -> PublicApi:
    return PublicApi(service.url, patience_s=0.2)


@pytest.fixture
def filing(api: PublicApi) -> Filing:
    filing = Filing(api, fetch_keys(api, FINGERPRINT), Route.KPK)
    filing.open()
    return filing


@pytest.fixture
def receipt(filing: Filing) -> Receipt:
    filing.submit(StoryDraft("Cerita rekaan."), None)
    return filing.receipt


@pytest.fixture
def mailbox(api: PublicApi, receipt: Receipt) -> Mailbox:
    return Mailbox(api, fetch_keys(api, FINGERPRINT), receipt)


def answers(service: FakeService, receipt: Receipt, text: str = TEXT) -> Result:
    options = ["--url", service.url, "--fingerprint", FINGERPRINT, "--patience", "0.2"]
    return CliRunner().invoke(main, [*options, "answer", text], input=f"{receipt}\n")


def no_answer(_: str) -> None:
    return None


def failure(_: str) -> tuple[int, dict[str, Any]]:
    return 500, {"type": "urn:wbs:problem:unexpected"}


def acceptance(_: str) -> tuple[int, dict[str, Any]]:
    return 202, {}


def test_a_message_repeated_after_no_answer_is_the_same_letter(service: FakeService, mailbox: Mailbox) -> None:
    service.answering = no_answer
    with pytest.raises(Unreachable):
        mailbox.write(TEXT)
    service.answering = failure
    with pytest.raises(Problem):
        mailbox.write(TEXT)
    service.answering = acceptance

    letter_id = mailbox.write(TEXT)

    assert list(service.letters["messages"]) == [str(letter_id)]
    assert [message.text for message in mailbox.read().messages] == [TEXT]


def test_late_evidence_has_the_name_that_the_reporter_s_own_message_says(
    service: FakeService, mailbox: Mailbox
) -> None:
    named, unnamed = uuid4(), uuid4()
    batch = Batch(uuid4(), SimpleNamespace())  # type: ignore[arg-type]
    batch._notes.append(EvidenceNote(evidence_id=named, kind=EvidenceKind.PHOTO, name="kuitansi"))
    mailbox.write(TEXT, batch)
    service.late_evidence = [
        {"evidence_id": str(each), "kind": "foto", "is_checked": True, "fault": fault}
        for each, fault in ((named, None), (unnamed, "infected"))
    ]

    found = mailbox.read().late_evidence

    assert [(each.evidence_id, each.name, each.fault) for each in found] == [
        (named, "kuitansi", None),
        (unnamed, "", QuarantineReason.INFECTED),
    ]


def test_a_message_that_arrived_may_be_said_again_and_another_is_another(
    service: FakeService, mailbox: Mailbox
) -> None:
    service.answering = no_answer
    with pytest.raises(Unreachable):
        mailbox.write("Pesan yang lain.")
    service.answering = acceptance

    ids = {mailbox.write(TEXT), mailbox.write(TEXT)}

    assert len(ids) == 2
    assert [message.text for message in mailbox.read().messages] == ["Pesan yang lain.", TEXT, TEXT]


def test_an_identity_repeated_after_no_answer_is_the_same_offer(service: FakeService, filing: Filing) -> None:
    service.answering = no_answer
    with pytest.raises(Unreachable):
        filing.offer_identity(PERSON, b"invented")
    service.answering = acceptance

    offer_id = filing.offer_identity(PERSON, b"invented")
    another = filing.offer_identity(PERSON, b"invented", ask_for_review=True)

    assert list(service.letters["identity"]) == [str(offer_id), str(another)]


def test_a_late_identity_repeated_after_no_answer_is_the_same_offer(service: FakeService, mailbox: Mailbox) -> None:
    service.answering = no_answer
    with pytest.raises(Unreachable):
        mailbox.offer_identity(PERSON, b"invented")
    service.answering = acceptance

    offer_id = mailbox.offer_identity(PERSON, b"invented")

    assert list(service.letters["identity"]) == [str(offer_id)]


def test_a_draft_opened_without_an_answer_is_opened_again_by_the_same_content(
    service: FakeService, api: PublicApi
) -> None:
    filing = Filing(api, fetch_keys(api, FINGERPRINT), Route.KPK)
    service.opened = lambda: (503, {})
    with pytest.raises(Problem):
        filing.open()
    first = service.opening
    service.opened = lambda: None
    with pytest.raises(Unreachable):
        filing.open()
    service.opened = service.draft

    filing.open()

    assert service.opening == first
    assert len(set(service.idempotency_keys)) == 1


@pytest.mark.parametrize("fault", [no_answer, failure])
def test_an_answer_typed_again_makes_no_second_message(service: FakeService, receipt: Receipt, fault: Any) -> None:
    service.answering = fault
    first = answers(service, receipt)
    service.answering = acceptance

    again = answers(service, receipt)

    assert (first.exit_code, again.exit_code) == (1, 0)
    assert "Ulangi perintah yang sama" in first.output
    assert "tidak dikirim lagi" in again.output
    assert len(service.letters["messages"]) == 1


def test_an_answer_that_did_not_arrive_is_sent_by_typing_it_again(service: FakeService, receipt: Receipt) -> None:
    other = answers(service, receipt, "Pesan yang lain.")

    sent = answers(service, receipt)

    assert (other.exit_code, sent.exit_code) == (0, 0)
    assert "Pesan terkirim." in sent.output
    assert len(service.letters["messages"]) == 2
