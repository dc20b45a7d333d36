"""An identity goes from a reporter's client through the checks; what is unsure waits for the Super Admin's look."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from contracts.letters import Person
from contracts.vocabulary import EvidenceKind, Route
from playwright.sync_api import Page, expect
from reporter_page import PHONE
from wbs_client import Filing, PublicApi, StoryDraft, TrustedKeys
from wbs_local import examples
from wbs_local.drawn_cards import Card, draw, draw_screenshot, invent

STORY = StoryDraft("Cerita rekaan: kuitansi perjalanan dinas yang tidak pernah dilakukan.")


def person(card: Card, **other: Any) -> Person:
    given = {"nik": card.nik, "full_name": card.full_name, "birth_date": card.birth_date, "sex": card.sex}
    contact = {"address": "Jalan Rekaan 1", "phone": "0800000000", "email": "rekaan@contoh.invalid"}
    return Person(**{**given, **contact, "occupation": "contoh", **other})


@pytest.fixture
def filing(api: PublicApi, keys: TrustedKeys) -> Filing:
    made = Filing(api, keys, Route.INSPEKTORAT)
    made.open()
    return made


def identity_of(filing: Filing, holds: Callable[[Any], bool]) -> Any:
    """What the service says of the offered identity, once it is as awaited; the test's timeout ends a wait in vain."""
    while not holds(found := filing.state()["identity"]):
        pass
    return found


def is_checked(identity: Any) -> bool:
    return identity is not None and identity.get("outcome") is not None


def test_a_true_card_is_found_consistent_and_a_screenshot_is_not(filing: Filing) -> None:
    card = invent(51)

    filing.offer_identity(person(card), draw_screenshot(card))
    first = identity_of(filing, is_checked)
    mended = filing.offer_identity(person(card), draw(card, 51))
    second = identity_of(filing, lambda found: found["offer_id"] == str(mended) and is_checked(found))

    assert (first["outcome"], first["reasons"]) == ("inconsistent", ["photo_not_of_a_card"])
    assert (second["outcome"], second["reasons"]) == ("consistent", [])


def test_another_birth_date_than_the_niks_waits_for_the_super_admins_look(filing: Filing, super_admin: Page) -> None:
    card = invent(52)
    reporter = person(card, birth_date=date(1971, 2, 3))
    filing.offer_identity(reporter, draw(card, 52))
    for number in range(3):
        filing.add_evidence(io.BytesIO(draw(invent(60 + number), number)), EvidenceKind.PHOTO, f"foto-{number}.jpg")
    identity_of(filing, is_checked)
    filing.submit(STORY, examples.FACTS)
    listed = super_admin.get_by_role("listitem").filter(has_text=str(filing.report_id))

    while listed.count() == 0:
        super_admin.reload()
    shown_before = super_admin.content()
    listed.get_by_role("link", name="Buka identitas").click()
    expect(super_admin.get_by_text("tidak dapat dihapus")).to_be_visible()
    super_admin.get_by_role("button", name="Ya, buka identitas").click()
    expect(super_admin.get_by_text(reporter.full_name)).to_be_visible()
    photo = super_admin.get_by_role("img", name="Foto KTP yang dikirim pelapor")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.naturalWidth") >= 1000
    assert super_admin.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(super_admin.get_by_text(re.compile("Pembukaan ini tercatat sebagai rev-"))).to_be_visible()
    super_admin.get_by_role("button", name="Nyatakan meragukan").click()  # a reason is asked for; the look stays
    expect(super_admin.get_by_text(reporter.full_name)).to_be_visible()
    super_admin.get_by_role("button", name="Nyatakan cocok").click()

    expect(super_admin.get_by_text("Keputusan dicatat")).to_be_visible()
    assert reporter.full_name not in shown_before
    assert str(filing.report_id) not in super_admin.content()
