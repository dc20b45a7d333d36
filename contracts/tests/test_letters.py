"""Letters: sealed for whom the table names, and every way in which one can be wrong."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from contracts.encoding import b64u, from_b64u, padded_length, sha256
from contracts.key_pairs import EncryptionKey, PublicKey, SigningKey
from contracts.letters import Purpose
from contracts.letters.bodies import SealedFile
from contracts.letters.format import WRITING_TYPE, protected_header
from contracts.signatures import sign_text
from contracts.vocabulary import LetterFault, Route
from joserfc.jwe import GeneralJSONEncryption, JWERegistry, encrypt_json
from letter_people import MESSAGE, People, about, expected

from contracts import letters as l

Change = Callable[[dict[str, Any]], None]


def message_from_reporter(people: People) -> tuple[bytes, l.About]:
    header = about(Purpose.MESSAGE_FROM_REPORTER)
    return l.seal_letter(MESSAGE, header, people.known(), people.reporter.signing), header


def changed(raw: bytes, change: Change) -> bytes:
    jwe = json.loads(raw)
    change(jwe)
    return json.dumps(jwe).encode()


def with_header(raw: bytes, **members: Any) -> bytes:
    def change(jwe: dict[str, Any]) -> None:
        header = json.loads(from_b64u(jwe["protected"]))
        jwe["protected"] = b64u(json.dumps({**header, **members}, ensure_ascii=False).encode())

    return changed(raw, change)


def test_a_story_opens_for_each_of_its_recipients_and_says_the_same(people: People) -> None:
    header = about(Purpose.STORY)
    raw = l.seal_letter(people.story(), header, people.known(), people.reporter.signing)

    opened = [
        l.open_story(raw, expected(header), opener)
        for opener in (people.transit["casework"].opener, people.kpk, people.reporter.encryption)
    ]

    assert [letter.body for letter in opened] == [people.story()] * 3
    assert opened[0].writer == "reporter-sig"


def test_a_relay_checks_a_letter_without_opening_it(people: People) -> None:
    raw, header = message_from_reporter(people)

    checked = l.check_letter(raw, expected(header), people.known())

    assert checked.about == header
    assert checked.to == ("casework:v1", "kpk:2026", "reporter-enc")


def test_every_letter_of_the_table_stays_below_the_designs_limits() -> None:
    for purpose, terms in l.LETTERS.items():
        for route, address in terms.to.items():
            most = 1_500_000 if purpose is Purpose.IDENTITY_OFFER else 256 * 1024
            assert all(l.sealed_limit(purpose, route, layer) <= most for layer in range(len(address)))


def test_a_staff_reply_is_read_by_the_reporter(people: People) -> None:
    header = about(Purpose.MESSAGE_TO_REPORTER)
    raw = l.seal_letter(MESSAGE, header, people.known(), people.signers["investigator"])

    opened = l.open_letter(raw, expected(header), people.reporter.encryption, people.writers)

    assert (opened.body, opened.writer) == (MESSAGE, "investigator:v1")


def test_kpk_alone_writes_to_the_reporter_in_route_kpk(people: People) -> None:
    header = about(Purpose.MESSAGE_TO_REPORTER, Route.KPK)
    raw = l.seal_letter(MESSAGE, header, people.known(), people.signers["kpk"])

    assert l.open_letter(raw, expected(header), people.reporter.encryption, people.writers).body == MESSAGE
    with pytest.raises(l.WrongWriter):
        l.seal_letter(MESSAGE, header, people.known(), people.signers["investigator"])


def filed_identity() -> l.FiledIdentity:
    """Invented: the NIK belongs to no one (region 15.04.99 does not exist)."""
    person = l.Person(
        nik="1504990107900001",
        full_name="Contoh Pelapor",
        birth_date=date(1990, 7, 1),
        sex="L",
        address="Jalan Contoh 1",
        phone="0800000000",
        email="contoh@contoh.invalid",
        occupation="contoh",
    )
    photo = SealedFile(
        bucket="identities", object="contoh", version="1", sha256="00" * 32, key="A" * 43, context="contoh",
        media_type="image/jpeg",
    )  # fmt: skip
    return l.FiledIdentity(offer_id=uuid4(), person=person, ktp_photo=photo)


def test_a_filed_identity_needs_overseer_and_super_admin_one_after_the_other(people: People) -> None:
    header, vault, identity = about(Purpose.IDENTITY_FILED), people.signers["identity-vault"], filed_identity()
    inner = l.seal_letter(identity, header, people.known(), vault, layer=1)
    outer = l.enclose(inner, header, people.known(), vault)

    with pytest.raises(l.WrongRecipients):
        l.open_letter(outer, expected(header), people.transit["super-admin"].opener, people.writers)
    peeled = l.open_letter(outer, expected(header), people.transit["overseer"].opener, people.writers)
    handed_on = l.enclosed_letter(peeled)
    with pytest.raises(l.WrongRecipients):
        l.open_letter(handed_on, expected(header, 1), people.transit["overseer"].opener, people.writers)
    opened = l.open_letter(handed_on, expected(header, 1), people.transit["super-admin"].opener, people.writers)

    assert opened.body == identity


def test_an_outer_letter_cannot_be_written_without_peeling(people: People) -> None:
    header = about(Purpose.IDENTITY_FILED)

    with pytest.raises(l.BodyNotUnderstood):
        l.seal_letter(filed_identity(), header, people.known(), people.signers["identity-vault"])


def test_a_letter_sealed_anew_keeps_signature_and_hash(people: People) -> None:
    raw, header = message_from_reporter(people)
    opened = l.open_letter(raw, expected(header), people.transit["casework"].opener, people.writers)

    anew = l.seal_writing(opened.writing, opened.about, people.known())

    assert l.read_header(anew) == l.read_header(raw)
    assert l.open_letter(anew, expected(header), people.kpk, people.writers) == opened


def test_a_letter_moved_to_another_report_is_refused_outside_and_inside(people: People) -> None:
    raw, header = message_from_reporter(people)
    moved = with_header(raw, report_id=str(uuid4()))

    with pytest.raises(l.WrongReport):
        l.check_letter(moved, expected(header), people.known())
    there = l.read_header(moved).about
    with pytest.raises(l.Unopenable):  # the header is under the seal
        l.open_letter(moved, expected(there), people.kpk, people.writers)


def test_a_writing_sealed_again_by_a_recipient_into_another_report_is_refused(people: People) -> None:
    raw, header = message_from_reporter(people)
    writing = l.open_letter(raw, expected(header), people.kpk, people.writers).writing
    elsewhere = about(Purpose.MESSAGE_FROM_REPORTER)
    forged = l.seal_writing(writing, elsewhere, people.known())

    with pytest.raises(l.WrongReport):
        l.open_letter(forged, expected(elsewhere), people.kpk, people.writers)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"report_id": uuid4()}, l.WrongReport),
        ({"route": Route.KPK}, l.WrongRoute),
        ({"purpose": Purpose.STORY}, l.WrongPurpose),
        ({"letter_id": uuid4()}, l.WrongLetterId),
    ],
)
def test_a_letter_about_something_else_is_refused(
    people: People, wrong: dict[str, Any], error: type[l.LetterError]
) -> None:
    raw, header = message_from_reporter(people)
    other = l.Expected(**{**vars(header), **wrong})

    with pytest.raises(error):
        l.check_letter(raw, other, people.known())


def sealed_to(keys: list[PublicKey], header: l.About, writing: str) -> bytes:
    """Seal as `seal_writing` does, to whomever: what an attacker's client can do."""
    to = tuple(sorted(key.kid for key in keys))
    jwe = GeneralJSONEncryption(protected_header(header, to, writing), writing.encode())
    for key in keys:
        jwe.add_recipient({"alg": key.alg, "kid": key.kid}, key.jose())
    registry = JWERegistry(algorithms=["RSA-OAEP-256", "ECDH-ES+A256KW", "A256GCM"], strict_check_header=False)
    return json.dumps(encrypt_json(jwe, None, registry=registry)).encode()


