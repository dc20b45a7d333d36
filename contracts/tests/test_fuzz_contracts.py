"""Whatever is made of a letter, a signed text or an event, a reader says what is wrong by an error of its own, and
believes nothing that its writer didn't write. The seeds are the vectors."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.events import REGISTRY, NotUnderstood, decode, encode, example_of
from contracts.keys import KeySetError, verify_check_keys, verify_key_set
from contracts.leaves import PromiseBroken, verify_head, verify_promise
from contracts.letters import Purpose
from contracts.parcels import ParcelRefused, verify_receipt
from contracts.receipts import BadReceiptCode, Receipt, are_locked_keys
from contracts.schema import to_json
from contracts.upload_tokens import TokenRefused, UploadToken, issue, verify
from contracts.vocabulary import Route
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import changed_bytes, changed_json, changed_jws, changed_letter, written
from vector_people import VECTORS, opener_of, people_from_json

from contracts import letters as lt

PEOPLE = people_from_json()
HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)
MANY = settings(max_examples=settings().max_examples * 5)


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


LETTERS = [*vectors("letters.json"), *vectors("letters-js.json")]
RAW = tuple(case["raw"].encode() for case in LETTERS)
GOOD = [case for case in LETTERS if case["open"] == "ok"]


def expected(case: dict[str, Any]) -> lt.Expected:
    found = case["expected"]
    ids = UUID(found["report_id"]), UUID(found["letter_id"])
    return lt.Expected(ids[0], Route(found["route"]), Purpose(found["purpose"]), ids[1], found["layer"])


def opened(raw: bytes, case: dict[str, Any]) -> lt.Opened | None:
    """None for a letter that is refused."""
    opener = opener_of(PEOPLE, case["open_as"])
    try:
        if case["expected"]["purpose"] in ("story", "identity-offer"):
            return lt.open_introduction(raw, expected(case), opener)
        return lt.open_letter(raw, expected(case), opener, PEOPLE.writers)
    except lt.LetterError:
        return None


@MANY
@given(st.data())
def test_a_relay_refuses_a_changed_letter_in_words_of_the_contract(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(LETTERS))
    raw = data.draw(changed_letter(case["raw"].encode(), RAW))

    for act in (
        lambda: lt.check_letter(raw, expected(case), PEOPLE.known()),
        lambda: lt.read_header(raw),
        lambda: lt.letter_digest(raw),
    ):
        with suppress(lt.LetterError):
            act()


@MANY
@given(st.data())
def test_what_opens_of_a_changed_letter_is_what_its_writer_wrote(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(GOOD))
    raw = data.draw(changed_letter(case["raw"].encode(), RAW))

    found = opened(raw, case)

    # A letter may have become another of the same place as a whole: an introduction brings its own keys.
    written_there = [other["body"] for other in GOOD if other["expected"] == case["expected"]]
    assert found is None or to_json(found.body) in written_there


@MANY
@given(st.data())
def test_any_json_is_a_letter_or_none(data: st.DataObject) -> None:
    letter = data.draw(changed_json(json.loads(GOOD[0]["raw"])))

    with suppress(lt.NotALetter):  # the only error that there may be
        assert isinstance(lt.canonical_letter(letter), bytes)


KEYS, LEAVES, PARCELS = vectors("keys.json"), vectors("leaves.json"), vectors("parcels.json")
TRUSTED = verify_key_set(next(case["text"] for case in KEYS["sets"] if case["result"] == "ok"), KEYS["fingerprint"], 0)
CHECKS = next(case["text"] for case in KEYS["checks"] if case["result"] == "ok")
TOKEN = issue(UploadToken(uuid4(), Route.KPK, datetime(2100, 1, 1, tzinfo=UTC)), PEOPLE.signers["intake"])
SIGNED: dict[str, tuple[str, Callable[[str], Any], type[Exception]]] = {
    "key set": (KEYS["sets"][0]["text"], lambda text: verify_key_set(text, KEYS["fingerprint"]), KeySetError),
    "check keys": (CHECKS, lambda text: verify_check_keys(text, TRUSTED), KeySetError),
    "promise": (LEAVES["promise"], lambda text: verify_promise(text, PEOPLE.writers), PromiseBroken),
    "head": (LEAVES["head"]["text"], lambda text: verify_head(text, PEOPLE.writers), PromiseBroken),
    "receipt": (PARCELS["text"], lambda text: verify_receipt(text, PEOPLE.writers), ParcelRefused),
    "upload token": (TOKEN, lambda text: verify(text, PEOPLE.writers, HOUR), TokenRefused),
}
TEXTS = tuple(text for text, _, _ in SIGNED.values())


@pytest.mark.parametrize("name", SIGNED)
def test_a_changed_signed_text_is_refused(name: str) -> None:
    text, read, error = SIGNED[name]

    @given(changed_jws(text, TEXTS))
    def refused(changed: str) -> None:
        if changed == text:
            return
        try:
            read(changed)
        except error:
            return
        raise AssertionError("it was believed")

    refused()


@given(st.text(max_size=40) | changed_bytes(b"7YQK-3M8D-X2RV-9HTN-F0BW-4").map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_a_receipt_code_or_none(text: str) -> None:
    with suppress(BadReceiptCode):
        assert str(Receipt.parse(text))
    assert are_locked_keys(text) in (True, False)


@pytest.mark.parametrize("kind", REGISTRY)
def test_a_changed_event_is_understood_or_not(kind: str) -> None:
    message = encode(example_of(REGISTRY[kind]), uuid4(), HOUR, uuid4())

    @given(st.data())
    def understood_or_not(data: st.DataObject) -> None:
        content = data.draw(changed_json(json.loads(message.value)))
        value = data.draw(st.just(written(content)) | changed_bytes(message.value) | st.binary(max_size=200))
        headers = data.draw(changed_headers(message.headers))
        key = data.draw(st.just(message.key) | st.none() | st.binary(max_size=40))
        with suppress(NotUnderstood):
            assert decode(key, value, headers).data.subject == (key or b"").decode()

    understood_or_not()


@st.composite
def changed_headers(draw: st.DrawFn, headers: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    found = list(headers)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(found) - 1))
        name, value = found[at]
        found[at] = draw(
            st.sampled_from(
                [
                    (name, draw(changed_bytes(value))),
                    (name, draw(st.binary(max_size=40))),
                    (draw(st.text(max_size=20)), value),
                    found[draw(st.integers(0, len(found) - 1))],
                ]
            )
        )
    return found
