"""The list of cases, and what heads alone see and do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

import pytest
from case_management.application import CaseManagement, OpenedLetter
from case_management.read_model import CaseList, TimelineEntry, Wanted
from case_tools import REPORT, app_of, signed_in_as, with_content
from contracts.letters import Message, Purpose
from contracts.vocabulary import CaseStatus, Role
from flask.testing import FlaskClient


def test_the_list_offers_what_there_is_and_marks_what_is_new(browser: FlaskClient, application: CaseManagement) -> None:
    casework = cast(Any, application.casework)
    listed = replace(with_content().file.case, unread=2)
    casework.listed = CaseList((listed,), {CaseStatus.REVIEW: 3, CaseStatus.RECEIVED: 1}, more=True)

    page = browser.get(f"/?status=telaah&q={str(REPORT)[:5].upper()}").text

    assert casework.wanted == [Wanted(CaseStatus.REVIEW, str(REPORT)[:5], None)]
    assert "2 pesan baru" in page
    assert 'aria-current="true">Telaah <span class="count">3</span>' in page
    assert "Diterima" in page
    assert not any(words in page for words in ("Selesai", "Ditolak", "Dilimpahkan"))
    assert f"before={REPORT}" in page
    assert "Muara Bulian" in page


def test_a_line_of_the_list_begins_with_what_tells_it_from_the_others(
    browser: FlaskClient, application: CaseManagement
) -> None:
    cast(Any, application.casework).listed = CaseList((with_content().file.case,), {CaseStatus.REVIEW: 1}, more=False)

    _, _, card = browser.get("/").text.partition('<li class="card">')

    heading, _, facts = card.partition("</h2>")
    assert "Suap · Muara Bulian</a>" in heading
    assert f"<code>{str(REPORT)[:8]}</code>" in heading
    assert re.findall("<dt>([^<]+)</dt>", facts) == ["Laporan masuk", "Perangkat daerah", "Perkiraan kerugian"]


@pytest.mark.parametrize("sought", ["zzz", "%", "a" * 37, "1 OR 1"])
def test_what_begins_no_report_id_is_not_asked_for(
    browser: FlaskClient, application: CaseManagement, sought: str
) -> None:
    page = browser.get("/", query_string={"q": sought}).text

    assert cast(Any, application.casework).wanted == []
    assert "Tidak ada laporan yang cocok" in page


def test_a_head_sees_one_name_for_a_person_wherever_they_stand(application: CaseManagement) -> None:
    opened, hour = with_content(), datetime(2026, 5, 4, tzinfo=UTC)
    told = {"assigned": "pemeriksa1", "message_to_reporter": "pemeriksa1", "moved_on": "klarifikasi pemeriksa1"}
    said = OpenedLetter(uuid4(), Purpose.MESSAGE_TO_REPORTER, hour, "pemeriksa1", Message(text="Terima kasih."))
    file = replace(opened.file, timeline=tuple(TimelineEntry(hour, *each) for each in told.items()))
    cast(Any, application.casework).opened = replace(opened, file=file, messages=(said,))
    app = app_of(application)
    signed_in_as(app, "irban1", Role.IRBAN)

    page = app.test_client().get(f"/cases/{REPORT}").text

    in_form = '<option value="pemeriksa1">'
    assert page.count("Dedi Bulian (pemeriksa1)") == page.count("pemeriksa1") - page.count(in_form) == 6


@pytest.mark.parametrize(
    ("user", "assigned"), [("pemeriksa1", [("pemeriksa1", "e1")]), ("pemeriksa9", []), ("x/y", [])]
)
def test_a_case_is_assigned_to_who_has_the_user_name_now_and_is_an_investigator(
    application: CaseManagement, user: str, assigned: list[tuple[str, str]]
) -> None:
    app = app_of(application)
    signed_in_as(app, "irban1", Role.IRBAN)

    answer = app.test_client().post(f"/cases/{REPORT}/assignments", data={"investigator": user})

    assert answer.status_code == (302 if assigned else 422)
    assert cast(Any, application.casework).assigned == assigned