def test_a_letter_with_a_recipient_missing_added_or_exchanged_is_refused(people: People) -> None:
    header, known = about(Purpose.MESSAGE_FROM_REPORTER), people.known()
    casework, kpk, reporter = known["casework"][0], known["kpk"][0], known["reporter"][0]
    stranger = EncryptionKey.generate("casework:v9").public
    namesake = EncryptionKey.generate("casework:v1").public  # right kid, a key of the attacker's own: alg tells

    for keys in ([casework, reporter], [casework, kpk, reporter, stranger], [stranger, kpk, reporter]):
        with pytest.raises(l.WrongRecipients):
            l.check_letter(sealed_to(keys, header, "x"), expected(header), known)
    with pytest.raises(l.WrongRecipients):
        l.check_letter(sealed_to([namesake, kpk, reporter], header, "x"), expected(header), known)


def test_a_letter_sealed_with_an_accepted_older_key_is_taken(people: People) -> None:
    raw, header = message_from_reporter(people)
    newer = EncryptionKey.generate("kpk:2027").public
    known = {**people.known(), "kpk": (newer, people.kpk.public)}

    assert l.check_letter(raw, expected(header), known).about == header


def test_a_letter_with_two_content_keys_opens_for_one_and_is_found_out_by_the_other(people: People) -> None:
    first, header = message_from_reporter(people)
    second, _ = message_from_reporter(people)

    def take_other_part(jwe: dict[str, Any]) -> None:
        others = {part["header"]["kid"]: part for part in json.loads(second)["recipients"]}
        jwe["recipients"] = [
            others["kpk:2026"] if part["header"]["kid"] == "kpk:2026" else part for part in jwe["recipients"]
        ]

    mixed = changed(first, take_other_part)

    assert l.open_letter(mixed, expected(header), people.transit["casework"].opener, people.writers).body == MESSAGE
    with pytest.raises(l.Unopenable):
        l.open_letter(mixed, expected(header), people.kpk, people.writers)


