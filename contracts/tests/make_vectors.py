"""Make contracts/vectors/*.json, which the tests of both languages read: `python contracts/tests/make_vectors.py`.

Keys, salts and nonces are random, so a new run gives other bytes; the cases and their results stay.
Then `npm run vectors` in contracts/typescript makes the letters written in TypeScript, for the same people.
"""

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from contracts.key_pairs import EncryptionKey, PublicKey, SigningKey
from contracts.schema import to_json
from contracts.sealed_files import FileSecret, SealingReader
from contracts.vocabulary import ParcelKind
from letter_people import People, make_people
from letter_vectors import attacks, good_letters
from merkle_proofs import consistency, inclusion, root
from vector_people import VECTORS, people_as_json

from contracts import keys, leaves, parcels, receipts

HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)


def write(name: str, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"
    (VECTORS / name).write_text(text)


def receipt_vectors(people: People) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for value in (0, 1, 0x0001112223334445556667778, 2**100 - 1, receipts.Receipt.generate().value):
        receipt = receipts.Receipt(value)
        typed = [str(receipt), str(receipt).lower().replace("-", " "), str(receipt).replace("0", "o").replace("1", "l")]
        hashed = {"locator": receipt.locator, "locator_hash": receipt.locator_hash}
        found.append({"code": str(receipt), "typed": typed, **hashed, "locked": receipt.lock(people.reporter)})
    code = found[2]["code"]
    bad = ["", code[:-1], code[:-1] + ("0" if code[-1] != "0" else "1"), code + "0", "U" * 21]
    return {"good": found, "bad": bad, "public": people.reporter.encryption.public.jwk}


def key_vectors(people: People) -> dict[str, Any]:
    signer, checks = SigningKey.generate("people-keys:v1"), SigningKey.generate("check-keys:v1")
    listed = [
        _listed(key[0], "enc") for name, key in people.known().items() if name not in ("reporter", "identity-check")
    ]
    listed += [_listed(key.public, "sig") for key in (*people.signers.values(), checks)]
    retired = [
        _listed(SigningKey.generate("irban:v1").public, "sig", "retired"),
        _listed(EncryptionKey.generate("kpk:2025").public, "enc", "retired"),
    ]
    key_list = keys.KeyList(version=3, issued=HOUR, keys=(*listed, *retired))
    text, fingerprint = keys.sign_key_set(key_list, signer, signer.public), keys.thumbprint(signer.public.jwk)
    other = SigningKey.generate("people-keys:v1")
    by_other = keys.sign_key_set(key_list, other, other.public)
    forged = keys.sign_key_set(key_list, other, signer.public)
    head, payload, signature = text.split(".")
    changed_text = f"{head}.{payload[:-4]}AAAA.{signature}"
    sets = [
        {"name": "good", "text": text, "at_least": 3, "result": "ok"},
        {"name": "another fingerprint", "text": by_other, "at_least": 0, "result": "wrong_fingerprint"},
        {"name": "the right key in the header, signed by another", "text": forged, "at_least": 0, "result": "changed"},
        {"name": "changed", "text": changed_text, "at_least": 0, "result": "changed"},
        {"name": "older than one seen", "text": text, "at_least": 4, "result": "too_old"},
        {"name": "none", "text": "x", "at_least": 0, "result": "changed"},
    ]
    return {
        "fingerprint": fingerprint,
        "readable": keys.readable(fingerprint),
        "sets": sets,
        "active": {"kpk": ["kpk:2026"], "casework": ["casework:v1"]},
        "verifying_only": "irban:v1",
        "checks": check_vectors(checks),
    }


def check_vectors(signer: SigningKey) -> list[dict[str, Any]]:
    check, casework = EncryptionKey.generate("identity-check:v1").public, EncryptionKey.generate("casework:v7").public

    def signed(*found: PublicKey, by: SigningKey = signer) -> str:
        listed = tuple(_listed(key, "enc") for key in found)
        return keys.sign_check_keys(keys.KeyList(version=1, issued=HOUR, keys=listed), by)

    return [
        {"name": "good", "text": signed(check), "result": "ok"},
        {"name": "names casework too", "text": signed(check, casework), "result": "changed"},
        {"name": "by a forger", "text": signed(check, by=SigningKey.generate("check-keys:v1")), "result": "changed"},
    ]


def _listed(key: PublicKey, use: str, status: str = "active") -> keys.ListedKey:
    return keys.ListedKey(kid=key.kid, use=keys.Use(use), status=keys.Status(status), jwk=key.jwk)


def leaf_vectors(people: People) -> dict[str, Any]:
    intake = people.signers["intake"]
    leaf = leaves.make_leaf(uuid4(), HOUR, ["11" * 32, "00" * 32], ["ff" * 32])
    entries = [f"entry {number}".encode() for number in range(13)]
    heads = [
        leaves.LogHead(size=size, root=root(entries[:size]).hex(), hour="2026-07-01T09:00:00Z") for size in range(1, 14)
    ]
    text = leaves.promise(leaf, intake)
    broken = [text[:-4] + "AAAA", "x", leaves.promise(leaf, SigningKey.generate("intake:v1"))]
    broken += [leaves.promise(leaf, people.signers["evidence"]), leaves.sign_head(heads[0], intake)]
    return {
        "leaf": to_json(leaf),
        "entry": leaf.entry.hex(),
        "promise": text,
        "broken": broken,
        "head": {"text": leaves.sign_head(heads[12], intake), **to_json(heads[12])},
        "entries": [entry.hex() for entry in entries],
        "roots": [head.root for head in heads],
        "inclusion": [
            {"index": index, "size": size, "proof": [node.hex() for node in inclusion(index, entries[:size])]}
            for size in (1, 2, 7, 8, 13)
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": 13, "proof": [node.hex() for node in consistency(old, entries)]} for old in range(1, 14)
        ],
    }


def parcel_vectors(people: People) -> dict[str, Any]:
    kpk, report_id = people.signers["kpk"], uuid4()
    receipt = parcels.Receipt(
        kpk_reference="KPK-2026-0001",
        report_id=report_id,
        parcel_id=parcels.parcel_id(report_id, ParcelKind.REPORT),
        kind=ParcelKind.REPORT,
        manifest_sha256="ab" * 32,
        items=("11" * 32, "ff" * 32),
        hour="2026-07-01T09:00:00Z",
    )
    statement = parcels.Statement(statement_id=uuid4(), report_id=report_id, kpk_reference="KPK-2026-0001", letter={})
    text = parcels.sign_receipt(receipt, kpk)
    refused = [text[:-4] + "AAAA", "x", parcels.sign_receipt(receipt, SigningKey.generate(kpk.kid))]
    refused += [parcels.sign_receipt(receipt, people.signers["intake"]), parcels.sign_statement(statement, kpk)]
    return {"receipt": to_json(receipt), "text": text, "refused": refused}


def sealed_file_vectors() -> dict[str, Any]:
    secret, context = FileSecret.generate(), "report/evidence/original"
    plain = pattern((1 << 20) + 1000)
    sealed = SealingReader(io.BytesIO(plain), secret, context).read()
    (VECTORS / "sealed-file.bin").write_bytes(sealed)
    return {
        "note": "sealed-file.bin holds `size` bytes, byte i being i * 31 modulo 251",
        "key": secret.text(),
        "context": context,
        "size": len(plain),
        "ranges": [[0, 10], [1048500, 60], [1048520, 1], [1048521, 5], [1049570, 100], [2000000, 5], [0, len(plain)]],
        "cuts": [1, 17, 1000, 1016, 1017, len(sealed) - 40],
        "changed": [0, 1, 34, 41, (1 << 20) + 3, len(sealed) - 1],
    }


def pattern(size: int) -> bytes:
    return bytes(index * 31 % 251 for index in range(size))


def main() -> None:
    people = make_people()
    write("people.json", people_as_json(people))
    write("letters.json", [*good_letters(people), *attacks(people)])
    write("receipts.json", receipt_vectors(people))
    write("keys.json", key_vectors(people))
    write("leaves.json", leaf_vectors(people))
    write("parcels.json", parcel_vectors(people))
    write("sealed-files.json", sealed_file_vectors())


if __name__ == "__main__":
    main()
