"""The check key in OpenBao: its public halves, opening by it, its rotation and trimming, the signature on its list."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from chassis.openbao import BadRequest, OpenBao, plain_kid, signature_of
from contracts.encoding import b64u
from contracts.key_pairs import CannotUnwrap, PublicKey, RemoteOpener, RemoteSigner
from contracts.keys import CHECK_RECIPIENT, CHECK_SIGNER
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

KEY = f"identity-check/keys/{CHECK_RECIPIENT}"
DECRYPT = f"identity-check/decrypt/{CHECK_RECIPIENT}"
SIGNING_KEY = f"sign-checks/keys/{CHECK_SIGNER}"
SIGN = f"sign-checks/sign/{CHECK_SIGNER}/sha2-256"


class CheckKey:
    def __init__(self, openbao: OpenBao) -> None:
        self._openbao = openbao

    def versions(self) -> Mapping[int, PublicKey]:
        """The versions that are not trimmed, with their public halves."""
        keys = self._openbao.read(KEY)["keys"]
        return {
            int(version): PublicKey(plain_kid(CHECK_RECIPIENT, int(version)), _jwk(key["public_key"]))
            for version, key in keys.items()
        }

    def rotate(self) -> None:
        self._openbao.write(f"{KEY}/rotate", {})

    def retire_before(self, version: int) -> None:
        """Final: what was sealed to an older version is noise from now on."""
        # Both numbers, or OpenBao refuses to trim.
        self._openbao.write(f"{KEY}/config", {"min_decryption_version": version, "min_encryption_version": version})
        self._openbao.write(f"{KEY}/trim", {"min_available_version": version})

    def opener(self, kid: str) -> RemoteOpener:
        """For a letter to `kid` (`identity-check:v3`); whatever is no version of the key can't unwrap."""
        version = kid.rpartition(":v")[2]

        def unwrap(encrypted_key: bytes) -> bytes:
            ciphertext = f"vault:v{version}:{base64.b64encode(encrypted_key).decode()}"
            try:
                return base64.b64decode(self._openbao.write(DECRYPT, {"ciphertext": ciphertext})["plaintext"])
            except BadRequest:
                raise CannotUnwrap from None

        return RemoteOpener(kid, unwrap)

    def signer(self) -> RemoteSigner:
        """Signs lists of check keys, and nothing else is believed because of it."""
        version = int(self._openbao.read(SIGNING_KEY)["latest_version"])
        return RemoteSigner(
            plain_kid(CHECK_SIGNER, version),
            lambda message: signature_of(self._openbao.write, SIGN, message, version),
        )


def _jwk(pem: str) -> dict[str, str]:
    public = load_pem_public_key(pem.encode())
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("the check key is not RSA")
    numbers = public.public_numbers()
    return {"kty": "RSA", **{name: _number(getattr(numbers, name)) for name in ("n", "e")}}


def _number(value: int) -> str:
    return b64u(value.to_bytes((value.bit_length() + 7) // 8))
