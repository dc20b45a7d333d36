"""The vectors that both languages read, those made in TypeScript too."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from contracts.letters import Purpose
from contracts.receipts import BadReceiptCode, Receipt
from contracts.schema import to_json
from contracts.sealed_files import CannotOpenFile, FileSecret, RangeReader
from contracts.vocabulary import Route
from letter_people import People
from vector_people import VECTORS, opener_of, people_from_json

from contracts import keys, leaves, parcels
from contracts import letters as lt


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


LETTERS = [*vectors("letters.json"), *vectors("letters-js.json")]
EVERY_LETTER = pytest.mark.parametrize("case", LETTERS, ids=[case["name"] for case in LETTERS])


@pytest.fixture(scope="module")
def vector_people() -> People:
    return people_from_json()


def expected(case: dict[str, Any]) -> lt.Expected:
    found = case["expected"]
    ids = UUID(found["report_id"]), UUID(found["letter_id"])
    return lt.Expected(ids[0], Route(found["route"]), Purpose(found["purpose"]), ids[1], found["layer"])


def result(act: Callable[[], Any]) -> str:
    try:
        act()
    except lt.LetterError as error:
        return error.fault.value
    return "ok"


@EVERY_LETTER
def test_a_relay_finds_what_the_vector_says(vector_people: People, case: dict[str, Any]) -> None:
    known = vector_people.known()

    assert result(lambda: lt.check_letter(case["raw"].encode(), expected(case), known)) == case["check"]


@EVERY_LETTER
def test_an_opener_finds_what_the_vector_says(vector_people: People, case: dict[str, Any]) -> None:
    raw, opener, opened = case["raw"].encode(), opener_of(vector_people, case["open_as"]), []

    def open_it() -> None:
        if case["expected"]["purpose"] in ("story", "identity-offer"):
            opened.append(lt.open_introduction(raw, expected(case), opener))
        else:
            opened.append(lt.open_letter(raw, expected(case), opener, vector_people.writers))

    assert result(open_it) == case["open"]
    assert [to_json(letter.body) for letter in opened] == ([case["body"]] if case["open"] == "ok" else [])


def test_receipts_are_those_of_the_vectors() -> None:
    found = vectors("receipts.json")

    for case in [*found["good"], *vectors("receipts-js.json")]:
        for typed in case["typed"]:
            receipt = Receipt.parse(typed)
            assert (str(receipt), receipt.locator, receipt.locator_hash) == (
                case["code"], case["locator"], case["locator_hash"],
            )  # fmt: skip
            assert receipt.unlock(case["locked"]).encryption.public.jwk == found["public"]
    for typed in found["bad"]:
        with pytest.raises(BadReceiptCode):
            Receipt.parse(typed)


KEY_FAULTS = {"wrong_fingerprint": keys.WrongFingerprint, "changed": keys.KeySetChanged, "too_old": keys.KeySetTooOld}


def test_key_sets_are_taken_and_refused_as_the_vectors_say() -> None:
    found = vectors("keys.json")

    for case in found["sets"]:
        if case["result"] == "ok":
            people = keys.verify_key_set(case["text"], found["fingerprint"], case["at_least"])
            continue
        with pytest.raises(KEY_FAULTS[case["result"]]):
            keys.verify_key_set(case["text"], found["fingerprint"], case["at_least"])
    active = {name: [key.kid for key in people.recipients()[name]] for name in found["active"]}
    assert active == found["active"]
    assert people.verification_key(found["verifying_only"]) is not None
    assert people.active_verification_key(found["verifying_only"]) is None
    assert keys.readable(found["fingerprint"]) == found["readable"]
    for case in found["checks"]:
        if case["result"] == "ok":
            assert list(keys.verify_check_keys(case["text"], people)) == ["identity-check"]
            continue
        with pytest.raises(KEY_FAULTS[case["result"]]):
            keys.verify_check_keys(case["text"], people)


def test_leaves_promises_and_proofs_are_those_of_the_vectors(vector_people: People) -> None:
    found = vectors("leaves.json")
    entries, roots = [bytes.fromhex(entry) for entry in found["entries"]], found["roots"]

    def head(size: int) -> leaves.LogHead:
        return leaves.LogHead(size=size, root=roots[size - 1], hour="2026-07-01T09:00:00Z")

    leaf = leaves.verify_promise(found["promise"], vector_people.writers)
    assert (to_json(leaf), leaf.entry.hex()) == (found["leaf"], found["entry"])
    assert leaves.verify_head(found["head"]["text"], vector_people.writers) == head(13)
    for text in found["broken"]:
        with pytest.raises(leaves.PromiseBroken):
            leaves.verify_promise(text, vector_people.writers)
    for case in found["inclusion"]:
        proof, root = [bytes.fromhex(node) for node in case["proof"]], bytes.fromhex(roots[case["size"] - 1])
        leaves.verify_inclusion(entries[case["index"]], case["index"], case["size"], proof, root)
    for case in found["consistency"]:
        leaves.verify_consistency(head(case["old"]), head(case["new"]), [bytes.fromhex(node) for node in case["proof"]])


def test_kpk_s_receipts_are_taken_and_refused_as_the_vectors_say(vector_people: People) -> None:
    found = vectors("parcels.json")

    assert to_json(parcels.verify_receipt(found["text"], vector_people.writers)) == found["receipt"]
    for text in found["refused"]:
        with pytest.raises(parcels.ParcelRefused):
            parcels.verify_receipt(text, vector_people.writers)


def test_the_sealed_file_opens_by_ranges_and_not_when_cut_or_changed() -> None:
    found, sealed = vectors("sealed-files.json"), (VECTORS / "sealed-file.bin").read_bytes()
    secret, plain = FileSecret.from_text(found["key"]), bytes(index * 31 % 251 for index in range(found["size"]))

    def reader(data: bytes) -> RangeReader:
        return RangeReader(lambda at, length: data[at : at + length], len(data), secret, found["context"])

    for offset, length in found["ranges"]:
        assert reader(sealed).read(offset, length) == plain[offset : offset + length]
    for cut in found["cuts"]:
        with pytest.raises(CannotOpenFile):
            reader(sealed[:-cut])
    for at in found["changed"]:
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(CannotOpenFile):
            reader(bytes(changed)).read(0, found["size"])
