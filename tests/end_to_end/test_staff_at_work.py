"""Staff at their consoles, on a phone: a case moves on and the reporter hears of it, what is new is marked, and who has
nothing to do somewhere is told so."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from awaiting import until
from contracts.facts import Facts
from contracts.vocabulary import CaseStatus, Category, EvidenceKind, LossBand, Route
from playwright.sync_api import Browser, Page, expect
from staff_page import StaffPage
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, TrustedKeys
from wbs_local import examples
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running

PHONE = {"width": 360, "height": 740}
NOTE = "Catatan rekaan: kami mulai memanggil saksi."
ANSWER = "Jawaban rekaan: saya bersedia menunggu."
FACTS = Facts(
    category=Category.EXTORTION,
    area="15.04.05",
    skpd="dishub",
    period_from="2025-02",
    period_to="2025-03",
    loss=LossBand.UNDER_10_MILLION,
)


@pytest.fixture(scope="module")
def filing(api: PublicApi, keys: TrustedKeys) -> Filing:
    made, reporter = Filing(api, keys, Route.INSPEKTORAT), examples.reporter(71)
    made.open()
    made.offer_identity(reporter.person, reporter.ktp_photo)
    for number in range(3):
        photo = io.BytesIO(examples.photo(f"FOTO REKAAN {number}"))
        made.add_evidence(photo, EvidenceKind.PHOTO, f"Foto rekaan {number}")
    made.submit(StoryDraft("Cerita rekaan: pungutan di terminal."), FACTS)
    return made


class Visit:
    """One browser at both consoles."""

    def __init__(self, page: Page, running: Running, desk: Desk) -> None:
        self.page = page
        self._running, self._desk = running, desk

    def url(self, console: str) -> str:
        return f"http://{self._running.system.host}:{self._running.system.ports[console]}/"

    def sign_in(self, console: str, user: str) -> None:
        self.page.goto(self.url(console))
        self.page.get_by_label("Nama pengguna").fill(user)
        self.page.get_by_role("textbox", name="Kata sandi").fill(self._desk.password(user).reveal())
        self.page.get_by_role("button", name="Lanjut").click()
        self.page.get_by_role("textbox", name="Kode").fill(self._desk.code(user))
        self.page.get_by_role("button", name="Masuk").click()


@pytest.fixture
def visit(browser: Browser, running: Running, desk: Desk) -> Iterator[Visit]:
    page = browser.new_context(viewport=PHONE, locale="id-ID").new_page()
    page.set_default_timeout(20_000)
    yield Visit(page, running, desk)
    page.context.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])


def find(person: StaffPage, filing: Filing) -> Page:
    """Looks for the case in the list, by how its id begins."""
    person.page.goto(person.url)
    person.page.get_by_label("Awal nomor laporan").fill(str(filing.report_id)[:9])
    person.page.get_by_role("button", name="Cari").click()
    expect(person.page.get_by_text(str(filing.report_id))).to_be_visible()
    return person.page


def test_a_case_moves_on_and_the_reporter_hears_of_it(
    api: PublicApi, keys: TrustedKeys, filing: Filing, staff: Callable[[str], StaffPage]
) -> None:
    mailbox = Mailbox(api, keys, filing.receipt)
    irban = staff("irban1")
    irban.await_case(filing.report_id)
    assert irban.page.get_by_role("button", name="Ubah status").count() == 0
    irban.page.get_by_label("Tugaskan kepada").select_option("pemeriksa1")
    irban.page.get_by_role("button", name="Tugaskan").click()

    investigator = staff("pemeriksa1")
    page = find(investigator, filing)
    expect(page.get_by_text("Pemayung")).to_be_visible()
    expect(page.get_by_text("Dinas Perhubungan")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Pungutan liar").click()
    page.get_by_label("Status berikutnya").select_option("klarifikasi")
    page.get_by_label("Catatan untuk pelapor").fill(NOTE)
    page.get_by_role("button", name="Ubah status").click()

    expect(page.get_by_text("Status menjadi Klarifikasi, oleh pemeriksa1")).to_be_visible()
    told = until(mailbox.read, lambda status: status.status is CaseStatus.CLARIFICATION and bool(status.messages))
    assert [message.text for message in told.messages] == [NOTE]
    assert told.distrusted == 0
    assert fits(page)


def test_what_the_reporter_wrote_is_marked_until_it_was_shown(
    api: PublicApi, keys: TrustedKeys, filing: Filing, staff: Callable[[str], StaffPage]
) -> None:
    Mailbox(api, keys, filing.receipt).write(ANSWER)
    irban = staff("irban1")
    page = find(irban, filing)

    while page.get_by_text("1 pesan baru").count() == 0:
        page.reload()
    irban.open_case(filing.report_id)
    expect(page.get_by_text(ANSWER)).to_be_visible()

    find(irban, filing)
    assert page.get_by_text("pesan baru").count() == 0


def test_a_form_says_one_message_however_often_it_is_sent(filing: Filing, staff: Callable[[str], StaffPage]) -> None:
    irban = staff("irban1")
    irban.open_case(filing.report_id)
    form = irban.page.locator("form:has(#text)")
    hidden = {name: form.locator(f"[name={name}]").input_value() for name in ("csrf_token", "letter_id")}
    url = f"{irban.url}/cases/{filing.report_id}/messages"

    answers = [
        irban.page.request.post(url, form={**hidden, "text": text})
        for text in ("Pesan satu", "Pesan satu", "Pesan dua")
    ]

    assert [answer.status for answer in answers] == [HTTPStatus.OK, HTTPStatus.OK, HTTPStatus.CONFLICT]
    assert "Pesan dua</textarea>" in answers[2].text()
    irban.open_case(filing.report_id)
    assert irban.page.get_by_text("Pesan satu", exact=True).count() == 1
    assert irban.page.get_by_text("Pesan dua", exact=True).count() == 0


def test_signing_in_at_one_console_leaves_the_other_as_it_was(visit: Visit) -> None:
    visit.sign_in("case_management", "inspektur")
    visit.sign_in("identity_vault", "superadmin")

    visit.page.goto(visit.url("case_management"))

    expect(visit.page.locator(".person-name")).to_contain_text("inspektur")


@pytest.mark.parametrize(
    ("console", "user", "words"),
    [
        ("identity_vault", "pengawas1", "Pengawas luar"),
        ("case_management", "superadmin", "Super Admin"),
    ],
)
def test_who_has_nothing_to_do_at_a_console_is_told_so_and_leaves(
    visit: Visit, console: str, user: str, words: str
) -> None:
    visit.sign_in(console, user)

    expect(visit.page.get_by_text(f"Anda masuk sebagai {user} ({words}).")).to_be_visible()
    assert fits(visit.page)
    visit.page.get_by_role("button", name="Keluar, lalu masuk").click()

    expect(visit.page.get_by_label("Nama pengguna")).to_be_visible()


def test_a_code_that_was_used_is_refused_in_plain_words(visit: Visit, desk: Desk) -> None:
    code = desk.code("irban1")
    for _ in range(2):
        visit.page.goto(visit.url("case_management"))
        visit.page.get_by_label("Nama pengguna").fill("irban1")
        visit.page.get_by_role("textbox", name="Kata sandi").fill(desk.password("irban1").reveal())
        visit.page.get_by_role("button", name="Lanjut").click()
        visit.page.get_by_role("textbox", name="Kode").fill(code)
        visit.page.get_by_role("button", name="Masuk").click()
        visit.page.get_by_role("button", name="Keluar").or_(visit.page.get_by_role("alert")).wait_for()
        if visit.page.get_by_role("button", name="Keluar").count():
            visit.page.get_by_role("button", name="Keluar").click()

    expect(visit.page.get_by_role("alert")).to_contain_text("sudah dipakai")
