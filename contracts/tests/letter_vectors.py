"""The letters among the test vectors: good ones, and every attack of spikes/letters.md."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from contracts.encoding import b64u, from_b64u
from contracts.key_pairs import EncryptionKey, PublicKey, SigningKey
from contracts.letters import Purpose
from contracts.letters.bodies import SealedFile
from contracts.letters.format import WRITING_TYPE, protected_header
from contracts.schema import to_json
from contracts.signatures import sign_text
from contracts.vocabulary import Route
from joserfc.jwe import GeneralJSONEncryption, JWERegistry, encrypt_json
from letter_people import MESSAGE, People, about

from contracts import letters as lt

REPORTER, KPK, CASEWORK = "reporter-enc", "kpk:2026", "casework:v1"
_ALGORITHMS = ["RSA-OAEP-256", "ECDH-ES+A256KW", "A256GCM"]


def case(
    name: str, raw: bytes, header: lt.About, open_as: str, *, check: str = "ok", opens: str = "ok", body: Any = None,
    layer: int = 0,
) -> dict[str, Any]:  # fmt: skip
    wanted = {"report_id": header.report_id, "route": header.route, "purpose": header.purpose}
    expected = {**wanted, "letter_id": header.letter_id, "layer": layer}
    found = {"name": name, "raw": raw.decode(), "expected": expected, "open_as": open_as, "check": check}
    return {**found, "open": opens, **({"body": to_json(body)} if body is not None else {})}


def changed(raw: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    jwe = json.loads(raw)
    change(jwe)
    return json.dumps(jwe, ensure_ascii=False).encode()


def with_header(raw: bytes, **members: Any) -> bytes:
    head = {**json.loads(from_b64u(json.loads(raw)["protected"])), **members}
    return changed(raw, lambda jwe: jwe.update(protected=b64u(json.dumps(head, ensure_ascii=False).encode())))


def sealed_to(found: list[PublicKey], header: lt.About, writing: str, plain: str | None = None) -> bytes:
    """Seal as an attacker's client can: to whomever, and to another text than the header commits to."""
    to = tuple(sorted(key.kid for key in found))
    jwe = GeneralJSONEncryption(protected_header(header, to, writing), (plain or writing).encode())
    for key in found:
        jwe.add_recipient({"alg": key.alg, "kid": key.kid}, key.jose())
    registry = JWERegistry(algorithms=_ALGORITHMS, strict_check_header=False)
    return json.dumps(encrypt_json(jwe, None, registry=registry)).encode()


def invented_person() -> lt.Person:
    """Nobody: kecamatan 15.04.99 does not exist."""
    return lt.Person(
        nik="1504990107900001", full_name="Contoh Pelapor", birth_date=date(1990, 7, 1), sex="L",
        address="Jalan Contoh 1", phone="0800000000", email="contoh@contoh.invalid", occupation="contoh",
    )  # fmt: skip


def invented_identity(people: People) -> lt.FiledIdentity:
    photo = SealedFile(
        bucket="identities", object="contoh", version="1", sha256="00" * 32, key="A" * 43, context="contoh",
        media_type="image/jpeg",
    )  # fmt: skip
    return lt.FiledIdentity(
        offer_id=UUID(int=7), person=invented_person(), ktp_photo=photo, reporter_keys=people.reporter_keys()
    )


def offer(people: People, keys: lt.ReporterKeys | None = None) -> lt.OfferedIdentity:
    return lt.OfferedIdentity(
        person=invented_person(), ktp_photo=b"\xff\xd8\xff\xe0", reporter_keys=keys or people.reporter_keys()
    )


def good_letters(people: People) -> list[dict[str, Any]]:
    known, reporter = people.known(), people.reporter.signing
    story, to_reporter = about(Purpose.STORY), about(Purpose.MESSAGE_TO_REPORTER)
    raw_story = lt.seal_letter(people.story(), story, known, reporter)
    cases = [case(f"story, by {kid}", raw_story, story, kid, body=people.story()) for kid in (REPORTER, KPK, CASEWORK)]
    reply = lt.seal_letter(MESSAGE, to_reporter, known, people.signers["investigator"])
    from_kpk = about(Purpose.MESSAGE_TO_REPORTER, Route.KPK)
    kpks = lt.seal_letter(MESSAGE, from_kpk, known, people.signers["kpk"])
    cases.append(case("an investigator's message", reply, to_reporter, REPORTER, body=MESSAGE))
    cases.append(case("KPK's message, to one recipient", kpks, from_kpk, REPORTER, body=MESSAGE))
    return [*cases, *offered_identities(people), *peeled_letters(people)]


