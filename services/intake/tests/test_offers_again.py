"""Offers over the real API: the same again is accepted, its id with other content refused, and ten are enough."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import requests
from contracts.letters import About, OfferedIdentity, Purpose, seal_letter
from contracts.vocabulary import Route
from test_intake_drafts import Client, kind
from wbs_client import Filing
from wbs_client.identity import public_keys
from wbs_local import examples
from wbs_local.launch import Running

REPORTER = examples.reporter(91)


class Offering:
    def __init__(self, client: Client) -> None:
        self.url = client.url
        self.keys = client.keys
        self.filing = Filing(client.api, client.keys, Route.INSPEKTORAT)
        self.filing.open()

    def letter(self, letter_id: uuid.UUID) -> dict[str, Any]:
        own = self.filing._secrets
        body = OfferedIdentity(person=REPORTER.person, ktp_photo=b"no photo", reporter_keys=public_keys(own))
        about = About(self.filing.report_id, self.filing.route, Purpose.IDENTITY_OFFER, letter_id)
        recipients = self.keys.recipients(own.encryption.public)
        letter: dict[str, Any] = json.loads(seal_letter(body, about, recipients, own.signing))
        return letter

    def send(self, letter: dict[str, Any], review: bool = False) -> requests.Response:
        return requests.put(
            f"{self.url}/api/v1/reports/{self.filing.report_id}/identity{'?review=true' if review else ''}",
            json={"letter": letter},
            headers={"Authorization": f"Bearer {self.filing._opened()}"},
            timeout=20,
        )


@pytest.fixture
def offering(running: Running) -> Offering:
    return Offering(Client(running))


def test_the_same_offer_again_is_accepted(offering: Offering) -> None:
    letter_id = uuid.uuid4()
    letter = offering.letter(letter_id)

    answers = [offering.send(letter) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {"offer_id": str(letter_id)})] * 2


@pytest.mark.parametrize("other", ["letter", "question"])
def test_an_offers_id_with_other_content_is_refused(offering: Offering, other: str) -> None:
    letter_id = uuid.uuid4()
    letter = offering.letter(letter_id)
    offering.send(letter)

    again = offering.send(offering.letter(letter_id) if other == "letter" else letter, review=other == "question")

    assert (again.status_code, kind(again)) == (409, "letter-id-taken")


def test_a_draft_takes_ten_offers(offering: Offering) -> None:
    letters = [offering.letter(uuid.uuid4()) for _ in range(11)]

    answers = [offering.send(letter) for letter in letters]
    first = offering.send(letters[0])

    assert [answer.status_code for answer in answers] == [202] * 10 + [409]
    assert kind(answers[-1]) == "too-many-offers"
    assert first.status_code == 202
