"""The keys that all trust: collected from OpenBao and KPK's stand-in, signed by `people-keys`, published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chassis.openbao import plain_kid, signature_of, staff_kid
from contracts.encoding import b64u
from contracts.key_pairs import EncryptionKey, PublicKey, RemoteSigner, SigningKey
from contracts.keys import KeyList, ListedKey, Status, Use, sign_key_set, thumbprint
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from wbs_local.ceremony.root import Root
from wbs_local.ceremony.walls import Walls
from wbs_local.system import System

# Mounts whose public keys everyone trusts, and how their keys are named. Check keys themselves come apart.
TRUSTED_MOUNTS: dict[str, tuple[Use, Callable[[str, int], str]]] = {
    "letters": (Use.ENCRYPTION, plain_kid),
    "sign-staff": (Use.SIGNING, staff_kid),
    "sign-services": (Use.SIGNING, plain_kid),
    "sign-checks": (Use.SIGNING, plain_kid),
}
SIGNING_KEY = "sign-keys/keys/people-keys"
SIGN = "sign-keys/sign/people-keys/sha2-256"


@dataclass(frozen=True)
class SignedKeys:
    """`text` is people-keys.jws; `fingerprint` is what posters and settings carry."""

    text: str
    fingerprint: str


def published_at(system: System) -> Path:
    return system.public / "people-keys.jws"


def publish(system: System, keys: SignedKeys) -> None:
    """The key set goes last: its file says that the ceremony was held."""
    (system.public / "fingerprint").write_text(keys.fingerprint)
    published_at(system).write_text(keys.text)


def make_kpk_keys(system: System) -> list[ListedKey]:
    """KPK's pairs for the sandbox; the private halves are files of the sandbox alone."""
    sealing, signing = EncryptionKey.generate("kpk:sandbox-enc"), SigningKey.generate("kpk:sandbox-sig")
    for name, key in (("encryption_key.jwk", sealing), ("signing_key.jwk", signing)):
        system.keep_secret("kpk-sandbox", name, json.dumps({"kid": key.kid, **key.private_jwk()}))
    return [_listed(sealing.public, Use.ENCRYPTION), _listed(signing.public, Use.SIGNING)]


def sign(root: Root, walls: Walls, kpk: Iterable[ListedKey]) -> SignedKeys:
    """Sign all public keys. The signing key stands in the header, for readers who know its fingerprint."""
    public = _newest(root, SIGNING_KEY, "people-keys", plain_kid)
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    listed = KeyList(version=1, issued=hour, keys=(*_collected(root, walls), *kpk))
    version = int(public.kid.rpartition(":v")[2])
    signer = RemoteSigner(public.kid, lambda message: signature_of(root.write, SIGN, message, version))
    return SignedKeys(sign_key_set(listed, signer, public), thumbprint(public.jwk))


def _collected(root: Root, walls: Walls) -> Iterator[ListedKey]:
    for mount in walls.mounts:
        if mount.name in TRUSTED_MOUNTS:
            for key in mount.keys:
                use, kid = TRUSTED_MOUNTS[mount.name]
                yield _listed(_newest(root, f"{mount.name}/keys/{key}", key, kid), use)


def _listed(key: PublicKey, use: Use) -> ListedKey:
    return ListedKey(kid=key.kid, use=use, status=Status.ACTIVE, jwk=key.jwk)


def _newest(root: Root, path: str, name: str, kid: Callable[[str, int], str]) -> PublicKey:
    key = root.read(path)
    version = int(key["latest_version"])
    return PublicKey(kid(name, version), _jwk(key["keys"][str(version)]["public_key"]))


def _jwk(pem: str) -> dict[str, str]:
    public = load_pem_public_key(pem.encode())
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    if isinstance(public, ec.EllipticCurvePublicKey):
        point = public.public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": b64u(point.x.to_bytes(32)), "y": b64u(point.y.to_bytes(32))}
    raise TypeError(f"no JWK here for {type(public).__name__}")


def _number(value: int) -> str:
    return b64u(value.to_bytes((value.bit_length() + 7) // 8))
