"""Letters: sealed for whom the table names, opened by them, checked by a relay, padded and limited."""

import json

import pytest
from contracts.encoding import padded_length
from contracts.letters import Purpose
from contracts.signatures import sign_text
from contracts.vocabulary import Route
from letter_people import MESSAGE, People, about, expected, message_from_reporter
from letter_vectors import invented_identity, offer

from contracts import letters as l


def test_a_story_opens_for_each_of_its_recipients_and_says_the_same(people: People) -> None:
    header = about(Purpose.STORY)
    raw = l.seal_letter(people.story(), header, people.known(), people.reporter.signing)

    opened = [
        l.open_introduction(raw, expected(header), opener)
        for opener in (people.transit["casework"].opener, people.kpk, people.reporter.encryption)
    ]

    assert [letter.body for letter in opened] == [people.story()] * 3
    assert opened[0].writer == "reporter-sig"


def test_an_offered_identity_is_verified_by_the_key_that_it_brings(people: People) -> None:
    header, opener = about(Purpose.IDENTITY_OFFER), people.transit["identity-check"].opener
    raw = l.seal_letter(offer(people), header, people.known(), people.reporter.signing)

    opened = l.open_introduction(raw, expected(header), opener)

    assert opened.body == offer(people)
    assert opened.writer == "reporter-sig"


def test_a_letter_that_brings_no_key_introduces_nobody(people: People) -> None:
    raw, header = message_from_reporter(people)

    with pytest.raises(l.LetterNotSigned):
        l.open_introduction(raw, expected(header), people.kpk)


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


def test_a_filed_identity_needs_overseer_and_super_admin_one_after_the_other(people: People) -> None:
    header, vault, identity = about(Purpose.IDENTITY_FILED), people.signers["identity-vault"], invented_identity(people)
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
        l.seal_letter(invented_identity(people), header, people.known(), people.signers["identity-vault"])


def test_a_letter_sealed_anew_keeps_signature_and_hash(people: People) -> None:
    raw, header = message_from_reporter(people)
    opened = l.open_letter(raw, expected(header), people.transit["casework"].opener, people.writers)

    anew = l.seal_writing(opened.writing, opened.about, people.known())

    assert l.read_header(anew) == l.read_header(raw)
    assert l.open_letter(anew, expected(header), people.kpk, people.writers) == opened


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

    shown = repr((opened, invented_identity(people), people.kpk, people.story()))

    assert "menyusul" not in shown
    assert "1504990107900001" not in shown
    assert "EllipticCurvePrivateKey" not in shown


def test_the_digest_of_a_letter_survives_being_written_anew(people: People) -> None:
    raw, _ = message_from_reporter(people)

    assert l.letter_digest(json.dumps(json.loads(raw), indent=2).encode()) == l.letter_digest(raw)


def test_members_of_a_body_that_a_reader_does_not_know_are_ignored(people: People) -> None:
    header = about(Purpose.MESSAGE_FROM_REPORTER)
    members = {name: str(value) for name, value in vars(header).items()}
    payload = json.dumps({**members, "pad": "", "body": {"text": "x", "newer": [1]}}).encode()
    writing = sign_text(payload, people.reporter.signing, "wbs-letter+jws")

    raw = l.seal_writing(writing, header, people.known())

    assert l.open_letter(raw, expected(header), people.kpk, people.writers).body == l.Message(text="x")
