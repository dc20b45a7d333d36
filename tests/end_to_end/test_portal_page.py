"""The reporter's page in a real browser, on a phone: sealed there, sent, followed; the network sees no word of it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from itertools import groupby
from typing import Any

from PIL import Image
from playwright.sync_api import Page, Route, expect
from reporter_page import CHECKS_MS, Reporter, file
from staff_page import StaffPage
from wbs_local import examples

STORY = "Cerita rekaan dari peramban: batu empat puluh truk dibayar, tetapi tidak pernah datang."
QUESTION = "Pertanyaan rekaan: siapa yang menandatangani penerimaan batu?"
ANSWER = "Jawaban rekaan: kepala urusan, saya melihatnya sendiri."
SECRET_NAME = "papan-proyek-rahasia.jpg"
LATE = "Bukti susulan rekaan: kuitansi batu yang tidak pernah datang."
LATE_NAME = "kuitansi-susulan.pdf"
TUS_PIECE = 4 << 20


def large_picture() -> bytes:
    """A PNG of noise, of three tus pieces."""
    out = io.BytesIO()
    Image.frombytes("RGB", (1800, 1700), os.urandom(1800 * 1700 * 3)).save(out, "PNG")
    return out.getvalue()


def break_off_once(page: Page) -> list[str]:
    """The connection breaks at the second piece of an upload, once. Gives the offsets of all pieces that are sent."""
    offsets: list[str] = []

    def pass_or_break(route: Route) -> None:
        offset = route.request.headers.get("upload-offset", "")
        if route.request.method == "PATCH":
            offsets.append(offset)
        if offset == str(TUS_PIECE) and offsets.count(offset) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/uploads/*", pass_or_break)
    return offsets


def test_a_report_is_filed_in_the_browser_and_followed_by_its_code(
    reporter: Reporter, keys: Any, staff: Callable[[str], StaffPage]
) -> None:
    person = examples.reporter(71)
    offsets = break_off_once(reporter.page)

    reporter.open()
    reporter.choose_route("Tidak")
    reporter.offer_identity(person.person, person.ktp_photo)
    expect(reporter.page.get_by_text("Data dan foto KTP cocok")).to_be_visible(timeout=CHECKS_MS)
    expect(reporter.page.get_by_role("button", name="Kirim sekali lagi")).to_be_visible()
    expect(reporter.page.get_by_role("button", name="Kirim perbaikan")).to_have_count(0)
    reporter.press("Lanjut")
    choose_what_is_not_taken(reporter)
    reporter.add_evidence(
        file(SECRET_NAME, "image/jpeg", examples.photo("PAPAN REKAAN DARI PERAMBAN")),
        file("kuitansi.pdf", "application/pdf", examples.receipt()),
        file("catatan.pdf", "application/pdf", b"tulisan biasa"),
        file("besar.png", "image/png", large_picture()),
    )
    expect(reporter.page.get_by_text("3 dari 3 bukti dapat dipakai.")).to_be_visible(timeout=CHECKS_MS)
    refused = reporter.page.get_by_role("listitem").filter(has_text="Tidak dapat dipakai")
    expect(refused).to_contain_text("jenis berkas tidak diterima")
    refused.get_by_role("button", name="Hapus").click()
    reporter.press("Lanjut")
    reporter.fill("Cerita", STORY)
    reporter.tell_facts()
    look_over_what_will_be_sent(reporter)
    code, report_id = reporter.submit(), reporter.report_id()

    assert offsets.count(str(TUS_PIECE)) == 2
    assert offsets.count("0") == 4
    uploads = [request.url for request in reporter.sent if request.method == "PATCH"]
    assert len(list(groupby(uploads))) == len(set(uploads)) == 4, "one after another"
    own_names = (person.person.nik, person.person.full_name, SECRET_NAME, STORY, code, code.replace("-", ""))
    reporter.must_have_leaked_nothing(*own_names)
    investigator = talk_with_the_investigator(reporter, staff, report_id)
    send_late_evidence(reporter, investigator, report_id)
    reporter.must_have_leaked_nothing(*own_names, QUESTION, ANSWER, LATE, LATE_NAME)
    come_back(reporter, code)


def choose_what_is_not_taken(reporter: Reporter) -> None:
    """Told by name, and nothing of it is sent."""
    before = len(reporter.sent)
    reporter.page.get_by_label("Pilih berkas").set_input_files(
        [file("catatan.txt", "text/plain", b"tulisan biasa"), file("kosong.pdf", "application/pdf", b"")]
    )

    refused = reporter.page.get_by_role("status").filter(has_text="tidak diunggah")
    expect(refused).to_contain_text("catatan.txt: jenis berkas ini tidak diterima.")
    expect(refused).to_contain_text("kosong.pdf: berkas ini kosong.")
    expect(reporter.page.get_by_role("button", name="Unggah")).to_have_count(0)
    assert [request for request in reporter.sent[before:] if "/uploads" in request.url] == []


def look_over_what_will_be_sent(reporter: Reporter) -> None:
    """The question about originals has to be answered by the reporter; each part can still be changed."""
    page, open_question = reporter.page, "bila laporan ini sampai ke KPK, apa yang dikirim?"
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    reporter.press("Lanjut")
    expect(page.get_by_text(f"Pilih salah satu: {open_question}")).to_be_visible()
    page.get_by_role("radio", name="Salinan bersih saja").check()
    expect(page.get_by_text(f"Pilih salah satu: {open_question}")).to_be_hidden()
    reporter.look_it_over()

    summary = page.locator(".review")
    for told in (
        "Pemeriksa membaca cerita Anda",
        "Sudah diperiksa: data dan foto KTP cocok.",
        "Bukti (3)",
        SECRET_NAME,
    ):
        expect(summary).to_contain_text(told)
    for told in ("Januari 2025 – Juni 2025", "Salinan bersih saja", STORY):
        expect(summary).to_contain_text(told)
    reporter.press("Ubah: Cerita")
    expect(page.get_by_label("Cerita", exact=True)).to_have_value(STORY)
    reporter.look_it_over()


def send_late_evidence(reporter: Reporter, investigator: StaffPage, report_id: str) -> None:
    """The message names the pieces, which are filed with it."""
    reporter.page.get_by_text("Lampirkan bukti susulan").click()
    reporter.page.get_by_label("Pilih berkas").set_input_files([file(LATE_NAME, "application/pdf", examples.receipt())])
    reporter.fill("Tulis pesan", LATE)
    reporter.press("Kirim pesan")
    expect(reporter.page.get_by_text("Ada berkas yang belum diunggah")).to_be_visible()
    reporter.press("Unggah")
    expect(reporter.page.get_by_text("Terunggah.")).to_be_visible()
    reporter.press("Kirim pesan")
    expect(reporter.page.get_by_role("article").filter(has_text=LATE)).to_contain_text("Anda", timeout=CHECKS_MS)
    expect(reporter.page.get_by_role("button", name="Hapus")).to_have_count(0)
    filed = reporter.page.get_by_role("listitem").filter(has_text=LATE_NAME)
    expect(filed).to_contain_text("Dokumen")
    reporter.refresh_until("Tersimpan, lolos pemeriksaan.")
    while not investigator.page.get_by_text(LATE_NAME).count():
        investigator.open_case(report_id)


def talk_with_the_investigator(reporter: Reporter, staff: Callable[[str], StaffPage], report_id: str) -> StaffPage:
    irban = staff("irban1")
    irban.await_case(report_id)
    irban.page.get_by_label("Tugaskan kepada").select_option("pemeriksa1")
    irban.page.get_by_role("button", name="Tugaskan").click()
    investigator = staff("pemeriksa1")
    investigator.await_case(report_id)
    expect(investigator.page.get_by_text(STORY)).to_be_visible()
    expect(investigator.page.get_by_text(SECRET_NAME)).to_be_visible()
    investigator.page.get_by_label("Pesan kepada pelapor").fill(QUESTION)
    investigator.page.get_by_role("button", name="Kirim pesan").click()

    reporter.press("Ikuti laporan ini")
    reporter.refresh_until(QUESTION)
    message = reporter.page.get_by_role("article").filter(has_text=QUESTION)
    expect(message).to_contain_text("Pemeriksa")
    reporter.fill("Tulis pesan", ANSWER)
    reporter.press("Kirim pesan")
    expect(reporter.page.get_by_role("article").filter(has_text=ANSWER)).to_contain_text("Anda")
    while not investigator.page.get_by_text(ANSWER).count():
        investigator.open_case(report_id)
    reporter.refresh_until("Laporan tercatat di log publik")
    return investigator


def come_back(reporter: Reporter, code: str) -> None:
    """Leaves the page, which is then empty, and opens the report anew by its code alone."""
    reporter.press("Keluar cepat")
    reporter.page.wait_for_url("about:blank")
    reporter.open()
    reporter.press("Ikuti laporan saya")
    wrong = "0" if code[-1] != "0" else "1"
    reporter.fill("Kode tanda terima", code[:-1] + wrong)
    reporter.press("Buka")
    expect(reporter.page.get_by_text("Kode ini salah ketik")).to_be_visible()
    reporter.fill("Kode tanda terima", code.lower().replace("-", " "))
    reporter.press("Buka")
    expect(reporter.page.get_by_text(QUESTION)).to_be_visible()
    expect(reporter.page.get_by_text("Janji layanan sah")).to_be_visible()
    expect(reporter.page.locator(".standing")).to_have_text("Telaah")


def test_a_report_straight_to_kpk_is_filed_in_the_browser(reporter: Reporter, keys: Any) -> None:
    """With the browser's own preflights: no request is intercepted here. In English."""
    person = examples.reporter(72)

    reporter.open()
    reporter.choose_route("Ya")
    expect(reporter.page.get_by_text("Setelah itu hanya KPK yang dapat membukanya.")).to_be_visible()
    reporter.offer_identity(person.person, person.ktp_photo)
    reporter.press("Lanjut")
    reporter.add_evidence(
        file("satu.jpg", "image/jpeg", examples.photo("FOTO REKAAN SATU")),
        file("dua.jpg", "image/jpeg", examples.photo("FOTO REKAAN DUA")),
        file("tiga.pdf", "application/pdf", examples.receipt()),
    )
    expect(reporter.page.get_by_text("3 dari 3 bukti dapat dipakai.")).to_be_visible(timeout=CHECKS_MS)
    reporter.press("Lanjut")
    reporter.fill("Cerita", STORY)
    expect(reporter.page.get_by_label("Jenis perkara")).to_have_count(0)
    expect(reporter.page.get_by_text("KPK menerima berkas asli dan salinan bersih.")).to_be_visible()
    expect(reporter.page.get_by_role("radio")).to_have_count(0)
    reporter.press("English")
    expect(reporter.page.get_by_label("Story")).to_have_value(STORY)
    reporter.press("Indonesia")
    reporter.look_it_over()
    code = reporter.submit()

    reporter.must_have_leaked_nothing(person.person.nik, person.person.full_name, STORY, code)
    reporter.press("Ikuti laporan ini")
    expect(reporter.page.get_by_text("Langsung ke KPK")).to_be_visible()
    reporter.refresh_until("KPK menandatangani bahwa cerita Anda sudah sampai.")
    reporter.refresh_until("KPK sudah menerima seluruh laporan.")
    expect(reporter.page.get_by_text("Tanda terima KPK: ").first).to_be_visible()
    withdraw(reporter)


def withdraw(reporter: Reporter) -> None:
    """What it doesn't do is said before."""
    reporter.page.get_by_text("Menarik laporan", exact=True).click()
    expect(reporter.page.get_by_text("Tidak ada yang dihentikan atau dihapus karenanya")).to_be_visible()
    reporter.press("Ya, catat bahwa saya menarik laporan")
    expect(reporter.page.get_by_text("Penarikan Anda tercatat.")).to_be_visible()
    reporter.refresh_until("Anda menarik laporan")
    expect(reporter.page.get_by_role("button", name="Ya, catat bahwa saya menarik laporan")).to_be_hidden()
