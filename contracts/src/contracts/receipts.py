"""Receipt codes: made on the reporter's device, they find a mailbox and lock its keys, and never reach a server."""

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.errors import JoseError
from joserfc.jwe import decrypt_compact, encrypt_compact
from joserfc.jwk import OctKey

from contracts.encoding import b64u, from_b64u, sha256, strict_json
from contracts.key_pairs import BadKey, EncryptionKey, SigningKey
from contracts.sealed import Sealed

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
CHECK_SYMBOLS = SYMBOLS + "*~$=U"  # the value modulo 37
BITS, LENGTH, GROUP = 100, 20, 4
LOCATOR_INFO = b"wbs-batanghari receipt locator v1"
KEY_INFO = b"wbs-batanghari receipt key v1"
_LOCK = {"alg": "dir", "enc": "A256GCM"}
MOST_LOCKED = 2000  # two private P-256 keys are about 700 characters, with room for a client that names more of them
_COMPACT_JWE = re.compile(r"(?P<header>[A-Za-z0-9_-]{2,100})\.\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}")
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\t": None, "\n": None})


class BadReceiptCode(ValueError):
    """Not a receipt code: another length, another character, or the check symbol says that one was mistyped."""


class CannotUnlock(Exception):
    """The locked keys don't open with this receipt code."""


@dataclass(frozen=True)
class ReporterSecrets:
    """The reporter's own key pairs: what the receipt code locks."""

    encryption: EncryptionKey
    signing: SigningKey

    @classmethod
    def generate(cls) -> "ReporterSecrets":
        return cls(EncryptionKey.generate("reporter-enc"), SigningKey.generate("reporter-sig"))


@dataclass(frozen=True)
class Receipt:
    """A receipt code by its 100 bits. `str` gives it as people write it down; nothing else shows it."""

    value: int = field(repr=False)

    @classmethod
    def generate(cls) -> "Receipt":
        return cls(secrets.randbits(BITS))

    @classmethod
    def parse(cls, typed: str) -> "Receipt":
        """Read a code as people type it: lower case, spaces, O for 0, I and L for 1. BadReceiptCode otherwise."""
        text = typed.upper().translate(LOOKALIKES)
        symbols, check = text[:LENGTH], text[LENGTH:]
        if len(text) != LENGTH + 1 or not set(symbols) <= set(SYMBOLS):
            raise BadReceiptCode("not a receipt code")
        value = 0
        for symbol in symbols:
            value = value * 32 + SYMBOLS.index(symbol)
        if CHECK_SYMBOLS[value % 37] != check:
            raise BadReceiptCode("a symbol is mistyped")
        return cls(value)

    def __str__(self) -> str:
        symbols = "".join(SYMBOLS[self.value >> shift & 31] for shift in range(BITS - 5, -1, -5))
        groups = [symbols[at : at + GROUP] for at in range(0, LENGTH, GROUP)]
        return "-".join([*groups, CHECK_SYMBOLS[self.value % 37]])

    @property
    def locator(self) -> str:
        """What the server is asked by: 32 bytes in base64url; from it nobody finds the code or the key."""
        return b64u(self._derive(LOCATOR_INFO))

    @property
    def locator_hash(self) -> str:
        """What the server keeps."""
        return hash_of_locator(self.locator)

    def lock(self, secrets_: ReporterSecrets) -> Sealed:
        """Lock the reporter's private keys (`dir`, A256GCM) for the server to keep."""
        keys = {"enc": secrets_.encryption.private_jwk(), "sig": secrets_.signing.private_jwk()}
        plain = json.dumps(keys, separators=(",", ":"))
        return Sealed(encrypt_compact(_LOCK, plain, self._key(), algorithms=list(_LOCK.values())))

    def unlock(self, locked: str) -> ReporterSecrets:
        """Get the private keys back; CannotUnlock if they are another code's, or changed."""
        try:
            opened = decrypt_compact(locked, self._key(), algorithms=list(_LOCK.values()))
            keys: Any = json.loads(opened.plaintext or b"")
            encryption = EncryptionKey.from_jwk("reporter-enc", keys["enc"])
            return ReporterSecrets(encryption, SigningKey.from_jwk("reporter-sig", keys["sig"]))
        except (JoseError, BadKey, ValueError, KeyError, TypeError):
            raise CannotUnlock from None

    def _key(self) -> OctKey:
        return OctKey.import_key(self._derive(KEY_INFO))

    def _derive(self, info: bytes) -> bytes:
        """Derive by HKDF-SHA-256 (RFC 5869) from 13 bytes, big-endian, no salt: 100 random bits need no slow hash."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.value.to_bytes(13))


def are_locked_keys(text: str) -> bool:
    """Say whether this has the form of `Receipt.lock`'s: a short compact JWE with `dir` and A256GCM, nothing else."""
    found = _COMPACT_JWE.fullmatch(text) if len(text) <= MOST_LOCKED else None
    try:
        return found is not None and strict_json(from_b64u(found["header"])) == _LOCK
    except ValueError:
        return False


def hash_of_locator(locator: str) -> str:
    """Give what the server keeps of a locator: SHA-256 of its text, in base64url."""
    return b64u(sha256(locator.encode("ascii")))
