"""A story goes from a reporter's client to an investigator's screen, and an answer back, on real parts."""

from __future__ import annotations

import io
from collections.abc import Callable
from http import HTTPStatus

from awaiting import until
from contracts.letters import owner_of
from contracts.vocabulary import CaseStatus, EvidenceKind, Route
from PIL import Image
from playwright.sync_api import expect
from staff_page import StaffPage
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, TrustedKeys
from wbs_local import examples

STORY = "Cerita rekaan: papan proyek jalan desa mencantumkan dana yang tidak pernah dikerjakan."
QUESTION = "Pertanyaan rekaan: apakah ada salinan kuitansi?"
ANSWER = "Jawaban rekaan: ada, akan saya kirim."


def file_report(api: PublicApi, keys: TrustedKeys) -> Filing:
    """With a consistent identity and three small pieces of evidence."""
    filing, reporter = Filing(api, keys, Route.INSPEKTORAT), examples.reporter(11)
    filing.open()
    filing.offer_identity(reporter.person, reporter.ktp_photo)
    for number in range(2):
        photo = io.BytesIO(examples.photo(f"FOTO REKAAN {number}"))
        filing.add_evidence(photo, EvidenceKind.PHOTO, f"Foto rekaan {number}")
    filing.add_evidence(io.BytesIO(examples.receipt()), EvidenceKind.TRANSACTION, "Kuitansi rekaan")
    filing.submit(StoryDraft(STORY), examples.FACTS)
    return filing


def test_a_story_is_read_by_an_investigator_and_answered(
    api: PublicApi, keys: TrustedKeys, staff: Callable[[str], StaffPage]
) -> None:
    filing = file_report(api, keys)
    mailbox = Mailbox(api, keys, filing.receipt)
    until(mailbox.read, lambda status: status.status is CaseStatus.RECEIVED)

    irban = staff("irban1")
    irban.await_case(filing.report_id)
    expect(irban.page.get_by_text(STORY)).to_be_visible()
    irban.page.get_by_label("Tugaskan kepada").select_option("pemeriksa1")
    irban.page.get_by_role("button", name="Tugaskan").click()
    until(mailbox.read, lambda status: status.status is CaseStatus.REVIEW)

    investigator = staff("pemeriksa1")
    investigator.open_case(filing.report_id)
    expect(investigator.page.get_by_text(STORY)).to_be_visible()
    copies = investigator.page.get_by_role("link", name="Buka salinan bersih")
    while copies.count() < 3:
        investigator.open_case(filing.report_id)
    copy = investigator.page.request.get(f"{investigator.url}{copies.nth(0).get_attribute('href')}")
    assert copy.headers["content-type"] in ("image/jpeg", "application/pdf")
    assert examples.CAMERA.encode() not in copy.body()
    if copy.headers["content-type"] == "image/jpeg":
        assert not Image.open(io.BytesIO(copy.body())).getexif()
    investigator.page.get_by_label("Pesan kepada pelapor").fill(QUESTION)
    investigator.page.get_by_role("button", name="Kirim pesan").click()
    expect(investigator.page.get_by_text(QUESTION)).to_be_visible()

    told = until(mailbox.read, lambda status: bool(status.messages))
    assert [(message.text, owner_of(message.writer)) for message in told.messages] == [(QUESTION, "investigator")]
    assert told.distrusted == 0

    mailbox.write(ANSWER)
    until(mailbox.read, lambda status: len(status.messages) == 2)
    while not investigator.page.get_by_text(ANSWER).count():
        investigator.open_case(filing.report_id)


def test_an_investigator_sees_nothing_of_a_case_of_others(
    api: PublicApi, keys: TrustedKeys, staff: Callable[[str], StaffPage]
) -> None:
    filing = file_report(api, keys)
    irban = staff("irban1")
    irban.await_case(filing.report_id)
    expect(irban.page.get_by_text(STORY)).to_be_visible()

    other = staff("pemeriksa2")
    status = other.open_case(filing.report_id)

    assert status == HTTPStatus.NOT_FOUND
    expect(other.page.get_by_text("Tidak ditemukan")).to_be_visible()
    assert STORY not in other.page.content()
