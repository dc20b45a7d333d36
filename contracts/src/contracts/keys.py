"""The keys that all trust: people-keys.jws, verified by a pinned fingerprint, and the check keys that come apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts.encoding import b64u, canonical, from_b64u, sha256, strict_json
from contracts.key_pairs import BadKey, PublicKey, Signer, public_members
from contracts.letters.purposes import owner_of
from contracts.receipts import LOOKALIKES, SYMBOLS
from contracts.schema import NotUnderstood, from_json, to_json
from contracts.signatures import BadSignature, Verified, sign_text, verify_embedded, verify_text

KEY_SET_TYPE = "wbs-key-set+jws"
CHECK_KEYS_TYPE = "wbs-check-keys+jws"
CHECK_RECIPIENT = "identity-check"
CHECK_SIGNER = "check-keys"  # owner of the key in `sign-checks/`, listed in the key set with use "sig"


class KeySetError(Exception):
    """A key set that must not be trusted."""


class WrongFingerprint(KeySetError):
    """Signed by another key than the one whose fingerprint is pinned."""


class KeySetChanged(KeySetError):
    """The signature does not stand, or this is no key set."""


class KeySetTooOld(KeySetError):
    """An older key set than one already seen: somebody plays back a version in which a lost key is still good."""


class UnknownKey(KeySetError):
    """No active key of this recipient."""


class Use(StrEnum):
    ENCRYPTION = "enc"
    SIGNING = "sig"


class Status(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class ListedKey:
    """A key as the set lists it; whose it is follows from its kid (`casework:v1`)."""

    kid: str
    use: Use
    status: Status
    jwk: Mapping[str, Any]

    @property
    def owner(self) -> str:
        return owner_of(self.kid)

    def public(self) -> PublicKey:
        return PublicKey(self.kid, self.jwk)


@dataclass(frozen=True, kw_only=True)
class KeyList:
    """What is signed: all keys, the best of each owner first, retired ones kept for verifying."""

    version: int
    issued: datetime
    keys: tuple[ListedKey, ...]


class KeySet:
    """A verified list of keys."""

    def __init__(self, listed: KeyList) -> None:
        self.listed = listed
        self._signing = {key.kid: key for key in listed.keys if key.use is Use.SIGNING}

    @property
    def version(self) -> int:
        return self.listed.version

    def recipients(self) -> dict[str, Sequence[PublicKey]]:
        """Give the active encryption keys by recipient, the best first: what `seal_letter` and `check_letter` take."""
        found: dict[str, list[PublicKey]] = {}
        for key in self.listed.keys:
            if key.use is Use.ENCRYPTION and key.status is Status.ACTIVE:
                found.setdefault(key.owner, []).append(key.public())
        return dict(found)

    def encryption_key(self, recipient: str) -> PublicKey:
        """Give the key to seal to today; UnknownKey if there is none."""
        keys = self.recipients().get(recipient)
        if not keys:
            raise UnknownKey(recipient)
        return keys[0]

    def verification_key(self, kid: str) -> PublicKey | None:
        """Give the key that verifies what `kid` signed, retired ones too: the lookup that `open_letter` takes."""
        key = self._signing.get(kid)
        return key.public() if key is not None else None

    def active_verification_key(self, kid: str) -> PublicKey | None:
        """Give it only while it may still sign something new."""
        key = self._signing.get(kid)
        return self.verification_key(kid) if key is not None and key.status is Status.ACTIVE else None


def sign_key_set(listed: KeyList, signer: Signer, public: PublicKey) -> str:
    """Write people-keys.jws; the signing key stands in its header, for readers to compare with the fingerprint."""
    return sign_text(canonical(to_json(listed)), signer, KEY_SET_TYPE, jwk=public.jwk)


def verify_key_set(text: str, fingerprint: str, at_least_version: int = 0) -> KeySet:
    """Verify people-keys.jws with the pinned fingerprint or raise a KeySetError.

    It is the signing key's `thumbprint`, or as people copy it from a poster: `readable`, typed as receipt codes may be.
    """
    seen: list[bool] = []
    typed = fingerprint.upper().translate(LOOKALIKES)

    def pinned(key: PublicKey) -> bool:
        whole = thumbprint(key.jwk)
        seen.append(whole == fingerprint.strip() or readable(whole).replace(" ", "") == typed)
        return seen[-1]

    try:
        verified = verify_embedded(text, pinned, KEY_SET_TYPE)
    except BadSignature:
        raise (WrongFingerprint if seen == [False] else KeySetChanged) from None
    key_set = KeySet(_listed(verified))
    if key_set.version < at_least_version:
        raise KeySetTooOld
    return key_set


def sign_check_keys(listed: KeyList, signer: Signer) -> str:
    """Write the check keys, which identity-vault signs by its key of `sign-checks/`."""
    return sign_text(canonical(to_json(listed)), signer, CHECK_KEYS_TYPE)


def verify_check_keys(text: str, people: KeySet, at_least_version: int = 0) -> dict[str, Sequence[PublicKey]]:
    """Verify the check keys and give them as recipients; they are accepted for `identity-check` and nobody else.

    Whoever controls identity-vault can sign any list: one that names another recipient is refused whole.
    """

    def signers(kid: str) -> PublicKey | None:
        return people.active_verification_key(kid) if owner_of(kid) == CHECK_SIGNER else None

    try:
        checks = KeySet(_listed(verify_text(text, signers, CHECK_KEYS_TYPE)))
    except BadSignature:
        raise KeySetChanged from None
    if any(key.owner != CHECK_RECIPIENT or key.use is not Use.ENCRYPTION for key in checks.listed.keys):
        raise KeySetChanged
    if checks.version < at_least_version:
        raise KeySetTooOld
    return checks.recipients()


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Give the RFC 7638 thumbprint (SHA-256) of a key, 43 characters of base64url: what settings pin."""
    return b64u(sha256(canonical(public_members(jwk))))


def readable(fingerprint: str) -> str:
    """Give a fingerprint as posters print it: its first 125 bits in Crockford's base32, five groups of five."""
    bits = int.from_bytes(from_b64u(fingerprint)) >> (256 - 125)
    symbols = "".join(SYMBOLS[bits >> shift & 31] for shift in range(120, -1, -5))
    return " ".join(symbols[at : at + 5] for at in range(0, 25, 5))


def _listed(verified: Verified) -> KeyList:
    try:
        listed = from_json(KeyList, strict_json(verified.payload))
        _check(listed.keys)
    except (NotUnderstood, BadKey, ValueError):
        raise KeySetChanged from None
    return listed


def _check(keys: Iterable[ListedKey]) -> None:
    """A role may have one kid for its two keys: `super-admin:v1` opens in `letters/` and signs in `sign-staff/`."""
    kids = [(key.public().kid, key.use) for key in keys]
    if len(set(kids)) != len(kids):
        raise ValueError("a kid stands twice")
