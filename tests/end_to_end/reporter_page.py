"""Somebody at the reporter's page, on a phone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from contracts.letters import Person
from playwright.sync_api import Browser, FilePayload, Page, Request, expect
from wbs_local.launch import Running

PHONE = {"width": 360, "height": 740}
CHECKS_MS = 120_000  # reading a card and looking through files, while other tests run


class Reporter:
    """Somebody at the reporter's page, and all that the network saw of them."""

    def __init__(self, browser: Browser, running: Running) -> None:
        self.ports = running.system.ports
        self.url = f"http://{running.system.host}:{self.ports['intake']}/"
        self.page: Page = browser.new_context(viewport=PHONE, locale="id-ID").new_page()
        self.page.set_default_timeout(20_000)
        self.sent: list[Request] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.sent.append(request))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', event => (window.violations ??= []).push(event.blockedURI))"
        )

    def open(self) -> None:
        self.page.goto(self.url)
        expect(self.page.get_by_text("Kunci layanan sesuai")).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose_route(self, label: str) -> None:
        self.press("Buat laporan")
        self.page.get_by_role("button", name=re.compile(f"^{label}")).click()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label).fill(value)

    def select(self, label: str, value: str) -> None:
        self.page.get_by_label(label).select_option(value)

    def offer_identity(self, person: Person, ktp_photo: bytes) -> None:
        self.fill("NIK", person.nik)
        self.fill("Nama lengkap", person.full_name)
        self.fill("Tanggal lahir", person.birth_date.isoformat())
        self.select("Jenis kelamin", person.sex)
        self.fill("Alamat", person.address)
        self.fill("Nomor telepon", "0812 0000 0000")
        self.fill("Pekerjaan", person.occupation)
        self.page.get_by_label("Foto KTP", exact=True).set_input_files(file("ktp-saya.jpg", "image/jpeg", ktp_photo))
        expect(self.page.get_by_role("img", name="Foto KTP yang akan dikirim")).to_be_visible()
        self.press("Kirim untuk diperiksa")
        expect(self.page.get_by_text("Identitas terkirim")).to_be_visible()

    def add_evidence(self, *files: FilePayload) -> None:
        """Chosen at once, and sent one after another by one tap."""
        self.page.get_by_label("Pilih berkas").set_input_files(list(files))
        self.press(f"Unggah semua ({len(files)})")

    def tell_facts(self) -> None:
        self.select("Jenis perkara", "dana_desa")
        self.select("Kecamatan tempat kejadian", "15.04.03")
        self.select("Perangkat daerah yang dilaporkan", "dpmd")
        self.fill("Dari bulan", "2025-01")
        self.fill("Sampai bulan", "2025-06")
        self.select("Perkiraan kerugian", "100_juta_1_miliar")

    def look_it_over(self) -> None:
        self.press("Lanjut")
        expect(self.page.get_by_role("heading", name="Periksa sebelum dikirim")).to_be_visible()

    def open_mailbox(self, code: str) -> None:
        self.press("Ikuti laporan saya")
        self.fill("Kode tanda terima", code)
        self.press("Buka")

    def submit(self) -> str:
        """Gives the receipt code."""
        self.press("Kirim laporan")
        expect(self.page.get_by_role("heading", name="Laporan diterima")).to_be_visible(timeout=CHECKS_MS)
        expect(self.page.get_by_text("Janji itu tentang cerita yang baru Anda kirim.")).to_be_visible()
        return self.page.locator(".receipt-code").inner_text()

    def report_id(self) -> str:
        return self.page.get_by_text("Nomor laporan").locator(".code").inner_text()

    def refresh_until(self, text: str) -> None:
        """The test's timeout ends a wait in vain."""
        while not self.page.get_by_text(text).count():
            self.press("Perbarui")
            expect(self.page.get_by_text("Mengambil dan membuka kabar")).to_be_hidden()

    def must_have_leaked_nothing(self, *secrets: str) -> None:
        own = {f"127.0.0.1:{self.ports[port]}" for port in ("intake", "evidence")}
        assert {urlsplit(request.url).netloc for request in self.sent if not request.url.startswith("blob:")} <= own
        assert any("locked_keys" in body(request) for request in self.sent), "bodies are seen at all"
        seen = [f"{request.url} {request.headers} {body(request)}" for request in self.sent]
        assert [secret for secret in secrets if any(secret in text for text in seen)] == []
        assert self.faults == []
        kept = "[localStorage.length, sessionStorage.length, document.cookie, window.violations ?? []]"
        assert self.page.evaluate(kept) == [0, 0, "", []]
        assert self.page.context.cookies() == []
        assert self.page.title() == "WBS Batanghari"
        assert self.page.evaluate("history.state") is None
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def body(request: Request) -> str:
    """As text; the bytes of an upload are the file itself, which evidence seals as it streams in."""
    return (request.post_data_buffer or b"").decode(errors="replace") if request.method != "PATCH" else ""


def file(name: str, media_type: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": media_type, "buffer": content}
