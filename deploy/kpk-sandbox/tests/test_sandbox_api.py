"""KPK's receiving end as kpk-forwarder meets it: parcels come whole, once, from the agreed sender only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from chassis.testing.harness import eventually
from contracts.key_pairs import SigningKey
from contracts.letters import ReporterKeys
from contracts.parcels import is_for, sign_manifest, verify_receipt, verify_statement
from contracts.vocabulary import LetterFault, ParcelKind, Route
from kpk_sandbox.api import BLOCK
from sandbox_tools import Everybody, Parcel, Report, Sandbox
from wbs_local import tls

PLAIN = bytes(range(256)) * 8192  # 2 MiB, three segments once sealed


def only_hash(parcel: Parcel) -> str:
    (digest,) = parcel.contents
    return digest


def file_hash(parcel: Parcel) -> str:
    return max(parcel.contents, key=lambda digest: len(parcel.contents[digest]))


def problem(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("urn:wbs:problem:")


def test_a_parcel_is_receipted_once_whole_and_the_same_receipt_is_given_again(sandbox: Sandbox, report: Report) -> None:
    parcel = report.story()
    text = sign_manifest(parcel.manifest, sandbox.people.forwarder)
    url = f"{sandbox.api}/parcels/{parcel.manifest.parcel_id}"

    before = sandbox.client().put(url, json={"manifest": text}).json()
    sandbox.append(parcel, only_hash(parcel), parcel.contents[only_hash(parcel)])
    first, second = (sandbox.client().put(url, json={"manifest": text}).json() for _ in range(2))

    assert before == {"missing": [only_hash(parcel)], "receipt": None}
    assert first == second
    assert first["missing"] == []
    receipt = verify_receipt(first["receipt"], sandbox.people.writers)
    assert is_for(receipt, text, parcel.manifest)
    assert receipt.kpk_reference.startswith("KPK-SANDBOX-")


def test_a_notice_is_receipted_at_once(sandbox: Sandbox, report: Report) -> None:
    (story, notice) = sandbox.send(report.story(), report.withdrawal())
    references = {verify_receipt(each, sandbox.people.writers).kpk_reference for each in (story, notice)}

    assert len(references) == 1


def test_a_manifest_signed_anew_is_the_same_parcel(sandbox: Sandbox, report: Report) -> None:
    parcel = report.story()
    (first,) = sandbox.send(parcel)

    again = replace(parcel, manifest=replace(parcel.manifest, hour="2026-07-01T10:00:00Z"))

    assert sandbox.announce(again).json()["receipt"] == first


def test_another_manifest_under_the_same_id_is_refused(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story("Yang pertama."))

    assert problem(sandbox.announce(report.story("Yang kedua."))) == (409, "parcel-differs")


@pytest.mark.parametrize("wrong", ["stranger", "id", "no item", "route"])
def test_a_manifest_that_is_not_as_it_must_be_is_refused(sandbox: Sandbox, report: Report, wrong: str) -> None:
    parcel, signer = report.story(), sandbox.people.forwarder
    match wrong:
        case "stranger":
            signer = SigningKey.generate(signer.kid)
        case "id":
            answer = sandbox.client().put(
                f"{sandbox.api}/parcels/{uuid4()}", json={"manifest": sign_manifest(parcel.manifest, signer)}
            )
            assert problem(answer) == (422, "manifest-refused")
            return
        case "no item":
            parcel = replace(parcel, manifest=replace(parcel.manifest, items=()))
        case "route":
            sandbox.send(parcel)
            moved = Report(report.people, Route.INSPEKTORAT, report.report_id, report.reporter, report.evidence_ids)
            parcel = moved.message("Jalur lain")

    assert problem(sandbox.announce(parcel, signer)) == (422, "manifest-refused")


def test_a_broken_upload_goes_on_where_it_stopped(sandbox: Sandbox, report: Report) -> None:
    parcel = report.original(0, PLAIN)
    digest = file_hash(parcel)
    sealed = parcel.contents[digest]
    sandbox.send(report.story())
    sandbox.announce(parcel)

    with sandbox.faulty(cut_after_bytes=1_500_000), pytest.raises(requests.ConnectionError):
        sandbox.append(parcel, digest, sealed)
    kept = eventually(lambda: sandbox.offset(parcel, digest))
    rest = sandbox.append(parcel, digest, sealed[kept:], kept)
    (receipt,) = sandbox.send(parcel)

    assert kept == 1_500_000
    assert rest.headers["Upload-Offset"] == str(len(sealed))
    assert receipt


def test_what_came_before_the_client_went_away_stays(sandbox: Sandbox, report: Report) -> None:
    parcel = report.original(0, PLAIN)
    digest = file_hash(parcel)
    sealed = parcel.contents[digest]
    sandbox.announce(parcel)

    def broken_off() -> Iterator[bytes]:
        yield sealed[: BLOCK + 100]
        eventually(lambda: sandbox.offset(parcel, digest) >= BLOCK)
        raise InterruptedError

    with pytest.raises(requests.ConnectionError):
        sandbox.append(parcel, digest, broken_off())
    kept = sandbox.offset(parcel, digest)
    rest = sandbox.append(parcel, digest, sealed[kept:], kept)

    assert kept >= BLOCK
    assert rest.headers["Upload-Offset"] == str(len(sealed))


def test_a_wrong_offset_is_answered_with_the_right_one(sandbox: Sandbox, report: Report) -> None:
    parcel = report.story()
    digest = only_hash(parcel)
    sandbox.announce(parcel)
    sandbox.append(parcel, digest, parcel.contents[digest][:100])

    answer = sandbox.append(parcel, digest, parcel.contents[digest])

    assert problem(answer) == (409, "offset-differs")
    assert answer.headers["Upload-Offset"] == "100"


def test_other_bytes_than_announced_are_forgotten(sandbox: Sandbox, report: Report) -> None:
    parcel = report.story()
    digest = only_hash(parcel)
    sandbox.announce(parcel)

    answer = sandbox.append(parcel, digest, bytes(len(parcel.contents[digest])))

    assert problem(answer) == (422, "hash-differs")
    assert sandbox.offset(parcel, digest) == 0
    assert sandbox.send(parcel) != [None]


def test_more_than_announced_is_refused(sandbox: Sandbox, report: Report) -> None:
    parcel = report.story()
    sandbox.announce(parcel)

    answer = sandbox.append(parcel, only_hash(parcel), parcel.contents[only_hash(parcel)] + b"x")

    assert answer.status_code == 413
    assert sandbox.offset(parcel, only_hash(parcel)) == 0


def test_an_item_that_nobody_announced_is_not_found(sandbox: Sandbox, report: Report) -> None:
    assert sandbox.append(report.story(), "ab" * 32, b"x").status_code == 404


@pytest.mark.parametrize("certificate", [None, "stranger's"])
def test_who_has_no_certificate_of_the_agreed_authority_is_refused_by_tls(
    sandbox: Sandbox, tmp_path: Path, certificate: str | None
) -> None:
    client = sandbox.client()
    client.cert = None
    if certificate:
        issued = tls.issue(tls.make_authority("KPK"), "client")
        (tmp_path / "client.pem").write_text(issued.certificate + issued.key)
        client.cert = str(tmp_path / "client.pem")

    with pytest.raises((requests.exceptions.SSLError, requests.ConnectionError)):
        client.get(f"{sandbox.api}/statements")


def test_a_sandbox_that_was_restarted_has_kept_everything(everybody: Everybody, tmp_path: Path) -> None:
    sandbox, report = Sandbox.set_up(everybody, tmp_path / "kpk"), Report(everybody)
    begun = report.original(0, PLAIN)
    sandbox.start()
    story = report.story()
    (receipt,) = sandbox.send(story)
    sandbox.announce(begun)
    sandbox.append(begun, file_hash(begun), parcel_bytes := begun.contents[file_hash(begun)][:1000])
    sandbox.fill_in(report, "status", status="ditelaah_kpk")

    assert sandbox.stop() == 0
    sandbox.start()
    try:
        assert sandbox.send(story) == [receipt]
        assert sandbox.offset(begun, file_hash(begun)) == len(parcel_bytes)
        assert len(sandbox.statements()) == 1
        assert "Jalan desa dibayar dua kali." in sandbox.page(f"/reports/{report.report_id}")
    finally:
        sandbox.stop()


def test_statements_are_given_in_order_and_after_a_number(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story())
    before = max((each["number"] for each in sandbox.statements()), default=0)
    for status in ("diterima_kpk", "ditelaah_kpk"):
        sandbox.fill_in(report, "status", status=status)

    both = sandbox.statements(before)
    said = [verify_statement(each["statement"], sandbox.people.writers) for each in both]

    assert [each.status.value for each in said if each.status] == ["diterima_kpk", "ditelaah_kpk"]
    assert sandbox.statements(both[0]["number"]) == both[1:]


def test_what_does_not_open_as_it_must_is_said_at_once(sandbox: Sandbox, report: Report) -> None:
    before = max((each["number"] for each in sandbox.statements()), default=0)
    forged = report.message("Saya mencabut.", SigningKey.generate("reporter-sig"))
    tampered = report.original(0, PLAIN, tampered=True)
    swapped = report.identity(b"foto", reporter_keys=Report(report.people).reporter_keys)

    sandbox.send(forged, tampered, swapped, report.story())
    said = [verify_statement(each["statement"], sandbox.people.writers) for each in sandbox.statements(before)]

    faults = {each.unreadable.purpose.value: each.unreadable.fault for each in said if each.unreadable}
    assert faults == {
        "message-from-reporter": LetterFault.BAD_SIGNATURE,
        "original-key-for-kpk": LetterFault.HASH_MISMATCH,
        "identity-for-kpk": LetterFault.WRONG_WRITER,
    }
    assert {each.report_id for each in said} == {report.report_id}


NO_KEYS = [{}, {"kty": "oct", "k": "AAAA"}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": 5}, {"kty": ["EC"]}]


@pytest.mark.parametrize("jwk", NO_KEYS, ids=str)
def test_an_identity_whose_keys_are_none_is_unreadable_and_the_report_goes_on(
    sandbox: Sandbox, report: Report, jwk: dict[str, object]
) -> None:
    before = max((each["number"] for each in sandbox.statements()), default=0)
    strange = report.identity(b"foto", reporter_keys=ReporterKeys(encryption=jwk, signing=report.reporter_keys.signing))

    receipts = sandbox.send(report.story(), strange, report.message("Masih ada."))
    said = [verify_statement(each["statement"], sandbox.people.writers) for each in sandbox.statements(before)]

    assert all(receipts)
    assert [each.unreadable.purpose.value for each in said if each.unreadable] == ["identity-for-kpk"]
    assert "Masih ada." in sandbox.page(f"/reports/{report.report_id}")


def test_refused_calls_ask_to_come_again(sandbox: Sandbox, report: Report) -> None:
    with sandbox.faulty(refuse_calls=2):
        answers = [sandbox.announce(report.story()) for _ in range(3)]

    assert [each.status_code for each in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"]


def test_a_wrong_receipt_is_about_another_manifest(sandbox: Sandbox, report: Report) -> None:
    parcel = report.story()
    (right,) = sandbox.send(parcel)

    with sandbox.faulty(wrong_receipts=1):
        wrong, again = (sandbox.announce(parcel).json()["receipt"] for _ in range(2))

    receipts = [verify_receipt(each, sandbox.people.writers) for each in (wrong, right)]
    assert again == right
    assert receipts[0].manifest_sha256 != receipts[1].manifest_sha256
    assert receipts[0].kind is ParcelKind.REPORT


def test_nothing_readable_lies_on_the_disk(sandbox: Sandbox, report: Report) -> None:
    secret = f"rahasia-{uuid4()}"
    sandbox.send(report.story(secret), report.message(secret), report.original(0, secret.encode() * 100))
    sandbox.fill_in(report, "messages", text=secret)

    files = [path for path in (sandbox.folder / "data").rglob("*") if path.is_file()]

    assert files
    assert not [path for path in files if secret.encode() in path.read_bytes()]
    assert secret not in (sandbox.folder / "log").read_text()


def test_a_body_that_is_no_json_is_a_problem(sandbox: Sandbox) -> None:
    answer = sandbox.client().put(f"{sandbox.api}/parcels/{uuid4()}", data=json.dumps([]), headers={})

    assert answer.status_code == 415
