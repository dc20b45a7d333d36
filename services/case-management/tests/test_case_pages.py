"""case-management's pages where something is in the way: what the person typed, and the browser, stay safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

import pytest
from case_management import pages
from case_management.application import CaseManagement
from case_management.domain import LetterIdUsed, MayNotMove
from case_management.read_model import Conflict, PieceOfEvidence, TimelineEntry
from case_tools import REPORT, RLO, opened, with_content
from contracts.vocabulary import CaseStatus, ConflictSource, IdentityLevel, Role
from flask.testing import FlaskClient


def test_a_message_that_cannot_be_sealed_any_more_is_shown_again_with_the_reason(browser: FlaskClient) -> None:
    """The identity was found doubtful after the page was loaded."""
    letter_id = uuid4()

    answer = browser.post(f"/cases/{REPORT}/messages", data={"letter_id": str(letter_id), "text": "Apakah <ada> nota?"})

    assert answer.status_code == 409
    assert "Pesan Anda belum terkirim" in answer.text
    assert "Apakah &lt;ada&gt; nota?</textarea>" in answer.text
    assert f'name="letter_id" value="{letter_id}"' in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_case_that_waits_says_for_what_and_promises_no_deadline(browser: FlaskClient) -> None:
    page = browser.get(f"/cases/{REPORT}").text

    assert "sampai identitas pelapor dipastikan" in page
    assert "enggat" not in page


def test_the_page_of_a_case_whose_key_is_missing_says_so(browser: FlaskClient, application: CaseManagement) -> None:
    cast(Any, application.casework).opened = opened(is_unreadable=True)

    answer = browser.get(f"/cases/{REPORT}")

    assert answer.status_code == 200
    assert "kuncinya tidak ada" in answer.text
    assert "Laporan tanpa isi" in answer.text


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "x"])
def test_a_copy_that_no_browser_shows_safely_is_saved(
    browser: FlaskClient, application: CaseManagement, media_type: str
) -> None:
    cast(Any, application.viewing).media_type = media_type

    answer = browser.get(f"/cases/{REPORT}/evidence/{uuid4()}")

    assert answer.data == b"copy"
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


def test_a_picture_is_shown_and_no_script_could_run_in_it(browser: FlaskClient) -> None:
    answer = browser.get(f"/cases/{REPORT}/evidence/{uuid4()}")

    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Content-Security-Policy"] == pages.SANDBOXED
    assert "script" not in pages.SANDBOXED


def test_a_question_is_shown_as_the_reporter_was_asked_it(browser: FlaskClient, application: CaseManagement) -> None:
    cast(Any, application.casework).opened = with_content()

    page = browser.get(f"/cases/{REPORT}").text

    assert "Bagaimana caranya?" in page


def test_what_a_reporter_wrote_turns_nothing_around(browser: FlaskClient, application: CaseManagement) -> None:
    cast(Any, application.casework).opened = with_content()

    page = browser.get(f"/cases/{REPORT}").text

    assert RLO not in page
    assert "\x00" not in page
    for shown in ("foto[U+202E]gpj.exe", "terbalik[U+202E]", "Cerita[U+202E]", "tanya[U+202E]", "jawab[U+202E]"):
        assert f"<bdi>{shown}</bdi>" in page
    assert "<bdi>Pesan[U+0000][U+202E]</bdi>" in page


def test_a_case_is_described_in_words(browser: FlaskClient, application: CaseManagement) -> None:
    cast(Any, application.casework).opened = with_content()

    page = browser.get(f"/cases/{REPORT}").text
    english = browser.get(f"/cases/{REPORT}", headers={"Accept-Language": "en"}).text

    for words in ("Muara Bulian", "Dinas Pemberdayaan Masyarakat dan Desa", "Januari 2025", "Juni 2025"):
        assert words in page
    for named in ("<dt>Kecamatan</dt>", "<dt>Perangkat daerah</dt>", ">Cerita</h2>"):  # as the reporter's page has it
        assert named in page
    assert '<span class="person-role">Pemeriksa</span>' in page
    for words in ("Village empowerment office", "<dt>District</dt>", ">Story</h2>"):
        assert words in english
    assert not any(code in page + english for code in ("15.04.03", "dpmd", "2025-01"))


def test_a_conflict_is_shown_with_who_may_no_longer_open_the_case(
    browser: FlaskClient, application: CaseManagement
) -> None:
    hour = datetime(2026, 5, 4, tzinfo=UTC)
    opened = with_content(conflicts=(Conflict(Role.INSPEKTUR, ConflictSource.KPK),))
    entry = TimelineEntry(hour, "conflict_declared", "kpk inspektur irban")
    cast(Any, application.casework).opened = replace(opened, file=replace(opened.file, timeline=(entry,)))

    page = browser.get(f"/cases/{REPORT}").text

    assert "Inspektur (dinyatakan oleh KPK)." in page
    assert "Benturan kepentingan dinyatakan oleh KPK; kasus tertutup bagi: Inspektur, Inspektur Pembantu" in page


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (IdentityLevel.UNSURE, "dipastikan oleh Super Admin"),
        (IdentityLevel.DOUBTFUL, "pelapor diminta mengirim yang benar"),
        (IdentityLevel.NOT_YET_CHECKED, "sedang diperiksa"),
    ],
)
def test_a_case_that_waits_says_whose_turn_it_is(
    browser: FlaskClient, application: CaseManagement, level: IdentityLevel, said: str
) -> None:
    cast(Any, application.casework).opened = replace(opened(waits_for_identity=True), level=level)

    assert said in browser.get(f"/cases/{REPORT}").text


def test_a_form_that_was_used_for_another_message_keeps_what_was_typed(
    browser: FlaskClient, application: CaseManagement
) -> None:
    casework, letter_id = cast(Any, application.casework), uuid4()
    casework.refusal, casework.opened = LetterIdUsed(), with_content()

    answer = browser.post(f"/cases/{REPORT}/messages", data={"letter_id": str(letter_id), "text": "Lain lagi"})

    assert answer.status_code == 409
    assert "sudah dipakai untuk pesan lain" in answer.text
    assert "Lain lagi</textarea>" in answer.text
    assert str(letter_id) not in answer.text


def test_who_works_on_a_case_moves_it_on_with_a_note(browser: FlaskClient, application: CaseManagement) -> None:
    casework, letter_id = cast(Any, application.casework), uuid4()
    casework.refusal, casework.opened = None, with_content()
    form = {"letter_id": str(letter_id), "status": "klarifikasi", "note": " Kami mulai. "}

    page = browser.get(f"/cases/{REPORT}").text
    answer = browser.post(f"/cases/{REPORT}/status", data=form)

    assert '<option value="klarifikasi">Klarifikasi</option>' in page
    assert "Status menjadi Klarifikasi, oleh pemeriksa1" in page
    assert answer.status_code == 302
    assert casework.moved == [(REPORT, CaseStatus.CLARIFICATION, letter_id, "Kami mulai.")]


def test_a_status_that_is_out_of_reach_by_now_is_said_in_words(
    browser: FlaskClient, application: CaseManagement
) -> None:
    cast(Any, application.casework).refusal = MayNotMove()
    form = {"letter_id": str(uuid4()), "status": "klarifikasi"}

    answer = browser.post(f"/cases/{REPORT}/status", data=form, headers={"Accept": "text/html"})
    nonsense = browser.post(f"/cases/{REPORT}/status", data={**form, "status": "x"})

    assert answer.status_code == 409
    assert "sudah berstatus lain" in answer.text
    assert nonsense.status_code == 422


def test_a_piece_says_whether_it_came_with_the_report(browser: FlaskClient, application: CaseManagement) -> None:
    opened, hour = with_content(), datetime(2026, 5, 6, 3, tzinfo=UTC)
    late = PieceOfEvidence(uuid4(), None, None, None, None, has_no_copy=False, came_later=hour)
    file = replace(opened.file, evidence=(*opened.file.evidence, late))
    cast(Any, application.casework).opened = replace(opened, file=file)

    page = browser.get(f"/cases/{REPORT}").text

    with_report, later = page.split("Menyusul setelah laporan")
    assert with_report.count("Dikirim bersama laporan") == 1
    assert "06-05-2026, 10.00 WIB" in later
    assert "Dikirim bersama laporan" not in later
