"""KPK's own two private keys, and the keys that all trust."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts.key_pairs import ECDH, EncryptionKey, SigningKey
from contracts.keys import KeySet, verify_key_set
from contracts.letters.format import ENC
from joserfc.jwe import decrypt_compact, encrypt_compact
from joserfc.jwk import ECKey

from kpk_sandbox.settings import Settings

_OWN = {"alg": ECDH, "enc": ENC}


class Keys:
    """`sealing` opens what is sealed to KPK; `signing` signs receipts, statements and letters to reporters."""

    def __init__(self, sealing: EncryptionKey, signing: SigningKey, trusted: Callable[[], KeySet]) -> None:
        self.sealing, self.signing, self._trusted = sealing, signing, trusted

    @classmethod
    def of(cls, settings: Settings) -> Keys:
        sealing, signing = (_jwk(settings.secrets / f"{name}_key.jwk") for name in ("encryption", "signing"))
        return cls(
            EncryptionKey.from_jwk(sealing["kid"], sealing),
            SigningKey.from_jwk(signing["kid"], signing),
            # Read at each use: a key set that was signed anew counts at once.
            lambda: verify_key_set(settings.keys_file.read_text(), settings.keys_fingerprint),
        )

    def trusted(self) -> KeySet:
        return self._trusted()

    def seal_own(self, text: str) -> str:
        """Seal to KPK itself what it writes to others (compact JWE): no text lies readable on the disk."""
        return encrypt_compact(_OWN, text, self.sealing.public.jose(), algorithms=list(_OWN.values()))

    def open_own(self, sealed: str) -> str:
        private: dict[str, str | list[str]] = dict(self.sealing.private_jwk())
        opened = decrypt_compact(sealed, ECKey.import_key(private), algorithms=list(_OWN.values()))
        return (opened.plaintext or b"").decode()


def _jwk(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found