def offered_identities(people: People) -> list[dict[str, Any]]:
    """An offer is verified by the key that it brings, so a stranger's key in it is a bad signature."""
    header, known, check = about(Purpose.IDENTITY_OFFER), people.known(), "identity-check:v1"
    stranger = SigningKey.generate("reporter-sig")
    keys = lt.ReporterKeys(encryption=people.reporter.encryption.public.jwk, signing=stranger.public.jwk)
    good = lt.seal_letter(offer(people), header, known, people.reporter.signing)
    foreign = lt.seal_letter(offer(people, keys), header, known, people.reporter.signing)
    own = lt.seal_letter(offer(people, keys), header, known, stranger)
    return [
        case("an identity, by the check", good, header, check, body=offer(people)),
        case("an identity of keys made for it alone", own, header, check, body=offer(people, keys)),
        case("an identity signed by another key than it brings", foreign, header, check, opens="bad_signature"),
    ]


def peeled_letters(people: People) -> list[dict[str, Any]]:
    header, vault, known = about(Purpose.IDENTITY_FOR_KPK), people.signers["identity-vault"], people.known()
    inner = lt.seal_letter(invented_identity(people), header, known, vault, layer=1)
    outer = lt.enclose(inner, header, known, vault)
    enclosed = lt.Enclosed(letter=json.loads(inner))
    return [
        case("outer letter, by the overseer", outer, header, "overseer:v1", body=enclosed),
        case("outer letter, by KPK alone", outer, header, KPK, opens="wrong_recipients"),
        case("inner letter, by KPK", inner, header, KPK, body=invented_identity(people), layer=1),
    ]


def attacks(people: People) -> list[dict[str, Any]]:
    header, known = about(Purpose.MESSAGE_FROM_REPORTER), people.known()
    raw = lt.seal_letter(MESSAGE, header, known, people.reporter.signing)
    return [
        *moved_letters(people, raw, header),
        *broken_parts(people, raw, header),
        *wrong_recipients(people, header),
        *wrong_writings(people),
        *no_letters(raw, header),
    ]


def moved_letters(people: People, raw: bytes, header: lt.About) -> list[dict[str, Any]]:
    report, other = uuid4(), about(Purpose.MESSAGE_FROM_REPORTER)
    moved, there = with_header(raw, report_id=str(report)), lt.About(report, *list(vars(header).values())[1:])
    writing = lt.open_letter(raw, lt.Expected(*vars(header).values()), people.kpk, people.writers).writing
    again = lt.seal_writing(writing, other, people.known())
    note = lt.About(header.report_id, header.route, Purpose.STORY, header.letter_id)
    at_kpk = lt.About(header.report_id, Route.KPK, header.purpose, header.letter_id)
    renamed = lt.About(header.report_id, header.route, header.purpose, uuid4())
    return [
        case("moved to another report, read there", moved, there, KPK, opens="unopenable"),
        case("moved to another report, read here", moved, header, KPK, check="wrong_report", opens="wrong_report"),
        case("sealed again into another report", again, other, KPK, opens="wrong_report"),
        case("wrong purpose", raw, note, KPK, check="wrong_purpose", opens="wrong_purpose"),
        case("wrong route", raw, at_kpk, KPK, check="wrong_route", opens="wrong_route"),
        case("wrong letter id", raw, renamed, KPK, check="wrong_letter_id", opens="wrong_letter_id"),
        case("changed h", with_header(raw, h=b64u(bytes(32))), header, KPK, opens="unopenable"),
    ]


def broken_parts(people: People, raw: bytes, header: lt.About) -> list[dict[str, Any]]:
    other = lt.seal_letter(MESSAGE, header, people.known(), people.reporter.signing)

    def for_kpk(jwe: dict[str, Any]) -> dict[str, Any]:
        return next(part for part in jwe["recipients"] if part["header"]["kid"] == KPK)

    two_keys = changed(raw, lambda jwe: for_kpk(jwe).update(for_kpk(json.loads(other))))
    junk = changed(raw, lambda jwe: for_kpk(jwe).update(encrypted_key=b64u(bytes(40))))
    return [
        case("two content keys, by whom the first is for", two_keys, header, REPORTER, body=MESSAGE),
        case("two content keys, by whom the second is for", two_keys, header, KPK, opens="unopenable"),
        case("junk for KPK, by the reporter", junk, header, REPORTER, body=MESSAGE),
        case("junk for KPK, by KPK", junk, header, KPK, opens="unopenable"),
    ]


