"""An identity that a person found doubtful is mended at the reporter's page, which says what came of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from contracts.letters import Person
from contracts.vocabulary import EvidenceKind, Route
from playwright.sync_api import Page, expect
from reporter_page import Reporter
from staff_page import StaffPage
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, TrustedKeys
from wbs_local import examples
from wbs_local.drawn_cards import draw, invent

STORY = "Cerita rekaan: batu empat puluh truk dibayar, tetapi tidak pernah datang."
HIDING, HIDING_SHOWN = "kuitansi\u202egpj.exe\x1b[2J", "kuitansi[U+202E]gpj.exe[U+001B][2J"


def test_a_reporter_whose_identity_was_found_doubtful_sends_another_one_by_the_page(
    reporter: Reporter, api: PublicApi, keys: TrustedKeys, super_admin: Page, staff: Callable[[str], StaffPage]
) -> None:
    """The first one, another's birth date, was filed by the client."""
    card = invent(74)
    person = Person(
        nik=card.nik,
        full_name=card.full_name,
        birth_date=date(1971, 2, 3),
        sex=card.sex,
        address="Jalan Rekaan 1",
        phone="0812 0000 0000",
        email="",
        occupation="contoh",
    )
    filing = Filing(api, keys, Route.INSPEKTORAT)
    filing.open()
    filing.offer_identity(person, draw(card, 74))
    for number in range(3):
        photo = io.BytesIO(examples.photo(f"FOTO REKAAN {number}"))
        filing.add_evidence(photo, EvidenceKind.PHOTO, f"foto-{number}.jpg")
    filing.submit(StoryDraft(STORY), examples.FACTS)
    find_doubtful(super_admin, str(filing.report_id))

    reporter.open()
    reporter.open_mailbox(str(filing.receipt))
    reporter.refresh_until("Identitas Anda perlu diperbaiki")
    expect(reporter.page.get_by_text("Formulir ini kosong")).to_be_visible()
    reporter.offer_identity(replace(person, birth_date=card.birth_date), draw(card, 74))

    expect(reporter.page.get_by_label("NIK")).to_have_count(0)
    expect(reporter.page.get_by_role("heading", name="Identitas baru sudah dikirim")).to_be_visible()
    expect(reporter.page.get_by_role("heading", name="Identitas Anda perlu diperbaiki")).to_have_count(0)
    reporter.refresh_until("Identitas Anda sudah diperiksa dan diterima. Anda tidak perlu berbuat apa-apa lagi.")
    Mailbox(api, keys, filing.receipt).write(HIDING)
    reporter.refresh_until(HIDING_SHOWN)
    investigator = staff("irban1")
    investigator.await_case(filing.report_id)
    while not investigator.page.get_by_text(STORY).count():
        investigator.open_case(filing.report_id)


def find_doubtful(super_admin: Page, report_id: str) -> None:
    listed = super_admin.get_by_role("listitem").filter(has_text=report_id)
    while listed.count() == 0:
        super_admin.reload()
    listed.get_by_role("link", name="Buka identitas").click()
    super_admin.get_by_role("button", name="Ya, buka identitas").click()
    super_admin.get_by_label("Alasan utama").select_option("birth_date_other_than_nik")
    super_admin.get_by_role("button", name="Nyatakan meragukan").click()
    expect(super_admin.get_by_text("Keputusan dicatat")).to_be_visible()
