"""An offer goes through the vault's own processes: checked, sealed anew, removed, filed, or removed altogether."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from chassis.testing.harness import eventually
from contracts.encoding import sha256
from contracts.key_pairs import EncryptionKey, SigningKey
from contracts.letters import Expected, Purpose, ReporterKeys, open_letter
from contracts.sealed_files import FileSecret, RangeReader
from contracts.vocabulary import Route
from identity_vault.domain import Identity
from vault_tools import Reporter, Vault, person_of
from wbs_local.drawn_cards import draw, draw_dot, invent
from wbs_local.parts import seaweedfs

CARD = invent(11)
PHOTO = draw(CARD, 11)
DOT = draw_dot()  # no card, found so without reading: for where the verdict is of no matter


@dataclass(frozen=True)
class Canary:
    """An offer that was checked, and what of it must be on no disk afterwards."""

    readable: tuple[bytes, ...]
    letter: bytes


@pytest.fixture(scope="module", autouse=True)
def canary(line: Vault) -> Canary:
    """Checked before all others, so that the store has had time to vacuum when it is looked for."""
    reporter, offer_id = Reporter(), uuid4()
    person = person_of(CARD, nik="1504030101700077", full_name="Kanari Rekaan Tersembunyi", address="Gang Kanari 77")
    letter = line.seal(reporter, person, PHOTO, offer_id)
    line.tell(line.put(reporter, letter, offer_id))
    line.checked(reporter, offer_id)
    middle = len(PHOTO) // 2
    readable = (b"1504030101700077", b"Kanari Rekaan", b"Gang Kanari", PHOTO[middle : middle + 48])
    return Canary(readable, json.loads(letter)["ciphertext"][1000:1064].encode())


def test_a_true_card_is_consistent_and_its_letter_leaves_the_inbox(line: Vault) -> None:
    reporter = Reporter()

    offer_id = line.offer(reporter, person_of(CARD), PHOTO)

    assert line.checked(reporter, offer_id) == ("consistent", set())
    eventually(lambda: line.inbox_of(reporter) == [])
    (held,) = line.worker.rows("SELECT * FROM held.offers WHERE offer_id = %s", (offer_id,))
    assert set(held["letters"]) == {"identity-filed", "identity-for-kpk"}  # none that the Super Admin alone could open
    assert "LookBegun" not in str(line.events_of(reporter))


def test_a_submitted_identity_is_filed_under_the_reports_key(line: Vault) -> None:
    reporter = Reporter()
    offer_id = line.offer(reporter, person_of(CARD), PHOTO)
    line.checked(reporter, offer_id)

    line.submit(reporter, offer_id)

    eventually(lambda: offer_id in line.identity(reporter.report_id).filed)
    (filed,) = [each for each in line.events_of(reporter) if isinstance(each, Identity.Filed)]
    wrapper = line.wrapper("case-management-worker")
    letter = wrapper.unwrap(reporter.report_id, "identity-filed", filed.letters["identity-filed"])
    assert isinstance(letter, bytes)
    assert json.loads(letter)["recipients"][0]["header"]["kid"] == "overseer:v1"
    assert set(filed.letters) == {"identity-filed", "identity-for-kpk"}
    assert line.worker.rows("SELECT 1 FROM held.offers WHERE report_id = %s", (reporter.report_id,)) == []


def test_a_submission_before_the_check_files_when_the_check_is_done(line: Vault) -> None:
    reporter, offer_id = Reporter(), uuid4()
    wrong = person_of(CARD, nik="1599990107900001")
    offered = line.put(reporter, line.seal(reporter, wrong, DOT, offer_id), offer_id)
    line.make_key(reporter)

    line.tell(offered, reporter.submission(offer_id))

    outcome, reasons = line.checked(reporter, offer_id)
    assert outcome == "unsure"  # after submission nothing is inconsistent any more
    assert {"nik_region"} <= reasons
    assert offer_id in line.identity(reporter.report_id).filed
    assert line.worker.rows("SELECT offer_id FROM held.reviews WHERE report_id = %s", (reporter.report_id,))
    eventually(lambda: line.inbox_of(reporter) == [])


def test_a_mended_offer_is_filed_and_the_first_is_removed(line: Vault) -> None:
    reporter = Reporter()
    first = line.offer(reporter, person_of(CARD, nik="123"), b"no photo")
    assert line.checked(reporter, first) == ("inconsistent", {"nik_structure", "photo_damaged"})
    second = line.offer(reporter, person_of(CARD), DOT)
    line.checked(reporter, second)

    line.submit(reporter, second)

    eventually(lambda: line.identity(reporter.report_id).filed == {second})
    eventually(lambda: not line.worker.rows("SELECT 1 FROM held.to_remove WHERE report_id = %s", (reporter.report_id,)))
    assert line.inbox_of(reporter) == []


def test_what_was_never_submitted_is_removed_at_expiry(line: Vault) -> None:
    reporter = Reporter()
    offer_id = line.offer(reporter, person_of(CARD, nik="123"), b"no photo")
    line.checked(reporter, offer_id)
    (held,) = line.worker.rows("SELECT * FROM held.offers WHERE offer_id = %s", (offer_id,))

    line.tell(reporter.expiry())

    eventually(lambda: not line.worker.rows("SELECT 1 FROM held.offers WHERE report_id = %s", (reporter.report_id,)))
    eventually(lambda: not line.worker.rows("SELECT 1 FROM held.to_remove WHERE report_id = %s", (reporter.report_id,)))
    photos = line.s3.list_objects("identity-photos", prefix=held["photo_object"], include_version=True)
    assert list(photos) == []


def test_a_submission_beats_the_end_of_its_draft_in_any_order(line: Vault) -> None:
    filed = []
    for last in ("expiry", "submission"):
        reporter = Reporter()
        offer_id = line.offer(reporter, person_of(CARD, nik="123"), b"no photo")
        line.checked(reporter, offer_id)
        line.make_key(reporter)
        events = [reporter.expiry(), reporter.submission(offer_id)]

        line.tell(*(events if last == "submission" else reversed(events)))

        eventually(lambda r=reporter, o=offer_id: o in line.identity(r.report_id).filed)
        filed.append(line.checked(reporter, offer_id))
        assert not line.worker.rows(
            "SELECT 1 FROM held.to_remove WHERE report_id = %s AND kind = 'draft'", (reporter.report_id,)
        )

    assert filed == [("unsure", {"nik_structure", "photo_damaged"})] * 2


def test_in_route_kpk_the_identity_is_handed_over_and_only_kpk_opens_it(line: Vault) -> None:
    reporter = Reporter(route=Route.KPK)
    offer_id = line.offer(reporter, person_of(CARD), DOT)
    line.checked(reporter, offer_id)

    line.submit(reporter, offer_id)

    eventually(lambda: offer_id in line.identity(reporter.report_id).filed)
    (handed,) = [each for each in line.events_of(reporter) if isinstance(each, Identity.HandedOver)]
    version = seaweedfs.versions(line.system).in_store("identity-for-kpk", handed.object_name, handed.version)
    parcel = line.s3.get_object("identity-for-kpk", handed.object_name, version_id=version).data
    wrapped, _, photo = parcel.partition(b"\n")
    letter = line.wrapper("intake-worker").unwrap(reporter.report_id, "identity-for-kpk", wrapped.decode())
    assert isinstance(letter, bytes)
    key = json.loads((line.system.secrets_of("kpk-sandbox") / "encryption_key.jwk").read_text())
    opener = EncryptionKey.from_jwk(key.pop("kid"), key)
    expected = Expected(reporter.report_id, Route.KPK, Purpose.IDENTITY_FOR_KPK)
    identity = open_letter(letter, expected, opener, line.keys.verification_key).body
    file = identity.ktp_photo
    plain = RangeReader(
        lambda at, length: photo[at : at + length], len(photo), FileSecret.from_text(file.key), file.context
    )
    assert sha256(parcel).hex() == handed.sha256
    assert identity.person == person_of(CARD)
    assert identity.reporter_keys == reporter.keys
    assert plain.read(0, plain.size) == DOT
    assert line.worker.rows("SELECT 1 FROM held.blind_indexes WHERE report_id = %s", (reporter.report_id,)) == []


def test_a_persons_look_that_is_asked_for_turns_nobody_away(line: Vault) -> None:
    reporter = Reporter()

    offer_id = line.offer(reporter, person_of(CARD, nik="1515150107900001"), b"no photo", review=True)

    outcome, reasons = line.checked(reporter, offer_id)
    assert outcome == "unsure"
    assert {"review_asked", "photo_damaged"} <= reasons


def test_an_offer_whose_keys_carry_more_than_keys_is_checked_like_any_other(line: Vault) -> None:
    reporter, offer_id = Reporter(), uuid4()
    heavy = ReporterKeys(
        encryption={**reporter.keys.encryption, "x5c": "A" * 20_000},
        signing={**reporter.keys.signing, "key_ops": ["verify"]},
    )

    line.tell(line.put(reporter, line.seal(reporter, person_of(CARD), DOT, offer_id, keys=heavy), offer_id))

    assert line.checked(reporter, offer_id) == ("inconsistent", {"photo_not_of_a_card"})
    (held,) = line.worker.rows("SELECT * FROM held.offers WHERE offer_id = %s", (offer_id,))
    assert len(str(held["letters"])) < 200_000


@pytest.mark.parametrize("fault", ["signed by another key", "of another report", "no letter", "for another key"])
def test_an_offer_that_does_not_open_as_it_must_is_told_and_nothing_of_it_is_kept(line: Vault, fault: str) -> None:
    reporter, offer_id = Reporter(), uuid4()
    letter = line.seal(reporter, person_of(CARD), PHOTO, offer_id)
    if fault == "signed by another key":
        letter = line.seal(reporter, person_of(CARD), PHOTO, offer_id, SigningKey.generate("reporter-sig"))
    elif fault == "of another report":
        letter = line.seal(Reporter(), person_of(CARD), PHOTO, offer_id)
    elif fault == "no letter":
        letter = b"no letter"
    else:
        jwe = json.loads(letter)
        jwe["recipients"][0]["encrypted_key"] = jwe["recipients"][0]["encrypted_key"][::-1]
        letter = json.dumps(jwe).encode()

    line.tell(line.put(reporter, letter, offer_id))

    assert line.checked(reporter, offer_id) == ("inconsistent", {"letter_unreadable"})
    assert line.worker.rows("SELECT 1 FROM held.offers WHERE report_id = %s", (reporter.report_id,)) == []
    eventually(lambda: line.inbox_of(reporter) == [])


def test_after_a_check_nothing_of_an_offer_is_on_any_disk(line: Vault, canary: Canary) -> None:
    places = [line.system.root, line.worker.folder]

    eventually(lambda: files_with(canary.letter, line.system.data_of("seaweedfs")) == [], patience=120)

    assert {text: files_with(text, *places) for text in canary.readable} == {text: [] for text in canary.readable}


def files_with(text: bytes, *places: Path) -> list[str]:
    """Names of files below the places that hold the bytes, as `grep` finds them; those that vanish meanwhile aside."""
    pattern = "".join(f"\\x{byte:02x}" for byte in text)
    found = subprocess.run(
        ["grep", "-rlaP", "--devices=skip", pattern, *map(str, places)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    return found.stdout.splitlines()


def test_the_search_for_traces_finds_what_is_there(line: Vault) -> None:
    planted = line.worker.folder / "planted"
    planted.write_bytes(b"\x00before" + PHOTO + b"after")

    assert files_with(PHOTO[500:540], line.worker.folder) == [str(planted)]
    planted.unlink()
