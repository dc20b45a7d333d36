"""What the set-up ceremony leaves behind: signed keys, people who can sign in, secrets that are each one's own."""

from __future__ import annotations

import json

import pytest
from contracts.key_pairs import EncryptionKey, SigningKey
from contracts.keys import KeySet, verify_key_set
from wbs_local.ceremony import people_of
from wbs_local.ceremony.desk import Desk
from wbs_local.ceremony.walls import Grant, PathDeclaredTwice, ValueNotText, Walls, declared
from wbs_local.system import System


@pytest.fixture(scope="module")
def keys(system: System) -> KeySet:
    return verify_key_set((system.public / "people-keys.jws").read_text(), (system.public / "fingerprint").read_text())


def test_the_key_set_names_everyone_whom_letters_go_to_and_who_signs(keys: KeySet) -> None:
    assert set(keys.recipients()) == {"casework", "super-admin", "overseer", "kpk"}
    for kid in (
        *(f"{role}:sig-v1" for role in ("investigator", "irban", "inspektur", "super-admin", "overseer")),
        *(f"{service}:v1" for service in declared().services),
        "check-keys:v1",
        "kpk:sandbox-sig",
    ):
        assert keys.active_verification_key(kid) is not None, kid


def test_kpk_s_stand_in_holds_the_private_halves_of_kpk_s_listed_keys(system: System, keys: KeySet) -> None:
    folder = system.secrets_of("kpk-sandbox")
    sealing, signing = (json.loads((folder / f"{use}_key.jwk").read_text()) for use in ("encryption", "signing"))

    opener = EncryptionKey.from_jwk(sealing.pop("kid"), sealing)
    signer = SigningKey.from_jwk(signing.pop("kid"), signing)

    assert opener.public == keys.encryption_key("kpk")
    assert signer.public == keys.verification_key(signer.kid)


def test_each_process_of_each_service_has_credentials_of_its_own(system: System) -> None:
    processes = [f"{service}-{kind}" for service, kinds in declared().services.items() for kind in kinds]

    secrets = {
        (process, name): (system.secrets_of(process) / f"openbao_{name}").read_text()
        for process in processes
        for name in ("role_id", "secret_id")
    }

    assert len(set(secrets.values())) == 2 * len(processes)


def test_every_secret_is_readable_by_its_owner_only(system: System) -> None:
    modes = {
        path.name: path.stat().st_mode & 0o777
        for owner in ("openbao", "people", "kpk-sandbox", "intake-web", "case-management-worker")
        for path in system.secrets_of(owner).iterdir()
    }

    assert set(modes.values()) == {0o600}


def test_the_people_are_those_that_the_law_wants_and_their_names_are_marked_as_invented(system: System) -> None:
    people = people_of(system)

    assert sorted(person.role for person in people) == sorted(
        ["super-admin", "inspektur", "irban", "investigator", "investigator", "overseer", "overseer", "operator"]
    )
    (super_admin,) = (person for person in people if person.role == "super-admin")
    assert super_admin.details["sk_number"]
    assert all("rekaan" in person.name for person in people)


def test_each_person_signs_in_with_password_and_code_to_one_role(system: System) -> None:
    desk = Desk(system)

    roles = {person.user: desk.phases.who(desk.token(person.user)).roles for person in people_of(system)}

    assert roles == {person.user: {person.role} for person in people_of(system)}


def test_no_secret_of_a_person_stands_in_a_repr(system: System) -> None:
    person = people_of(system)[0]

    assert person.password not in repr(person)
    assert person.otpauth_url not in repr(person)


def test_a_declaration_that_names_a_path_twice_for_a_role_is_refused() -> None:
    twice = {"roles": ["intake"], "paths": {"reports/decrypt/+": ["update"]}}
    walls = Walls(
        mounts=[],
        quotas=[],
        approle={},
        services={"intake": ["web"]},
        sign_in_mounts={},
        token_times={},
        totp={},
        rights=[twice, twice],
        acts=[],
    )

    with pytest.raises(PathDeclaredTwice, match="intake has"):
        walls.grants_of("intake")


def test_a_declared_value_that_openbao_would_take_for_any_is_refused() -> None:
    with pytest.raises(ValueNotText, match="deletion_allowed"):
        Grant("reports/keys/+/config", ["update"], {"deletion_allowed": [True]}, [])  # type: ignore[list-item]