def test_a_text_other_than_the_header_commits_to_is_a_hash_mismatch(people: People) -> None:
    header, keys = about(Purpose.MESSAGE_FROM_REPORTER), [key[0] for key in people.known().values()]
    named = [key for key in keys if l.owner_of(key.kid) in l.recipients(header.purpose, header.route)]
    to = tuple(sorted(key.kid for key in named))
    jwe = GeneralJSONEncryption(protected_header(header, to, "the text that is named"), b"another text")
    for key in named:
        jwe.add_recipient({"alg": key.alg, "kid": key.kid}, key.jose())
    registry = JWERegistry(algorithms=["RSA-OAEP-256", "ECDH-ES+A256KW", "A256GCM"], strict_check_header=False)
    raw = json.dumps(encrypt_json(jwe, None, registry=registry)).encode()

    with pytest.raises(l.HashMismatch):
        l.open_letter(raw, expected(header), people.kpk, people.writers)


def test_a_changed_h_does_not_open(people: People) -> None:
    raw, header = message_from_reporter(people)

    with pytest.raises(l.Unopenable):
        l.open_letter(with_header(raw, h=b64u(sha256(b"x"))), expected(header), people.kpk, people.writers)


def test_a_junk_part_goes_unseen_by_the_others_and_is_said_by_its_recipient(people: People) -> None:
    raw, header = message_from_reporter(people)

    def junk(jwe: dict[str, Any]) -> None:
        for part in jwe["recipients"]:
            if part["header"]["kid"] == "casework:v1":
                part["encrypted_key"] = b64u(bytes(384))

    broken = changed(raw, junk)

    assert l.check_letter(broken, expected(header), people.known()).about == header
    assert l.open_letter(broken, expected(header), people.kpk, people.writers).body == MESSAGE
    with pytest.raises(l.Unopenable) as refused:
        l.open_letter(broken, expected(header), people.transit["casework"].opener, people.writers)
    assert refused.value.fault is LetterFault.UNOPENABLE


@pytest.mark.parametrize("signer", [SigningKey.generate("investigator:v1"), SigningKey.generate("nobody:v1")])
def test_a_forged_investigator_is_refused(people: People, signer: SigningKey) -> None:
    header, real = about(Purpose.MESSAGE_TO_REPORTER), people.signers["investigator"]
    raw = l.seal_letter(MESSAGE, header, people.known(), real)
    writing = l.open_letter(raw, expected(header), people.reporter.encryption, people.writers).writing
    payload = from_b64u(writing.split(".")[1])
    forged = l.seal_writing(sign_text(payload, signer, WRITING_TYPE), header, people.known())

    with pytest.raises(l.LetterNotSigned):
        l.open_letter(forged, expected(header), people.reporter.encryption, people.writers)


def test_a_service_cannot_write_as_staff_though_its_signature_stands(people: People) -> None:
    header = about(Purpose.MESSAGE_TO_REPORTER)
    raw = l.seal_letter(MESSAGE, header, people.known(), people.signers["investigator"])
    writing = l.open_letter(raw, expected(header), people.reporter.encryption, people.writers).writing
    payload = from_b64u(writing.split(".")[1])
    forged = l.seal_writing(sign_text(payload, people.signers["intake"], WRITING_TYPE), header, people.known())

    with pytest.raises(l.WrongWriter):
        l.open_letter(forged, expected(header), people.reporter.encryption, people.writers)


