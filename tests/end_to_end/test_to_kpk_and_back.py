"""Reports reach KPK in both routes, its receipts prove it to the reporter, and its answer comes back; on real parts."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from http import HTTPStatus
from uuid import UUID

import pytest
from awaiting import until
from contracts.facts import Facts
from contracts.letters import owner_of
from contracts.vocabulary import CaseStatus, Category, EvidenceKind, KpkStatus, LossBand, Route
from playwright.sync_api import Browser, Page, expect
from staff_page import StaffPage
from wbs_client import Filing, Mailbox, PublicApi, Status, StoryDraft, TrustedKeys
from wbs_client.proofs import InLog
from wbs_local import examples
from wbs_local.launch import Running

PHONE = {"width": 360, "height": 740}
STORY = "Cerita rekaan: pengadaan fiktif yang melibatkan pejabat."
QUESTION = "Pertanyaan rekaan dari KPK: adakah saksi lain?"
ANSWER = "Jawaban rekaan: ada dua orang."
FACTS = Facts(
    category=Category.PROCUREMENT,
    area="15.04.03",
    skpd="dpmd",
    period_from="2025-01",
    period_to="2025-06",
    loss=LossBand.ABOVE_1_BILLION,
)


def file_report(api: PublicApi, keys: TrustedKeys, route: Route, seed: int, originals_to_kpk: bool = True) -> Filing:
    filing, reporter = Filing(api, keys, route), examples.reporter(seed)
    filing.open()
    filing.offer_identity(reporter.person, reporter.ktp_photo)
    for number in range(2):
        photo = io.BytesIO(examples.photo(f"FOTO REKAAN {number}"))
        filing.add_evidence(photo, EvidenceKind.PHOTO, f"Foto rekaan {number}")
    filing.add_evidence(io.BytesIO(examples.receipt()), EvidenceKind.TRANSACTION, "Kuitansi rekaan")
    filing.submit(StoryDraft(STORY), FACTS if route is Route.INSPEKTORAT else None, originals_to_kpk)
    return filing


def is_complete(status: Status) -> bool:
    return status.kpk is not None and status.kpk.is_complete


@pytest.fixture
def officer(browser: Browser) -> Iterator[Page]:
    """At KPK's receiving end, on a phone."""
    page = browser.new_context(viewport=PHONE, locale="id-ID").new_page()
    page.set_default_timeout(20_000)
    yield page
    page.context.close()


def open_dossier(running: Running, officer: Page, report_id: UUID) -> int:
    url = f"http://{running.system.host}:{running.system.ports['kpk_sandbox_pages']}/reports/{report_id}"
    answer = officer.goto(url)
    assert answer is not None
    assert officer.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    return answer.status


@pytest.mark.parametrize("originals", [True, False])
def test_what_the_inspektur_approves_reaches_kpk_whole_and_the_reporter_can_prove_it(
    running: Running,
    api: PublicApi,
    keys: TrustedKeys,
    staff: Callable[[str], StaffPage],
    officer: Page,
    originals: bool,
) -> None:
    filing = file_report(api, keys, Route.INSPEKTORAT, 81 + originals, originals)
    mailbox = Mailbox(api, keys, filing.receipt)
    irban = staff("irban1")
    irban.await_case(filing.report_id)
    assert irban.page.get_by_role("button", name="Setujui penerusan ke KPK").count() == 0
    assert open_dossier(running, officer, filing.report_id) == HTTPStatus.NOT_FOUND

    inspektur = staff("inspektur")
    inspektur.open_case(filing.report_id)
    inspektur.page.get_by_label("Laporan ini diteruskan ke KPK").check()
    inspektur.page.get_by_role("button", name="Setujui penerusan ke KPK").click()

    told = until(mailbox.read, lambda status: is_complete(status) and status.in_log is not InLog.NOT_YET)
    assert told.kpk is not None
    assert (told.kpk.has_story, told.kpk.distrusted, told.in_log) == (True, 0, InLog.PROVED)
    assert told.kpk.files == (3 if originals else 0)
    until(mailbox.read, lambda status: status.status is CaseStatus.FORWARDED_TO_KPK)
    open_dossier(running, officer, filing.report_id)
    expect(officer.get_by_text("cerita utuh")).to_be_visible()
    expect(officer.get_by_text(STORY)).to_be_visible()
    expect(officer.get_by_text("Tidak diserahkan.")).to_be_visible()  # no identity goes along unasked
    inspektur.open_case(filing.report_id)
    expect(inspektur.page.get_by_text(told.kpk.reference).first).to_be_visible()


def test_a_report_straight_to_kpk_is_read_and_answered_there_and_no_case_is_opened(
    running: Running, api: PublicApi, keys: TrustedKeys, staff: Callable[[str], StaffPage], officer: Page
) -> None:
    filing = file_report(api, keys, Route.KPK, 85)
    mailbox = Mailbox(api, keys, filing.receipt)
    until(mailbox.read, is_complete)
    open_dossier(running, officer, filing.report_id)
    expect(officer.get_by_text(STORY)).to_be_visible()
    expect(officer.get_by_text(examples.reporter(85).person.nik)).to_be_visible()
    expect(officer.get_by_text("3 dari 3 berkas utuh")).to_be_visible()

    officer.get_by_label("Pesan kepada pelapor").fill(QUESTION)
    officer.get_by_role("button", name="Kirim").click()
    told = until(mailbox.read, lambda status: bool(status.messages))
    mailbox.write(ANSWER)
    while officer.get_by_text(ANSWER).count() == 0:
        open_dossier(running, officer, filing.report_id)
    officer.get_by_label("Status di KPK").select_option(KpkStatus.IN_HAND.value)
    officer.get_by_role("button", name="Nyatakan", exact=True).click()

    until(mailbox.read, lambda status: status.kpk is not None and status.kpk.status is KpkStatus.IN_HAND)
    assert [(message.text, owner_of(message.writer)) for message in told.messages] == [(QUESTION, "kpk")]
    assert staff("irban1").open_case(filing.report_id) == HTTPStatus.NOT_FOUND


def test_late_evidence_of_a_report_that_kpk_has_follows_it_there(
    running: Running, api: PublicApi, keys: TrustedKeys, officer: Page
) -> None:
    filing = file_report(api, keys, Route.KPK, 86)
    mailbox = Mailbox(api, keys, filing.receipt)
    before = until(mailbox.read, is_complete)

    batch = mailbox.open_batch()
    batch.add(io.BytesIO(examples.receipt()), EvidenceKind.TRANSACTION, "Kuitansi susulan")
    mailbox.write("Bukti susulan terlampir (rekaan).", batch)

    while officer.get_by_text("Kuitansi susulan").count() == 0:
        open_dossier(running, officer, filing.report_id)
    while officer.get_by_text("4 dari 4 berkas utuh").count() == 0:
        open_dossier(running, officer, filing.report_id)
    assert before.kpk is not None


def test_no_word_of_a_report_straight_to_kpk_lies_readable_at_the_inspektorat(
    running: Running, api: PublicApi, keys: TrustedKeys
) -> None:
    filing = file_report(api, keys, Route.KPK, 87)
    until(Mailbox(api, keys, filing.receipt).read, is_complete)
    person = examples.reporter(87).person

    for word in (STORY, person.nik, person.full_name, "Foto rekaan 1"):
        places = [str(running.system.root / each) for each in ("data", "log", "run", "etc")]
        lying = subprocess.run(["grep", "-rlaF", word, *places], capture_output=True, text=True, check=False).stdout
        assert lying == ""
