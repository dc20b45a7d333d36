"""Check keys: published, rotated, and trimmed only when nothing in the inbox needs a version."""

from __future__ import annotations

from uuid import uuid4

import pytest
from chassis.openbao import OpenBao
from contracts.key_pairs import PublicKey
from contracts.keys import verify_check_keys
from contracts.letters import (
    About,
    Expected,
    OfferedIdentity,
    Purpose,
    Unopenable,
    open_introduction,
    seal_letter,
)
from identity_vault.application import CheckKeysCare
from identity_vault.check_key import CheckKey
from identity_vault.object_store import VaultObjects
from vault_tools import Reporter, Vault, person_of
from wbs_local.drawn_cards import draw_dot, invent

PERSON = person_of(invent(31))


@pytest.fixture
def check_key(vault: Vault) -> CheckKey:
    """With an empty inbox: other modules may have left letters, which keep the versions that they need."""
    assert VaultObjects(vault.settings).wipe_inbox("")
    return CheckKey(OpenBao.of(vault.settings))


def care(vault: Vault, check_key: CheckKey, rotation_days: int) -> CheckKeysCare:
    return CheckKeysCare(vault.store, check_key, VaultObjects(vault.settings), vault.settings.clock, rotation_days)


def test_a_list_is_published_once_and_believed_for_the_check_alone(vault: Vault, check_key: CheckKey) -> None:
    before = len(vault.store.notifications(limit=10_000))

    care(vault, check_key, rotation_days=1).tend()

    assert len(vault.store.notifications(limit=10_000)) == before
    assert set(verify_check_keys(vault.check_keys(), vault.keys)) == {"identity-check"}


def test_a_letter_to_what_is_no_version_of_the_key_keeps_none(vault: Vault, check_key: CheckKey) -> None:
    daily, reporter, offer_id = care(vault, check_key, rotation_days=0), Reporter(), uuid4()
    daily.tend()
    versions = check_key.versions()
    body = OfferedIdentity(person=PERSON, ktp_photo=draw_dot(), reporter_keys=reporter.keys)
    about = About(reporter.report_id, reporter.route, Purpose.IDENTITY_OFFER, offer_id)
    for kid in ("identity-check:latest", "identity-check", "identity-check:v0"):
        key = PublicKey(kid, versions[max(versions)].jwk)
        vault.put(reporter, seal_letter(body, about, {"identity-check": [key]}, reporter.secrets.signing), uuid4())

    for _ in range(3):
        daily.tend()

    assert max(versions) not in check_key.versions()
    VaultObjects(vault.settings).wipe_inbox(f"{reporter.report_id}/")


def test_a_version_stays_as_long_as_a_letter_in_the_inbox_needs_it(vault: Vault, check_key: CheckKey) -> None:
    daily, reporter, offer_id = care(vault, check_key, rotation_days=0), Reporter(), uuid4()
    letter = vault.seal(reporter, PERSON, draw_dot(), offer_id)
    vault.put(reporter, letter, offer_id)
    needed = max(check_key.versions())
    kid = f"identity-check:v{needed}"
    expected = Expected(reporter.report_id, reporter.route, Purpose.IDENTITY_OFFER, offer_id)

    for _ in range(4):
        daily.tend()
    kept = needed in check_key.versions()
    opened = open_introduction(letter, expected, check_key.opener(kid))
    VaultObjects(vault.settings).wipe_inbox(f"{reporter.report_id}/{offer_id}")
    daily.tend()

    assert kept
    assert opened.body.person == PERSON
    assert needed not in check_key.versions()
    with pytest.raises(Unopenable):
        open_introduction(letter, expected, check_key.opener(kid))
    listed = verify_check_keys(vault.check_keys(), vault.keys)["identity-check"]
    assert [key.kid for key in listed] == [f"identity-check:v{needed + 5}", f"identity-check:v{needed + 4}"]
