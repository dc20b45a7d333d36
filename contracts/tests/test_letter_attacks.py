"""Letters: every way in which one can be wrong, and who finds it out."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from contracts.encoding import b64u, from_b64u, sha256
from contracts.key_pairs import EncryptionKey, SigningKey
from contracts.letters import Purpose
from contracts.letters.format import WRITING_TYPE
from contracts.schema import to_json
from contracts.signatures import sign_text
from contracts.vocabulary import LetterFault, Route
from letter_people import MESSAGE, People, about, expected, message_from_reporter
from letter_vectors import changed, sealed_to, with_header

from contracts import letters as l

Change = Callable[[dict[str, Any]], None]


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
    header, known = about(Purpose.MESSAGE_FROM_REPORTER), people.known()
    named = [known[name][0] for name in l.recipients(header.purpose, header.route)]
    raw = sealed_to(named, header, "the text that is named", plain="another text")

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


@pytest.mark.parametrize("epk", [[], [{}], {}, 7, "AA", True, {"kty": "EC"}, {"kty": ["EC"], "crv": "P-256"}])
def test_a_sender_s_key_that_is_none_is_unopenable_and_breaks_no_reader(people: People, epk: Any) -> None:
    raw, header = message_from_reporter(people)

    def exchange(jwe: dict[str, Any]) -> None:
        for part in jwe["recipients"]:
            if "epk" in part["header"]:
                part["header"]["epk"] = epk

    for opener in (people.kpk, people.reporter.encryption):
        with pytest.raises(l.Unopenable):
            l.open_letter(changed(raw, exchange), expected(header), opener, people.writers)


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


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        '{"text":7}',
        '{"text":"\\ud800"}',
        '{"text":"x","evidence":[{}]}',
        '{"text":"x","answer":1.5}',
        '{"text":"x","answer":' + "[" * 3000 + "]" * 3000 + "}",
    ],
)
def test_a_signed_body_of_another_shape_is_not_understood(people: People, body: str) -> None:
    header = about(Purpose.MESSAGE_FROM_REPORTER)
    members = {name: str(value) for name, value in vars(header).items()}
    payload = json.dumps({**members, "pad": ""})[:-1] + f', "body": {body}}}'
    raw = l.seal_writing(sign_text(payload.encode(), people.reporter.signing, WRITING_TYPE), header, people.known())

    with pytest.raises(l.BodyNotUnderstood):
        l.open_letter(raw, expected(header), people.kpk, people.writers)


def test_each_fault_has_one_error_and_each_error_one_fault() -> None:
    faults = [error.fault for error in l.LetterError.__subclasses__()]

    assert sorted(faults) == sorted(LetterFault)


def introduced(people: People, **keys: Any) -> tuple[bytes, l.About]:
    """A story that brings these keys in place of its writer's, signed by the writer's own."""
    header, body = about(Purpose.STORY), to_json(people.story())
    body["reporter_keys"].update(keys)
    members = {name: str(value) for name, value in vars(header).items()}
    payload = json.dumps({**members, "body": body, "pad": ""}).encode()
    return l.seal_writing(sign_text(payload, people.reporter.signing, WRITING_TYPE), header, people.known()), header


def test_nothing_but_the_key_goes_on_of_a_key_that_a_letter_brings(people: People) -> None:
    own = people.reporter_keys()
    more = {"junk": "x" * 20_000, "ext": True, "\ud800": ["nested"]}
    raw, header = introduced(people, encryption={**own.encryption, **more}, signing={**own.signing, "junk": "x" * 9000})

    with pytest.raises(l.BodyNotUnderstood):  # the surrogate has no canonical form
        l.open_introduction(raw, expected(header), people.kpk)
    del more["\ud800"]
    raw, header = introduced(people, encryption={**own.encryption, **more}, signing={**own.signing, "junk": "x" * 9000})
    opened = l.open_introduction(raw, expected(header), people.kpk)
    again = l.open_letter(raw, expected(header), people.kpk, people.writers)

    assert opened.body.reporter_keys == again.body.reporter_keys == own


NOT_P256: list[dict[str, Any]] = [
    {"kty": "RSA", "n": b64u(b"\xff" * 20_000), "e": "AQAB"},
    {"crv": "P-384"},
    {"x": b64u(bytes(32))},  # no point of the curve
    {"x": 7},
    {"y": "no base64url!"},
    {"kty": None},
]


@pytest.mark.parametrize("wrong", [*NOT_P256, {"padded": True}], ids=lambda wrong: "-".join(wrong))
def test_a_key_that_is_none_is_refused(people: People, wrong: dict[str, Any]) -> None:
    own = people.reporter_keys()

    def broken(key: Any) -> dict[str, Any]:
        if "padded" in wrong:  # the same number with zeros before it: any length one likes
            return {**key, "x": b64u(bytes(3000) + from_b64u(key["x"]))}
        return {**key, **wrong}

    raw, header = introduced(people, encryption=broken(own.encryption))
    with pytest.raises(l.BodyNotUnderstood):
        l.open_introduction(raw, expected(header), people.kpk)
    with pytest.raises(l.BodyNotUnderstood):
        l.open_letter(raw, expected(header), people.kpk, people.writers)
    raw, header = introduced(people, signing=broken(own.signing))
    with pytest.raises(l.LetterNotSigned):
        l.open_introduction(raw, expected(header), people.kpk)


@pytest.mark.parametrize("odd", [{"a": 1.5}, {"a": "\ud800"}, {"\u00e4": 1}, {"a": {"b": [float("nan")]}}, {7: 1}])
def test_what_has_no_canonical_form_is_no_letter(odd: Any) -> None:
    with pytest.raises(l.NotALetter):
        l.canonical_letter(odd)
