"""What is stolen from people: a password without its codes, a token that lives on after its owner was removed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from chassis.openbao import BadRequest, Refused, request
from chassis.settings import Secret
from contracts.key_pairs import CannotUnwrap
from contracts.keys import KeySet, verify_key_set
from contracts.letters import About, Expected, Message, Purpose, open_letter, seal_letter
from contracts.receipts import ReporterSecrets
from contracts.vocabulary import Route
from test_openbao_walls import Newcomer, enrol
from wbs_local.ceremony.desk import Desk
from wbs_local.parts import openbao
from wbs_local.system import System

JUNK = bytes(384)
INVESTIGATORS = "identity/group/name/investigator"


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    return Desk(system)


@pytest.fixture(scope="module")
def people(system: System) -> KeySet:
    return verify_key_set((system.public / "people-keys.jws").read_text(), (system.public / "fingerprint").read_text())


def test_a_password_without_its_code_opens_nothing(system: System, desk: Desk) -> None:
    password = {"password": desk.password("pemeriksa2").reveal()}
    auth = request(openbao.url(system), None, "post", "auth/investigators/login/pemeriksa2", password)["auth"]

    assert auth["client_token"] == ""
    for stolen in (auth["mfa_requirement"]["mfa_request_id"], auth.get("accessor") or "none", auth["client_token"]):
        with pytest.raises((Refused, BadRequest)):
            desk.phases.person(Secret(stolen)).unwrap_content_key("casework", 1, JUNK)


def test_a_password_alone_makes_no_second_factor_of_its_own(system: System, desk: Desk) -> None:
    (method,) = desk.person("irban1").read("identity/mfa/login-enforcement/investigators")["mfa_method_ids"]
    content = {"method_id": method, "entity_id": desk.enrolled("pemeriksa2").entity_id}

    for path in ("identity/mfa/method/totp/generate", "identity/mfa/method/totp/admin-generate"):
        for token in (None, desk.token("pemeriksa2")):
            with pytest.raises((Refused, BadRequest)):
                request(openbao.url(system), token, "post", path, content)


def members(desk: Desk) -> dict[str, Any]:
    found = desk.person("operator1").read(INVESTIGATORS)
    return {
        "member_entity_ids": found["member_entity_ids"],
        "metadata": found["metadata"],
        "policies": found["policies"],
    }


def change_members(desk: Desk, content: dict[str, Any]) -> None:
    desk.act("operator1", "pengawas1", "post", INVESTIGATORS, content)


@pytest.fixture
def newcomer(desk: Desk) -> Iterator[Newcomer]:
    """An investigator for a while; the group is put back."""
    before, person = members(desk), enrol(desk, "investigators")
    change_members(desk, {**before, "member_entity_ids": [*before["member_entity_ids"], person.entity_id]})
    yield person
    change_members(desk, before)


def test_the_old_token_of_a_removed_investigator_opens_nothing(desk: Desk, newcomer: Newcomer) -> None:
    person = desk.phases.person(newcomer.sign_in(desk))
    with pytest.raises(CannotUnwrap):  # may call; it is only no key
        person.unwrap_content_key("casework", 1, JUNK)

    left = members(desk)
    left["member_entity_ids"] = [each for each in left["member_entity_ids"] if each != newcomer.entity_id]
    change_members(desk, left)

    with pytest.raises(Refused):
        person.unwrap_content_key("casework", 1, JUNK)
    with pytest.raises(Refused):
        person.signer("investigator")


def test_who_is_disabled_loses_the_token_at_once(desk: Desk, newcomer: Newcomer) -> None:
    person = desk.phases.person(newcomer.sign_in(desk))

    desk.act("inspektur", "pengawas1", "post", f"identity/entity/id/{newcomer.entity_id}", {"disabled": "true"})

    with pytest.raises(Refused):
        person.unwrap_content_key("casework", 1, JUNK)


def test_a_letter_of_a_report_that_is_not_theirs_opens_for_an_investigator_and_is_seen_in_both_audit_logs(
    system: System, desk: Desk, people: KeySet
) -> None:
    """RSA can't hold a token to one report (README, Limits): it takes the wrapper's opener too, and each opening is
    a line in two logs, with who and when."""
    own, about = ReporterSecrets.generate(), About(uuid4(), Route.INSPEKTORAT, Purpose.MESSAGE_FROM_REPORTER, uuid4())
    letter = seal_letter(
        Message(text="Rekaan."), about, {**people.recipients(), "reporter": [own.encryption.public]}, own.signing
    )
    before = [_openings(log, desk.enrolled("pemeriksa2").entity_id) for log in _logs(system)]

    opener = desk.person("pemeriksa2").opener("casework")
    expected = Expected(about.report_id, about.route, about.purpose, about.letter_id)
    opened = open_letter(letter, expected, opener, lambda _: own.signing.public)

    assert opened.body == Message(text="Rekaan.")
    assert [_openings(log, desk.enrolled("pemeriksa2").entity_id) for log in _logs(system)] == [
        each + 1 for each in before
    ]


def _logs(system: System) -> list[Path]:
    return sorted((system.data_of("openbao") / "audit").glob("*.jsonl"))


def _openings(log: Path, entity_id: str) -> int:
    """Requests of this person that opened a letter to casework."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return sum(
        line["type"] == "request"
        and line["request"].get("path") == "letters/decrypt/casework"
        and line["auth"].get("entity_id") == entity_id
        for line in lines
    )


def test_an_investigator_opens_nothing_that_is_sealed_to_others(desk: Desk) -> None:
    person = desk.person("pemeriksa2")

    for path, more in (
        ("letters/decrypt/super-admin", {"decision_id": "rev-1"}),
        ("letters/decrypt/overseer", {"decision_id": "dsc-1"}),
        ("identity-check/decrypt/identity-check", {}),
        ("evidence-drafts/decrypt/uploads", {"context": "AAAA"}),
        ("reports/decrypt/some", {"associated_data": "AAAA"}),
    ):
        with pytest.raises(Refused):
            person.write(path, {"ciphertext": f"vault:v1:{base64.b64encode(JUNK).decode()}", **more})
