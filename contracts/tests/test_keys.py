"""The key set: pinned by a fingerprint, retired keys verify and seal nothing, check keys are for checks only."""

from datetime import UTC, datetime

import pytest
from contracts.key_pairs import BadKey, EncryptionKey, PublicKey, SigningKey
from contracts.keys import (
    KeyList,
    KeySet,
    KeySetChanged,
    KeySetTooOld,
    ListedKey,
    Status,
    UnknownKey,
    Use,
    WrongFingerprint,
    readable,
    sign_check_keys,
    sign_key_set,
    thumbprint,
    verify_check_keys,
    verify_key_set,
)

ROOT = SigningKey.generate("people-keys:v1")
CHECKS = SigningKey.generate("check-keys:v1")
FINGERPRINT = thumbprint(ROOT.public.jwk)
HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)


def listed(key: PublicKey, use: Use = Use.ENCRYPTION, status: Status = Status.ACTIVE) -> ListedKey:
    return ListedKey(kid=key.kid, use=use, status=status, jwk=key.jwk)


CASEWORK = [EncryptionKey.generate(f"casework:v{version}").public for version in (1, 2)]
STAFF = SigningKey.generate("investigator:v1").public
KEYS = KeyList(
    version=3,
    issued=HOUR,
    keys=(
        listed(CASEWORK[1]),
        listed(CASEWORK[0], status=Status.RETIRED),
        listed(STAFF, Use.SIGNING, Status.RETIRED),
        listed(CHECKS.public, Use.SIGNING),
    ),
)


def people() -> KeySet:
    return verify_key_set(sign_key_set(KEYS, ROOT, ROOT.public), FINGERPRINT)


def test_a_key_set_is_verified_by_the_pinned_fingerprint() -> None:
    assert people().listed == KEYS


@pytest.mark.parametrize(
    "typed",
    [
        readable(FINGERPRINT),
        readable(FINGERPRINT).lower().replace(" ", ""),
        readable(FINGERPRINT).replace(" ", "-").replace("0", "O").replace("1", "l"),
        f"{FINGERPRINT}\n",
    ],
    ids=("shown", "plain", "alike", "whole"),
)
def test_a_key_set_is_verified_by_what_people_copy_from_a_poster(typed: str) -> None:
    assert verify_key_set(sign_key_set(KEYS, ROOT, ROOT.public), typed).listed == KEYS


@pytest.mark.parametrize(
    "typed", ["", readable(FINGERPRINT)[:-1], f"{readable(FINGERPRINT)}0"], ids=("none", "short", "long")
)
def test_a_part_of_a_fingerprint_is_none(typed: str) -> None:
    with pytest.raises(WrongFingerprint):
        verify_key_set(sign_key_set(KEYS, ROOT, ROOT.public), typed)


def test_a_key_set_signed_by_another_key_is_refused() -> None:
    other = SigningKey.generate("people-keys:v1")

    with pytest.raises(WrongFingerprint):
        verify_key_set(sign_key_set(KEYS, other, other.public), FINGERPRINT)
    with pytest.raises(KeySetChanged):  # the right key in the header, signed by another
        verify_key_set(sign_key_set(KEYS, other, ROOT.public), FINGERPRINT)


def test_a_changed_key_set_is_refused() -> None:
    head, payload, signature = sign_key_set(KEYS, ROOT, ROOT.public).split(".")

    for text in (f"{head}.{payload[:-4]}AAAA.{signature}", f"{head}.{payload}.{signature[:-4]}AAAA", "x", ""):
        with pytest.raises(KeySetChanged):
            verify_key_set(text, FINGERPRINT)


def test_an_older_key_set_than_one_seen_is_refused() -> None:
    with pytest.raises(KeySetTooOld):
        verify_key_set(sign_key_set(KEYS, ROOT, ROOT.public), FINGERPRINT, at_least_version=4)


def test_letters_are_sealed_to_active_keys_only() -> None:
    assert people().encryption_key("casework") == CASEWORK[1]
    assert people().recipients() == {"casework": [CASEWORK[1]]}
    with pytest.raises(UnknownKey):
        people().encryption_key("kpk")


def test_a_retired_signing_key_still_verifies_and_an_encryption_key_never_does() -> None:
    assert people().verification_key("investigator:v1") == STAFF
    assert people().active_verification_key("investigator:v1") is None
    assert people().verification_key("casework:v2") is None
    assert people().verification_key("nobody:v1") is None


def check_list(*keys: ListedKey) -> KeyList:
    return KeyList(version=1, issued=HOUR, keys=keys)


def test_check_keys_are_accepted_for_identity_check() -> None:
    today, yesterday = (EncryptionKey.generate(f"identity-check:v{version}").public for version in (2, 1))

    text = sign_check_keys(check_list(listed(today), listed(yesterday)), CHECKS)

    assert verify_check_keys(text, people()) == {"identity-check": [today, yesterday]}


def test_check_keys_that_name_another_recipient_are_refused_whole() -> None:
    stolen = EncryptionKey.generate("casework:v3").public
    check = EncryptionKey.generate("identity-check:v1").public

    with pytest.raises(KeySetChanged):
        verify_check_keys(sign_check_keys(check_list(listed(check), listed(stolen)), CHECKS), people())


def test_check_keys_signed_by_anyone_else_are_refused() -> None:
    check = check_list(listed(EncryptionKey.generate("identity-check:v1").public))

    for signer in (SigningKey.generate("check-keys:v1"), SigningKey.generate("investigator:v1"), ROOT):
        with pytest.raises(KeySetChanged):
            verify_check_keys(sign_check_keys(check, signer), people())


def test_a_key_set_does_not_pass_for_check_keys() -> None:
    with pytest.raises(KeySetChanged):
        verify_check_keys(sign_key_set(KEYS, ROOT, ROOT.public), people())


def test_a_fingerprint_is_printed_in_five_groups() -> None:
    assert [len(group) for group in readable(FINGERPRINT).split()] == [5] * 5


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM"
        "stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5h"
        "ajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )

    assert thumbprint({"kty": "RSA", "n": n, "e": "AQAB"}) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    "jwk", [{}, {"kty": "oct", "k": "AAAA"}, {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"}],
)  # fmt: skip
def test_what_is_no_strong_public_key_is_refused(jwk: dict[str, str]) -> None:
    with pytest.raises(BadKey):
        PublicKey("casework:v1", jwk)