def wrong_recipients(people: People, header: lt.About) -> list[dict[str, Any]]:
    known = people.known()
    casework, kpk, reporter = known["casework"][0], known["kpk"][0], known["reporter"][0]
    stranger, namesake = EncryptionKey.generate("stranger:v1").public, EncryptionKey.generate("casework:v1").public
    retired = EncryptionKey.generate("casework:v0").public
    wrong = {"check": "wrong_recipients", "opens": "wrong_recipients"}
    writing = sign_text(b"{}", people.reporter.signing, WRITING_TYPE)
    other_text = sealed_to([casework, kpk, reporter], header, writing, plain="another text")
    return [
        case("a recipient missing", sealed_to([casework, reporter], header, writing), header, REPORTER, **wrong),
        case("one too many", sealed_to([casework, kpk, reporter, stranger], header, writing), header, KPK, **wrong),
        case("a recipient exchanged", sealed_to([stranger, kpk, reporter], header, writing), header, KPK, **wrong),
        case(
            "a key that is not current", sealed_to([retired, kpk, reporter], header, writing), header, KPK,
            check="wrong_recipients", opens="body_not_understood",
        ),
        case(
            "a right kid with another alg", sealed_to([namesake, kpk, reporter], header, writing), header, KPK,
            check="wrong_recipients", opens="body_not_understood",
        ),
        case("a text other than the header commits to", other_text, header, KPK, opens="hash_mismatch"),
        case("a body that is none", sealed_to([casework, kpk, reporter], header, writing), header, KPK,
             opens="body_not_understood"),
    ]  # fmt: skip


def wrong_writings(people: People) -> list[dict[str, Any]]:
    header, known = about(Purpose.MESSAGE_TO_REPORTER), people.known()
    raw = lt.seal_letter(MESSAGE, header, known, people.signers["investigator"])
    expected = lt.Expected(*vars(header).values())
    payload = from_b64u(lt.open_letter(raw, expected, people.reporter.encryption, people.writers).writing.split(".")[1])

    def by(signer: SigningKey, typ: str = WRITING_TYPE) -> bytes:
        return lt.seal_writing(sign_text(payload, signer, typ), header, known)

    forged, real = SigningKey.generate("investigator:v1"), people.signers["investigator"]
    return [
        case("a forged investigator", by(forged), header, REPORTER, opens="bad_signature"),
        case("an unknown writer", by(SigningKey.generate("nobody:v1")), header, REPORTER, opens="bad_signature"),
        case("another kind of signed text", by(real, "wbs-promise+jws"), header, REPORTER, opens="bad_signature"),
        case("a service as writer", by(people.signers["intake"]), header, REPORTER, opens="wrong_writer"),
        case("no signed text inside", lt.seal_writing("text", header, known), header, REPORTER, opens="bad_signature"),
    ]


def no_letters(raw: bytes, header: lt.About) -> list[dict[str, Any]]:
    no = {"check": "not_a_letter", "opens": "not_a_letter"}
    large = {"check": "too_large", "opens": "too_large"}
    raws = {
        "nothing": b"",
        "text": b"a letter",
        "an empty object": b"{}",
        "an additional member": changed(raw, lambda jwe: jwe.update(unprotected={})),
        "aad": changed(raw, lambda jwe: jwe.update(aad="AAAA")),
        "no tag": changed(raw, lambda jwe: jwe.pop("tag")),
        "no recipients": changed(raw, lambda jwe: jwe.update(recipients=[])),
        "a recipient twice": changed(raw, lambda jwe: jwe["recipients"].append(jwe["recipients"][0])),
        "zip": with_header(raw, zip="DEF"),
        "crit": with_header(raw, crit=["h"]),
        "another enc": with_header(raw, enc="A128CBC-HS256"),
        "a header that is not ASCII": with_header(raw, report_id="laporan-ä"),
        "recipients not sorted": with_header(raw, to=[REPORTER, KPK, CASEWORK]),
    }
    too_large = changed(raw, lambda jwe: jwe.update(ciphertext="A" * 50_000))
    return [
        *(case(f"no letter: {name}", text, header, KPK, **no) for name, text in raws.items()),
        case("too large", too_large, header, KPK, **large),
    ]
