"""The people of the test vectors: keys that are published here, and so good for nothing else."""

import json
from pathlib import Path
from typing import Any

from contracts.encoding import b64u
from contracts.key_pairs import EncryptionKey, Opener, SigningKey
from contracts.receipts import ReporterSecrets
from joserfc.jwk import RSAKey
from letter_people import People, TransitLike

VECTORS = Path(__file__).resolve().parents[1] / "vectors"


def people_as_json(people: People) -> dict[str, Any]:
    opening = (people.kpk, people.reporter.encryption)
    signing = (*people.signers.values(), people.reporter.signing)
    return {
        "note": "Test keys, published: use them for nothing else.",
        "rsa": {key.kid: _rsa_jwk(key) for key in people.transit.values()},
        "encryption": {key.kid: key.private_jwk() for key in opening},
        "signing": {key.kid: key.private_jwk() for key in signing},
    }


def people_from_json() -> People:
    known = json.loads((VECTORS / "people.json").read_text())
    transit = {kid.partition(":")[0]: _transit(kid, jwk) for kid, jwk in known["rsa"].items()}
    enc = {kid: EncryptionKey.from_jwk(kid, jwk) for kid, jwk in known["encryption"].items()}
    sig = {kid: SigningKey.from_jwk(kid, jwk) for kid, jwk in known["signing"].items()}
    reporter = ReporterSecrets(enc["reporter-enc"], sig.pop("reporter-sig"))
    signers = {kid.partition(":")[0]: key for kid, key in sig.items()}
    return People(transit, enc["kpk:2026"], reporter, signers)


def opener_of(people: People, kid: str) -> Opener:
    openers: list[Opener] = [people.kpk, people.reporter.encryption, *(key.opener for key in people.transit.values())]
    return next(opener for opener in openers if opener.kid == kid)


def _rsa_jwk(key: TransitLike) -> dict[str, str]:
    n = key.private.private_numbers()
    named = {"n": n.public_numbers.n, "e": n.public_numbers.e, "d": n.d, "p": n.p, "q": n.q}
    named |= {"dp": n.dmp1, "dq": n.dmq1, "qi": n.iqmp}
    return {
        "kty": "RSA",
        **{name: b64u(value.to_bytes((value.bit_length() + 7) // 8)) for name, value in named.items()},
    }


def _transit(kid: str, jwk: dict[str, Any]) -> TransitLike:
    private = RSAKey.import_key(jwk).private_key
    assert private is not None
    return TransitLike(kid, private)
