"""Drafts over the real API: proof of work, ids, tokens, letters that are refused, what is missing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from chassis.clock import Clock
from chassis.testing.harness import eventually
from contracts.key_pairs import EncryptionKey, SigningKey
from contracts.letters import About, Message, Purpose, ReporterKeys, Story, seal_letter
from contracts.receipts import Receipt, ReporterSecrets
from contracts.vocabulary import Route
from intake.challenges import LIFETIME
from wbs_client import Filing
from wbs_client.filing import solve
from wbs_client.trust import TrustedKeys
from wbs_local.launch import Running
from wbs_local.parts import postgres
from wbs_local.testing import await_keys

from contracts import upload_tokens


class Client:
    """Speaks to intake without the reference client's good manners."""

    def __init__(self, running: Running) -> None:
        self.url = f"http://{running.system.host}:{running.system.ports['intake']}"
        self.api, self.keys = await_keys(running.system)

    def post(self, path: str, content: Any, **headers: str) -> requests.Response:
        return requests.post(f"{self.url}{path}", json=content, headers=headers, timeout=20)

    def opening(self, **other: Any) -> dict[str, Any]:
        receipt, secrets = Receipt.generate(), ReporterSecrets.generate()
        return {
            "report_id": str(uuid.uuid4()),
            "route": "inspektorat",
            "locator_hash": receipt.locator_hash,
            "encryption": dict(secrets.encryption.public.jwk),
            "signing": dict(secrets.signing.public.jwk),
            "locked_keys": str(receipt.lock(secrets)),
            "challenge": solve(self.api.get("/api/v1/challenges")),
            **other,
        }

    def open(self, opening: dict[str, Any], key: str | None = None) -> requests.Response:
        return self.post("/api/v1/reports", opening, **{"Idempotency-Key": key or str(uuid.uuid4())})

    def submit(
        self, filing: Filing, story: dict[str, Any], facts: dict[str, str] | None, evidence_ids: Sequence[str] = ()
    ) -> requests.Response:
        content = {
            "offer_id": str(uuid.uuid4()),
            "evidence_ids": list(evidence_ids),
            "facts": facts,
            "story": story,
        }
        path = f"/api/v1/reports/{filing.report_id}/submission"
        return self.post(path, content, Authorization=f"Bearer {filing._opened()}")


FACTS = {
    "category": "suap",
    "area": "15.04.03",
    "skpd": "dpmd",
    "period_from": "2025-01",
    "period_to": "2025-01",
    "loss": "tidak_tahu",
}


@pytest.fixture(scope="module")
def client(running: Running) -> Client:
    return Client(running)