@pytest.mark.parametrize(
    "change",
    [
        lambda jwe: jwe.update(unprotected={"zip": "DEF"}),
        lambda jwe: jwe.pop("tag"),
        lambda jwe: jwe.update(recipients=[]),
        lambda jwe: jwe["recipients"].append(jwe["recipients"][0]),
        lambda jwe: jwe["recipients"][0]["header"].update(zip="DEF"),
        lambda jwe: jwe["recipients"][0]["header"].update(alg="RSA1_5"),
        lambda jwe: jwe["recipients"][0]["header"].update(kid=7),
        lambda jwe: jwe.update(iv="AAAA"),
        lambda jwe: jwe.update(protected="ä"),
    ],
)
def test_what_is_not_exactly_the_format_is_no_letter(people: People, change: Change) -> None:
    raw, header = message_from_reporter(people)

    with pytest.raises(l.NotALetter):
        l.check_letter(changed(raw, change), expected(header), people.known())


@pytest.mark.parametrize(
    "members",
    [
        {"zip": "DEF"},
        {"crit": ["h"]},
        {"enc": "A128GCM"},
        {"alg": "dir"},
        {"to": "casework:v1"},
        {"to": ["reporter-enc", "kpk:2026", "casework:v1"]},
        {"report_id": "Ä"},
        {"report_id": "0B8F6C1E-6D0E-4B52-9B1A-3F2F6F0C9A11"},
        {"route": "elsewhere"},
        {"h": "AAAA"},
    ],
)
def test_a_header_with_other_members_or_characters_is_no_letter(people: People, members: dict[str, Any]) -> None:
    raw, header = message_from_reporter(people)

    with pytest.raises(l.NotALetter):
        l.check_letter(with_header(raw, **members), expected(header), people.known())


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b"null", b"\xff", b'{"a":1,"a":2}', b"[" * 100_000])
def test_anything_else_is_no_letter(people: People, raw: bytes) -> None:
    with pytest.raises(l.NotALetter):
        l.check_letter(raw, expected(about(Purpose.STORY)), people.known())


def test_too_large_a_letter_is_refused_before_it_is_parsed(people: People) -> None:
    header = about(Purpose.MESSAGE_FROM_REPORTER)

    with pytest.raises(l.LetterTooLarge):
        l.check_letter(b"{" * 50_000, expected(header), people.known())
    with pytest.raises(l.LetterTooLarge):
        l.seal_letter(l.Message(text="x" * 17_000), header, people.known(), people.reporter.signing)


def test_a_letter_of_the_largest_body_is_within_the_limit(people: People) -> None:
    header = about(Purpose.STORY)
    story = people.story("\\" * 30_000)  # each is two characters of JSON

    raw = l.seal_letter(story, header, people.known(), people.reporter.signing)

    assert l.check_letter(raw, expected(header), people.known()).about == header


def test_letters_of_nearly_equal_length_have_one_size(people: People) -> None:
    header = about(Purpose.MESSAGE_FROM_REPORTER)

    def size(text: str) -> int:
        return len(l.seal_letter(l.Message(text=text), header, people.known(), people.reporter.signing))

    assert abs(size("a") - size("a" * 300)) < 20  # EC points and the like differ by a few characters
    assert [padded_length(n) for n in (1, 1024, 1025, 5000)] == [1024, 1024, 1088, 5120]


def test_an_internal_note_does_not_exist_in_route_kpk(people: People) -> None:
    header = about(Purpose.INTERNAL_NOTE, Route.KPK)

    with pytest.raises(l.NoSuchLetter):
        l.seal_letter(l.Note(text="catatan"), header, people.known(), people.signers["investigator"])
    with pytest.raises(l.LetterError):
        l.check_letter(b"{}", expected(header), people.known())


def test_nothing_of_a_body_or_a_key_shows_in_a_repr(people: People) -> None:
    raw, header = message_from_reporter(people)
    opened = l.open_letter(raw, expected(header), people.kpk, people.writers)

    shown = repr((opened, filed_identity(), people.kpk, people.story()))

    assert "menyusul" not in shown
    assert "1504990107900001" not in shown
    assert "EllipticCurvePrivateKey" not in shown


def test_the_digest_of_a_letter_survives_being_written_anew(people: People) -> None:
    raw, _ = message_from_reporter(people)

    assert l.letter_digest(json.dumps(json.loads(raw), indent=2).encode()) == l.letter_digest(raw)
