"""A service's own access to OpenBao, and calls made with a person's token, at a real OpenBao."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from chassis.openbao import (
    BadRequest,
    KeyNotFound,
    OpenBao,
    OpenBaoDown,
    Refused,
)
from chassis.openbao.calls import TIMEOUT_S
from chassis.openbao.service_access import PATIENCE_S, VERSION_LASTS_S
from chassis.settings import Secret
from contracts.key_pairs import CannotUnwrap, PublicKey
from contracts.keys import KeySet, verify_key_set
from contracts.signatures import verify_text
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from wbs_client import public_api
from wbs_local.ceremony.desk import Desk
from wbs_local.parts import openbao
from wbs_local.system import System, free_ports

CONTENT_KEY = bytes(range(32))


def access(system: System, process: str, **options: float) -> OpenBao:
    role_id, secret_id = (Secret(system.keep_secret(process, f"openbao_{name}")) for name in ("role_id", "secret_id"))
    return OpenBao(openbao.url(system), role_id, secret_id, **options)


@pytest.fixture(scope="module")
def intake(system: System) -> OpenBao:
    return access(system, "intake-web")


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    return Desk(system)


@pytest.fixture(scope="module")
def keys(system: System) -> KeySet:
    text = (system.public / "people-keys.jws").read_text()
    return verify_key_set(text, (system.public / "fingerprint").read_text())


def sealed_to(key: PublicKey) -> bytes:
    public = key.jose().get_op_key("wrapKey")
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return public.encrypt(CONTENT_KEY, oaep)


def test_a_service_signs_as_itself_and_the_key_set_verifies_it(intake: OpenBao, keys: KeySet) -> None:
    text = intake.sign("intake", b"a promise", "wbs-test+jws").decode()

    verified = verify_text(text, keys.active_verification_key, "wbs-test+jws")

    assert (verified.kid, verified.payload) == ("intake:v1", b"a promise")


class _Listing(OpenBao):
    """Its reads are listed."""

    def read(self, path: str) -> dict[str, Any]:
        self.paths = [*getattr(self, "paths", []), path]
        return super().read(path)


def test_the_version_to_sign_with_is_asked_for_some_seconds_at_once(system: System) -> None:
    role_id, secret_id = (Secret(system.keep_secret("intake-web", f"openbao_{n}")) for n in ("role_id", "secret_id"))
    now = 1000.0
    intake = _Listing(openbao.url(system), role_id, secret_id, monotonic=lambda: now)

    intake.sign("intake", b"a promise")
    intake.sign("intake", b"another")
    asked_at_first = len(intake.paths)
    now += VERSION_LASTS_S
    intake.sign("intake", b"a third")

    assert asked_at_first == 1
    assert intake.paths == ["sign-services/keys/intake"] * 2


def test_a_service_cannot_sign_as_another(intake: OpenBao) -> None:
    with pytest.raises(Refused):
        intake.sign("case-management", b"a promise")
    with pytest.raises(Refused):
        intake.signer("case-management", version=1).sign(b"a promise")


def test_a_token_that_ended_early_is_replaced_and_the_call_succeeds(intake: OpenBao) -> None:
    before = intake.read("auth/token/lookup-self")["accessor"]
    intake.write("auth/token/revoke-self", {})

    after = intake.read("auth/token/lookup-self")["accessor"]

    assert after != before


def test_a_token_is_replaced_when_two_thirds_of_its_life_are_over(system: System) -> None:
    now = [0.0]
    role_id, secret_id = (Secret(system.keep_secret("intake-web", f"openbao_{n}")) for n in ("role_id", "secret_id"))
    intake = OpenBao(openbao.url(system), role_id, secret_id, monotonic=lambda: now[0])
    first = intake.read("auth/token/lookup-self")
    now[0] = first["creation_ttl"] * 2 / 3 - 1
    shortly_before = intake.read("auth/token/lookup-self")

    now[0] += 2
    afterwards = intake.read("auth/token/lookup-self")

    assert shortly_before["accessor"] == first["accessor"]
    assert afterwards["accessor"] != first["accessor"]


def test_many_threads_use_one_access(intake: OpenBao, keys: KeySet) -> None:
    with ThreadPoolExecutor(8) as threads:
        texts = list(threads.map(lambda n: intake.sign("intake", b"%d" % n).decode(), range(64)))

    payloads = [verify_text(text, keys.active_verification_key, "JWT").payload for text in texts]
    assert payloads == [b"%d" % n for n in range(64)]


def test_a_wrong_secret_id_is_refused(system: System) -> None:
    stranger = OpenBao(
        openbao.url(system), Secret(system.keep_secret("intake-web", "openbao_role_id")), Secret("none"), patience=1
    )

    with pytest.raises(Refused):
        stranger.read("auth/token/lookup-self")


def test_an_openbao_that_does_not_answer_is_down_once_patience_ends() -> None:
    nowhere = f"http://127.0.0.1:{free_ports(['none'])['none']}"
    intake = OpenBao(nowhere, Secret("r"), Secret("s"), patience=0.3)

    with pytest.raises(OpenBaoDown, match="openbao does not answer"):
        intake.read("auth/token/lookup-self")


def test_nobody_waits_behind_a_sign_in_that_gets_no_answer_longer_than_patience() -> None:
    """Else clients of many threads would learn one after another that OpenBao is away, most of them never."""
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as other:
        intake = OpenBao(f"http://127.0.0.1:{silent.getsockname()[1]}", Secret("r"), Secret("s"), patience=0.2)
        first = other.submit(intake.read, "auth/token/lookup-self")
        connection, _ = silent.accept()  # its sign-in has begun

        with pytest.raises(OpenBaoDown):
            intake.read("auth/token/lookup-self")

        assert not first.done()
        connection.close()
        silent.close()
        with pytest.raises(OpenBaoDown):
            first.result()


def test_a_client_still_waits_when_it_is_told_that_openbao_is_down() -> None:
    """It can be told after a last call that got no answer."""
    assert PATIENCE_S + TIMEOUT_S < public_api.CALL_TIMEOUT_S


def test_a_key_that_is_not_there_is_told_from_a_text_that_does_not_fit(intake: OpenBao) -> None:
    report = uuid4()
    bound = {"associated_data": "eA=="}
    with pytest.raises(KeyNotFound):
        intake.write(f"reports/datakey/plaintext/{report}", bound)
    intake.write(f"reports/keys/{report}", {"type": "aes256-gcm96"})

    with pytest.raises(BadRequest) as refused:
        intake.write(f"reports/decrypt/{report}", {"ciphertext": "vault:v1:AAAA", **bound})

    assert not isinstance(refused.value, KeyNotFound)
    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize("user", ["pemeriksa1", "irban1", "inspektur"])
def test_case_workers_open_what_is_sealed_to_casework(desk: Desk, keys: KeySet, user: str) -> None:
    sealed = sealed_to(keys.encryption_key("casework"))

    opened = desk.person(user).unwrap_content_key("casework", 1, sealed)

    assert opened == CONTENT_KEY


def test_what_was_sealed_to_another_key_does_not_open(desk: Desk, keys: KeySet) -> None:
    sealed = sealed_to(keys.encryption_key("super-admin"))

    with pytest.raises(CannotUnwrap):
        desk.person("pemeriksa1").unwrap_content_key("casework", 1, sealed)


@pytest.mark.parametrize("decision", ["rev-81", "dsc-77"])
def test_the_super_admin_opens_by_naming_a_decision(desk: Desk, keys: KeySet, decision: str) -> None:
    sealed = sealed_to(keys.encryption_key("super-admin"))

    opened = desk.person("superadmin").unwrap_content_key("super-admin", 1, sealed, decision_id=decision)

    assert opened == CONTENT_KEY


def test_nobody_opens_an_identity_without_naming_a_decision_of_the_right_kind(desk: Desk, keys: KeySet) -> None:
    for user, recipient, ids in (
        ("superadmin", "super-admin", {}),
        ("superadmin", "super-admin", {"decision_id": ""}),
        ("superadmin", "super-admin", {"decision_id": "curious"}),
        ("pengawas1", "overseer", {}),
        ("pengawas1", "overseer", {"decision_id": "rev-81"}),
    ):
        sealed = sealed_to(keys.encryption_key(recipient))
        with pytest.raises(Refused):
            desk.person(user).unwrap_content_key(recipient, 1, sealed, **ids)


def test_the_decision_stands_in_clear_in_both_audit_logs_and_the_key_does_not(
    system: System, desk: Desk, keys: KeySet
) -> None:
    decision = f"dsc-{uuid4()}"
    sealed = sealed_to(keys.encryption_key("overseer"))

    desk.person("pengawas1").unwrap_content_key("overseer", 1, sealed, decision_id=decision)

    for device in ("first", "second"):
        written = (system.data_of("openbao") / "audit" / f"{device}.jsonl").read_text()
        lines = [line for line in written.splitlines() if decision in line]
        assert lines
        assert all('"ciphertext":"hmac-sha256:' in line for line in lines)


def test_a_person_signs_as_their_role_only(desk: Desk, keys: KeySet) -> None:
    inspektur = desk.person("inspektur")

    text = inspektur.sign("inspektur", b"approved").decode()

    assert verify_text(text, keys.active_verification_key, "JWT").kid == "inspektur:sig-v1"
    with pytest.raises(Refused):
        inspektur.signer("super-admin", version=1).sign(b"approved")


def test_nothing_of_a_token_or_a_secret_shows_in_a_repr(desk: Desk, intake: OpenBao) -> None:
    token = desk.token("pemeriksa1")

    shown = f"{token!r} {desk.person('pemeriksa1')!r} {intake!r} {desk.enrolled('pemeriksa1')!r}"

    assert token.reveal() not in shown
    assert desk.password("pemeriksa1").reveal() not in shown
