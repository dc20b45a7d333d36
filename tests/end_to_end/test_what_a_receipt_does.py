"""With the receipt code alone: proof of the promise, late evidence, another identity, a withdrawal; on real parts."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import requests
from awaiting import until
from contracts.leaves import LogHead, verify_consistency, verify_head
from contracts.vocabulary import CaseStatus, EvidenceKind, Route
from staff_page import StaffPage
from wbs_client import Filing, Mailbox, Problem, PublicApi, StoryDraft, TrustedKeys
from wbs_client.proofs import InLog
from wbs_local import examples
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running
from wbs_local.staff import SuperAdmin

STORY = StoryDraft("Cerita rekaan: honor kegiatan yang tidak pernah ada.")


def file_report(api: PublicApi, keys: TrustedKeys, reporter: examples.Reporter) -> Mailbox:
    filing = Filing(api, keys, Route.INSPEKTORAT)
    filing.open()
    filing.offer_identity(reporter.person, reporter.ktp_photo)
    dropped = filing.add_evidence(io.BytesIO(b"not a picture"), EvidenceKind.PHOTO, "salah pilih.txt")
    for number in range(3):
        filing.add_evidence(io.BytesIO(examples.photo(f"BUKTI {number}")), EvidenceKind.PHOTO, f"bukti {number}")
    filing.drop_evidence(dropped)
    filing.submit(STORY, examples.FACTS)
    return Mailbox(api, keys, filing.receipt)


@pytest.fixture(scope="module")
def mailbox(api: PublicApi, keys: TrustedKeys) -> Mailbox:
    return file_report(api, keys, examples.reporter(71))


def test_the_promise_is_proved_to_stand_in_the_public_log(
    running: Running, api: PublicApi, keys: TrustedKeys, mailbox: Mailbox
) -> None:
    before = until(mailbox.read, lambda status: status.in_log is not InLog.NOT_YET)
    first = log_head(api, keys)

    mailbox.write("Pesan rekaan: ada keterangan baru.")
    while (second := log_head(api, keys)).size == first.size:
        pass

    assert before.in_log is InLog.PROVED
    proof = api.get(f"/api/v1/log/consistency?first={first.size}")
    newest = verify_head(proof["head"], keys.people.verification_key)
    verify_consistency(first, newest, [bytes.fromhex(each) for each in proof["proof"]])
    assert newest.size >= second.size


def log_head(api: PublicApi, keys: TrustedKeys) -> LogHead:
    return verify_head(api.get("/api/v1/log/head")["head"], keys.people.verification_key)


@pytest.mark.parametrize("leaf", ["0" * 64, "z" * 64])
def test_what_is_not_in_the_log_is_said_to_be_not_in_it(api: PublicApi, leaf: str) -> None:
    with pytest.raises(Problem) as refused:
        api.get(f"/api/v1/log/proofs/{leaf}")

    assert (refused.value.status, refused.value.kind) == (404, "not-in-log")


def test_late_evidence_is_filed_with_the_message_that_names_it(
    running: Running, mailbox: Mailbox, staff: Callable[[str], StaffPage]
) -> None:
    report_id = mailbox.read().report_id
    batch, again = mailbox.open_batch(), mailbox.open_batch()
    batch.add(io.BytesIO(examples.receipt()), EvidenceKind.TRANSACTION, "Kuitansi susulan")

    mailbox.write("Bukti susulan terlampir (rekaan).", batch)

    irban = staff("irban1")
    irban.open_case(report_id)
    copies = irban.page.get_by_role("link", name="Buka salinan bersih")
    while copies.count() < 4:
        irban.open_case(report_id)
    assert irban.page.get_by_text("Dikirim bersama laporan").count() == 3
    assert irban.page.get_by_text("Menyusul setelah laporan").count() == 1
    named = until(mailbox.read, lambda status: all(each.is_checked for each in status.late_evidence)).late_evidence
    assert [(each.name, each.kind, each.fault) for each in named] == [
        ("Kuitansi susulan", EvidenceKind.TRANSACTION, None)
    ]
    assert again.batch_id == batch.batch_id
    with pytest.raises(Problem) as over:
        mailbox.write("Sekali lagi.", batch)
    assert over.value.kind == "no-such-batch"


def test_a_token_for_late_evidence_opens_no_draft(running: Running, mailbox: Mailbox, api: PublicApi) -> None:
    opened = api.post("/api/v1/receipts/evidence", {"locator": mailbox._receipt.locator})
    url = f"http://{running.system.host}:{running.system.ports['intake']}/api/v1/reports/{mailbox.read().report_id}"

    answer = requests.get(url, headers={"Authorization": f"Bearer {opened['upload_token']}"}, timeout=30)

    assert answer.status_code == 401


def test_a_doubtful_identity_is_mended_by_the_receipt(
    running: Running, api: PublicApi, keys: TrustedKeys, desk: Desk
) -> None:
    mailbox = file_report(api, keys, examples.reporter_with_another_birth_date(72))
    report_id = mailbox.read().report_id
    admin = SuperAdmin(f"http://{running.system.host}:{running.system.ports['identity_vault']}", desk, "superadmin")
    while not admin.waiting(report_id):
        pass
    admin.doubt(report_id, "birth_date_other_than_nik")
    asked = until(mailbox.read, lambda status: status.identity_wanted is not None)

    true = examples.reporter(72)
    mailbox.offer_identity(true.person, true.ktp_photo)

    mended = until(mailbox.read, lambda status: status.status is CaseStatus.RECEIVED)
    accepted = until(mailbox.read, lambda status: "identity_accepted" in [event.what for event in status.timeline])
    assert asked.status is CaseStatus.WAITING_FOR_IDENTITY
    assert [event.what for event in asked.timeline].count("identity_doubtful") == 1
    assert mended.identity_wanted is None
    assert [event.what for event in accepted.timeline].count("identity_accepted") == 1
    hours = [event.hour for event in accepted.timeline]
    assert hours == sorted(hours)


def test_a_withdrawal_is_noted_and_stops_nothing(mailbox: Mailbox, staff: Callable[[str], StaffPage]) -> None:
    before = mailbox.read()

    for _ in range(2):
        mailbox.withdraw()

    after = mailbox.read()
    assert [event.what for event in after.timeline].count("withdrawn") == 1
    assert after.status is before.status
    irban = staff("irban1")
    irban.open_case(before.report_id)
    while irban.page.get_by_text("Pelapor menarik laporannya").count() == 0:
        irban.open_case(before.report_id)
