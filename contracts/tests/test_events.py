"""Events on the wire: each reads back as it was, and what is odd is not understood."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, get_args, get_origin, get_type_hints
from uuid import uuid4

import pytest
from contracts.events import (
    LARGEST_EVENT,
    REGISTRY,
    TOPICS,
    Event,
    EventTooLarge,
    KafkaMessage,
    NotUnderstood,
    UnknownEventType,
    decode,
    encode,
    example_of,
    intake,
)
from contracts.events.evidence import EvidenceFiled
from contracts.sealed import Sealed
from contracts.words import words
from marshmallow.validate import Length

from contracts import vocabulary

HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)
TOLD = {
    "wbs.intake": "IdentityOffered DraftExpired ReportSubmitted MessageFromReporter EvidenceExpired ReportWithdrawn "
    "ReportKeyLost ObjectionRaised ConflictDeclared LogHeadSigned LetterUnreadable",
    "wbs.identity": "IdentityChecked IdentityReviewed DisclosureDecided IdentityDisclosed IdentityHandedOver "
    "OriginalOpeningApproved ContinuationConfirmed ReportErased SuperAdminAppointed KeySetPublished "
    "CheckKeysPublished OpeningsCounted",
    "wbs.evidence": "EvidenceReceived EvidenceCleared EvidenceQuarantined EvidenceFiled CopyFiled",
    "wbs.cases": "CaseOpened CaseStatusChanged MessageToReporter DisclosureRequested OriginalRequested "
    "ForwardingApproved DeadlineMissed CaseClosed ConflictDeclared LetterUnreadable ErasureDue",
    "wbs.forwarding": "ReportDelivered DeliveryFailed KpkStatusReceived KpkMessageReceived RegisterCountersigned "
    "ConflictDeclared LetterUnreadable ErasureDue",
}
EVERY_EVENT = pytest.mark.parametrize("event", list(REGISTRY.values()), ids=list(REGISTRY))


def sent(event: Event) -> KafkaMessage:
    return encode(event, uuid4(), HOUR)


def test_the_events_are_those_that_services_agreed_on() -> None:
    assert set(REGISTRY) == {f"{topic}.{name}.v1" for topic, names in TOLD.items() for name in names.split()}
    assert set(TOPICS) == {f"{topic}.v1" for topic in TOLD}


@EVERY_EVENT
def test_an_event_reads_back_as_it_was(event: type[Event]) -> None:
    example, id_, cause = example_of(event), uuid4(), uuid4()

    message = encode(example, id_, HOUR, cause)
    envelope = decode(message.key, message.value, message.headers)

    assert envelope.data == example
    assert (envelope.id, envelope.causation, envelope.time) == (id_, cause, HOUR)
    assert (message.topic, message.timestamp_ms) == (event.topic, int(HOUR.timestamp() * 1000))


@EVERY_EVENT
def test_members_that_a_reader_does_not_know_are_ignored(event: type[Event]) -> None:
    message = sent(example_of(event))
    newer = json.dumps({**json.loads(message.value), "new_member": [1]}).encode()

    assert decode(message.key, newer, message.headers).data == example_of(event)


@EVERY_EVENT
def test_an_event_is_keyed_by_its_report_or_by_system(event: type[Event]) -> None:
    example = example_of(event)

    report_id = getattr(example, "report_id", None)

    assert sent(example).key.decode() == str(report_id or "system")


@EVERY_EVENT
def test_no_event_within_its_limits_is_too_large(event: type[Event]) -> None:
    hints = get_type_hints(event, include_extras=True)

    assert sum(most_bytes(hints[field.name]) for field in fields(event)) < LARGEST_EVENT - 10_000


def most_bytes(hint: object) -> int:
    """The bytes that a member can take at most; 100 for ids, dates, words and member names."""
    if get_origin(hint) is Annotated:
        inner, *rules = get_args(hint)
        most = max((rule.max for rule in rules if isinstance(rule, Length) and rule.max), default=100)
        return 100 + most * (1 if issubclass(get_origin(inner) or inner, str) else 100)
    inner_types = [inner for inner in get_args(hint) if inner is not type(None)]
    return most_bytes(inner_types[0]) if inner_types else 100


@pytest.mark.parametrize("foul", ["a\0b", "\ud800", 2**63, ["\0"], {"\0": 1}])
def test_what_no_reader_could_keep_is_refused(foul: object) -> None:
    """PostgreSQL holds no NUL and no half of a surrogate pair: a worker would end by it, three times."""
    message = sent(example_of(EvidenceFiled))

    for member in ("object", "more"):
        value = json.dumps({**json.loads(message.value), member: foul}).encode()
        with pytest.raises(NotUnderstood):
            decode(message.key, value, message.headers)


def test_what_no_reader_could_keep_is_refused_to_its_writer_too() -> None:
    with pytest.raises(NotUnderstood):
        sent(replace(example_of(EvidenceFiled), object="a\0b"))


def test_an_event_beyond_its_limits_is_refused_by_writer_and_reader() -> None:
    example = example_of(intake.ReportSubmitted)

    with pytest.raises(EventTooLarge):
        sent(replace(example, story=Sealed("x" * LARGEST_EVENT)))
    with pytest.raises(NotUnderstood, match="story"):
        sent(replace(example, story=Sealed("x" * 400_000)))
    message = sent(example)
    value = json.dumps({**json.loads(message.value), "story": "x" * 400_000}).encode()
    with pytest.raises(NotUnderstood, match="story"):
        decode(message.key, value, message.headers)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("receipt", Sealed("x" * 22_963)),
        ("receipt", Sealed("")),
        ("leaf", "no hash"),
        ("evidence_ids", (uuid4(),) * 51),
    ],
)
def test_a_writer_never_publishes_what_readers_refuse(member: str, value: object) -> None:
    with pytest.raises(NotUnderstood, match=member):
        sent(replace(example_of(intake.ReportSubmitted), **{member: value}))


def test_wrapped_letters_do_not_show_themselves() -> None:
    event = replace(example_of(intake.ReportSubmitted), story=Sealed("rahasia"))

    assert "rahasia" not in repr(event)
    assert "rahasia" not in repr(sent(event))


def test_a_type_that_is_not_known_yet_is_told_apart() -> None:
    message = sent(example_of(intake.DraftExpired))
    headers = {**dict(message.headers), "ce_type": b"wbs.intake.DraftExpired.v2"}

    with pytest.raises(UnknownEventType):
        decode(message.key, message.value, headers)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("key", b"system"),
        ("key", None),
        ("value", b""),
        ("value", b"\xff"),
        ("value", b"[]"),
        ("value", b"{}"),
        ("value", b'{"report_id":"1504990107900001","route":"kpk"}'),
        ("ce_id", b"x"),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2026-07-01T09:00:00"),
        ("ce_source", b"evidence"),
        ("ce_subject", b"another"),
        ("ce_specversion", b"9.9"),
        ("ce_causationid", b"x"),
    ],
)
def test_what_is_malformed_is_not_understood_and_shows_no_value(part: str, value: bytes) -> None:
    message = sent(example_of(intake.DraftExpired))
    headers = {**dict(message.headers), **({part: value} if part.startswith("ce_") else {})}
    key = value if part == "key" else message.key

    with pytest.raises(NotUnderstood) as refused:
        decode(key, value if part == "value" else message.value, headers)
    assert "1504990107900001" not in str(refused.value)


def test_a_record_without_headers_is_not_understood() -> None:
    with pytest.raises(NotUnderstood):
        decode(b"system", b"{}", {})


def test_every_term_has_its_words_in_both_languages() -> None:
    kinds = [kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, StrEnum)]

    assert all(words(term).id and words(term).en for kind in kinds for term in kind)
    assert kinds


def test_a_number_or_a_word_is_no_boolean() -> None:
    message = sent(example_of(intake.IdentityOffered))

    for odd in (1, "true", "yes", None):
        value = json.dumps({**json.loads(message.value), "review_asked": odd}).encode()
        with pytest.raises(NotUnderstood, match="review_asked"):
            decode(message.key, value, message.headers)


@pytest.mark.parametrize("time", [HOUR.replace(microsecond=1), HOUR.replace(tzinfo=None)])
def test_a_time_that_nobody_rounded_does_not_leave(time: datetime) -> None:
    with pytest.raises(ValueError, match="rounded"):
        encode(example_of(intake.DraftExpired), uuid4(), time)