def kind(answer: requests.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def test_a_solved_challenge_pays_for_one_draft(client: Client) -> None:
    first = client.opening()
    second = client.opening(challenge=first["challenge"])

    assert client.open(first).status_code == 201
    again = client.open(second)

    assert (again.status_code, kind(again)) == (403, "challenge-spent")


def test_the_same_opening_twice_is_one_draft(client: Client) -> None:
    opening, key = client.opening(), str(uuid.uuid4())

    answers = [client.open(opening, key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_an_idempotency_key_with_other_content_is_refused(client: Client) -> None:
    key = str(uuid.uuid4())
    client.open(client.opening(), key)

    again = client.open(client.opening(), key)

    assert (again.status_code, kind(again)) == (422, "idempotency-key-reused")


def test_an_opening_needs_an_idempotency_key(client: Client) -> None:
    answer = client.post("/api/v1/reports", client.opening())

    assert (answer.status_code, kind(answer)) == (400, "idempotency-key-missing")


def test_a_report_id_that_is_taken_is_refused(client: Client) -> None:
    first = client.opening()
    client.open(first)

    other = client.open(client.opening(report_id=first["report_id"]))

    assert (other.status_code, kind(other)) == (409, "report-id-taken")


def test_a_challenge_tells_no_more_than_the_hour_it_was_fetched_in(client: Client, running: Running) -> None:
    expires = client.api.get("/api/v1/challenges")["parameters"]["expiresAt"]

    assert (expires - LIFETIME.total_seconds()) % running.system.grain == 0


def test_a_spent_challenge_is_remembered_until_it_has_expired(running: Running) -> None:
    clock = Clock(running.system.grain)
    spent = {"remembered": clock.hour() - LIFETIME / 2, "forgotten": clock.hour() - LIFETIME * 2}

    with postgres.connect_as_superuser(running.system, "intake") as connection:
        for nonce, hour in spent.items():
            connection.execute("INSERT INTO held.spent_challenges VALUES (%s, %s)", (nonce, hour))

    def kept() -> set[str]:
        with postgres.connect_as_superuser(running.system, "intake") as connection:
            return {nonce for (nonce,) in connection.execute("SELECT nonce FROM held.spent_challenges")} & set(spent)

    eventually(lambda: "forgotten" not in kept())
    assert kept() == {"remembered"}


@pytest.mark.parametrize("challenge", ["", "bm90IG9uZQ==", "e30="])
def test_what_is_no_solution_opens_nothing(client: Client, challenge: str) -> None:
    answer = client.open(client.opening(challenge=challenge))

    assert (answer.status_code, kind(answer)) == (403, "challenge-not-solved")


@pytest.mark.parametrize(
    "other",
    [
        {"route": "elsewhere"},
        {"encryption": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"locator_hash": "short"},
        {"locked_keys": ""},
        {"locked_keys": "\N{GRINNING FACE}" * 4000},
        {"report_id": "17"},
    ],
)
def test_an_opening_with_a_wrong_field_names_it(client: Client, other: dict[str, Any]) -> None:
    answer = client.open(client.opening(**other))

    assert answer.status_code == 422
    assert set(answer.json()["errors"]["json"]) == set(other)


def sealed(filing: Filing, keys: TrustedKeys, purpose: Purpose = Purpose.STORY, **other: Any) -> dict[str, Any]:
    own = filing._secrets
    reporter = ReporterKeys(encryption=own.encryption.public.jwk, signing=own.signing.public.jwk)
    body = Story(text="Cerita rekaan", answers={}, evidence=(), reporter_keys=reporter)
    about = About(other.get("report_id", filing.report_id), other.get("route", filing.route), purpose, uuid.uuid4())
    recipients = {**keys.recipients(own.encryption.public), **other.get("recipients", {})}
    letter: dict[str, Any] = json.loads(seal_letter(body, about, recipients, own.signing))
    return letter


def _junk_for_kpk(letter: dict[str, Any]) -> dict[str, Any]:
    letter["recipients"] = [each for each in letter["recipients"] if not each["header"]["kid"].startswith("kpk")]
    return letter


NO_JSON_OF_OURS: dict[str, tuple[dict[str, Any], tuple[int, str]]] = {
    "a float": ({"protected": 1.5}, (422, "letter-not-a-letter")),
    "half a character": ({"protected": "\ud800"}, (400, "blank")),
    "half a character in a name": ({"\ud800": "x"}, (400, "blank")),
    "a member beyond ASCII": ({"pröt": "x"}, (422, "letter-not-a-letter")),
}
STRANGER = EncryptionKey.generate("kpk:stranger").public
BAD_LETTERS: dict[str, tuple[Callable[[Filing, TrustedKeys], dict[str, Any]], str]] = {
    "not a letter": (lambda *_: {"story": "in clear"}, "letter-not-a-letter"),
    "about another report": (
        lambda filing, keys: sealed(filing, keys, report_id=uuid.uuid4()),
        "letter-wrong-report",
    ),
    "for another route": (lambda filing, keys: sealed(filing, keys, route=Route.KPK), "letter-wrong-route"),
    "without KPK": (lambda filing, keys: _junk_for_kpk(sealed(filing, keys)), "letter-not-a-letter"),
    "to a stranger in KPK's place": (
        lambda filing, keys: sealed(filing, keys, recipients={"kpk": [STRANGER]}),
        "letter-wrong-recipients",
    ),
    "to another key as the reporter's": (
        lambda filing, keys: sealed(
            filing, keys, recipients={"reporter": [EncryptionKey.generate("reporter-own").public]}
        ),
        "letter-wrong-recipients",
    ),
}


@pytest.mark.parametrize("name", NO_JSON_OF_OURS)
def test_a_letter_that_has_no_canonical_form_is_refused_wherever_letters_come(client: Client, name: str) -> None:
    (letter, told), locator = NO_JSON_OF_OURS[name], Receipt.generate().locator
    filing = Filing(client.api, client.keys, Route.INSPEKTORAT)
    filing.open()
    offered = requests.put(
        f"{client.url}/api/v1/reports/{filing.report_id}/identity",
        json={"letter": letter},
        headers={"Authorization": f"Bearer {filing._opened()}"},
        timeout=20,
    )
    answers = [
        offered,
        client.submit(filing, letter, facts=FACTS),
        client.post("/api/v1/receipts/messages", {"locator": locator, "letter": letter}),
        client.post("/api/v1/receipts/identity", {"locator": locator, "letter": letter}),
    ]

    assert [(answer.status_code, kind(answer)) for answer in answers] == [told] * 4


@pytest.mark.parametrize("entry", ["%00", "%00" * 64, "x" * 64, "F" * 64, "0" * 64, "0" * 65])
def test_what_is_no_entry_of_the_log_is_not_in_it(client: Client, entry: str) -> None:
    answer = requests.get(f"{client.url}/api/v1/log/proofs/{entry}", timeout=20)

    assert (answer.status_code, kind(answer)) == (404, "not-in-log")


@pytest.mark.parametrize("name", BAD_LETTERS)
def test_a_letter_that_is_not_as_it_must_be_is_refused_and_the_draft_lives_on(client: Client, name: str) -> None:
    make, expected = BAD_LETTERS[name]
    filing = Filing(client.api, client.keys, Route.INSPEKTORAT)
    filing.open()
    answer = client.submit(filing, make(filing, client.keys), facts=FACTS)

    assert (answer.status_code, kind(answer)) == (422, expected)
    assert filing.state()["missing"]


def test_what_is_missing_is_named_thing_by_thing(client: Client) -> None:
    filing, unknown = Filing(client.api, client.keys, Route.KPK), str(uuid.uuid4())
    filing.open()
    answer = client.submit(filing, sealed(filing, client.keys), facts=None, evidence_ids=[unknown])

    assert (answer.status_code, kind(answer)) == (409, "incomplete")
    assert [(each["lack"], each.get("evidence_id")) for each in answer.json()["errors"]] == [
        ("identity_missing", None),
        ("evidence_unknown", unknown),
        ("evidence_too_little", None),
    ]
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("name", ["wbs:check-keys", "urn:wbs:public-log"])
def test_a_draft_takes_no_id_of_our_own_aggregates(client: Client, name: str) -> None:
    answer = client.open(client.opening(report_id=str(uuid.uuid5(uuid.NAMESPACE_URL, name))))

    assert answer.status_code == 422
    assert "report_id" in answer.json()["errors"]["json"]


def test_a_draft_has_no_mailbox_yet(client: Client) -> None:
    filing = Filing(client.api, client.keys, Route.INSPEKTORAT)
    filing.open()
    own, about = filing._secrets, About(filing.report_id, filing.route, Purpose.MESSAGE_FROM_REPORTER, uuid.uuid4())
    letter = seal_letter(Message(text="rekaan"), about, client.keys.recipients(own.encryption.public), own.signing)

    answer = client.post("/api/v1/receipts/messages", {"locator": filing.receipt.locator, "letter": json.loads(letter)})

    assert (answer.status_code, kind(answer)) == (409, "not-submitted")


@pytest.mark.parametrize(
    "wrong", [{"area": "١٥.04.03"}, {"period_from": "2026-02", "period_to": "2026-01"}, {"period_from": "2٠26-01"}]
)
def test_facts_that_cannot_be_are_refused(client: Client, wrong: dict[str, str]) -> None:
    filing = Filing(client.api, client.keys, Route.INSPEKTORAT)
    filing.open()

    answer = client.submit(filing, sealed(filing, client.keys), facts={**FACTS, **wrong})

    assert answer.status_code == 422
    assert "facts" in answer.json()["errors"]["json"]


def test_a_piece_is_named_once(client: Client) -> None:
    filing, piece = Filing(client.api, client.keys, Route.INSPEKTORAT), str(uuid.uuid4())
    filing.open()

    answer = client.submit(filing, sealed(filing, client.keys), facts=FACTS, evidence_ids=[piece, piece])

    assert answer.status_code == 422
    assert "evidence_ids" in answer.json()["errors"]["json"]


def test_facts_in_route_kpk_are_refused(client: Client) -> None:
    filing = Filing(client.api, client.keys, Route.KPK)
    filing.open()
    answer = client.submit(filing, sealed(filing, client.keys), facts=FACTS)

    assert (answer.status_code, kind(answer)) == (422, "facts-do-not-fit-route")


def test_another_drafts_token_is_as_good_as_none(client: Client) -> None:
    mine, other = (Filing(client.api, client.keys, Route.KPK) for _ in range(2))
    mine.open()
    other.open()

    answer = requests.get(
        f"{client.url}/api/v1/reports/{mine.report_id}",
        headers={"Authorization": f"Bearer {other._opened()}"},
        timeout=20,
    )

    assert (answer.status_code, kind(answer)) == (401, "token-refused")


def test_a_token_that_intake_did_not_sign_is_refused(client: Client) -> None:
    filing = Filing(client.api, client.keys, Route.KPK)
    filing.open()
    forged = upload_tokens.issue(
        upload_tokens.UploadToken(filing.report_id, Route.KPK, datetime.now(UTC) + timedelta(days=1)),
        SigningKey.generate("intake:v1"),
    )

    answer = requests.get(
        f"{client.url}/api/v1/reports/{filing.report_id}",
        headers={"Authorization": f"Bearer {forged}"},
        timeout=20,
    )

    assert (answer.status_code, kind(answer)) == (401, "token-refused")
