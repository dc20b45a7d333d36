"""The ways through the reporter's page: back from everywhere, nothing typed is lost; and the phone's own language."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect
from reporter_page import PHONE, Reporter
from wbs_client import TrustedKeys
from wbs_local.launch import Running


def test_the_way_back_loses_nothing(reporter: Reporter, keys: TrustedKeys) -> None:
    """From step to step, to the first page and into the report again; and the browser's own "back" asks first."""
    page, nik = reporter.page, "1504990101010001"
    reporter.open()
    reporter.press("Buat laporan")
    may_change_the_language(reporter)
    page.get_by_role("button", name=re.compile("^Tidak")).click()
    reporter.fill("NIK", nik)
    expect(page.get_by_text("Konsep laporan siap.")).to_be_visible()

    reporter.press("Kembali")
    reporter.press("Kembali")
    expect(page.get_by_role("heading", name="Laporkan korupsi dengan aman")).to_be_visible()
    reporter.press("Ikuti laporan saya")
    may_change_the_language(reporter)
    reporter.fill("Kode tanda terima", "0000")
    reporter.press("Kembali")
    reporter.choose_route("Tidak")

    expect(page.get_by_label("NIK")).to_have_value(nik)
    expect(page.get_by_text("Konsep laporan siap.")).to_be_visible()
    assert len([sent for sent in reporter.sent if sent.method == "POST" and sent.url.endswith("/reports")]) == 1
    with page.expect_event("dialog") as asked:
        page.evaluate("setTimeout(() => history.back())")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(page.get_by_label("NIK")).to_have_value(nik)


def may_change_the_language(reporter: Reporter) -> None:
    for choice, heading in (("English", re.compile("Who is|Follow a")), ("Indonesia", re.compile("Siapa|Ikuti"))):
        reporter.press(choice)
        expect(reporter.page.get_by_role("heading", level=1)).to_have_text(heading)


def test_a_phone_that_asks_for_english_is_spoken_to_in_english(browser: Browser, running: Running) -> None:
    page = browser.new_context(viewport=PHONE, locale="en-GB").new_page()

    page.goto(f"http://{running.system.host}:{running.system.ports['intake']}/")

    expect(page.get_by_role("heading", name="Report corruption safely")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.context.close()
