"""What KPK's officer sees and says: the report opened with KPK's key, and answers that only the reporter opens."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from contracts.encoding import canonical
from contracts.letters import Expected, Purpose, open_letter
from contracts.parcels import verify_statement
from contracts.vocabulary import Role, Route
from PIL import Image
from sandbox_tools import PERSON, Report, Sandbox


def photo() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((900, 900), 80).save(written, "JPEG", quality=97)
    return written.getvalue()


def file_path(sandbox: Sandbox, report: Report, number: int = 0) -> str:
    page = sandbox.page(f"/reports/{report.report_id}")
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    return [link for link in links if "/files/" in link][number]


def test_a_report_is_shown_whole(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(
        report.story("Jembatan tidak pernah dibangun."),
        report.original(0, photo()),
        report.original(1, b"%PDF-1.7 rekaan", "application/pdf"),
        report.identity(photo()),
        report.message("Ada saksi lain."),
        report.withdrawal(),
    )

    page = sandbox.page(f"/reports/{report.report_id}")

    for text in (
        "Jembatan tidak pernah dibangun.",
        "Siapa yang terlibat?",
        "Kepala desa",
        "Papan proyek, difoto sendiri",
        "Kuitansi batu",
        PERSON.full_name,
        PERSON.nik,
        "Ada saksi lain.",
        "Pelapor menarik laporan",
        "2 dari 2 berkas utuh",
        "cerita utuh",
    ):
        assert text in page


def test_a_report_of_the_inspektorat_brings_its_facts_and_no_pen(
    sandbox: Sandbox, new_report: Callable[..., Report]
) -> None:
    report = new_report(Route.INSPEKTORAT)
    sandbox.send(report.story())

    page = sandbox.page(f"/reports/{report.report_id}", "en")

    assert "Village fund" in page
    assert "Approved by the Inspektur" in page
    assert 'name="text"' not in page


def test_the_list_says_what_has_come(sandbox: Sandbox, report: Report) -> None:
    parcel = report.original(0, photo())
    sandbox.announce(report.story())  # the manifest, and nothing of the letter
    sandbox.send(parcel)

    (card,) = [part for part in sandbox.page("/").split("<li") if str(report.report_id) in part]

    assert "cerita belum tiba" in card
    assert "1 dari 2 berkas utuh" in card


def test_a_tampered_file_is_shown_broken_and_not_given_out(sandbox: Sandbox, report: Report) -> None:
    parcel = report.original(0, photo(), tampered=True)
    sandbox.send(report.story(), parcel)

    page = sandbox.page(f"/reports/{report.report_id}")
    file = sandbox.officer().get(f"{sandbox.pages}/reports/{report.report_id}/files/{parcel.manifest.parcel_id}")

    assert "rusak" in page
    assert "0 dari 2 berkas utuh" in page
    assert file.status_code == 404


def test_a_file_is_read_by_ranges_and_runs_nothing(sandbox: Sandbox, report: Report) -> None:
    plain = photo()
    sandbox.send(report.story(), report.original(0, plain))
    url = f"{sandbox.pages}{file_path(sandbox, report)}"

    whole = sandbox.officer().get(url)
    part = sandbox.officer().get(url, headers={"Range": "bytes=1000-1999"})
    beyond = sandbox.officer().get(url, headers={"Range": f"bytes={len(plain)}-"})

    assert whole.content == plain
    assert (part.status_code, part.content) == (206, plain[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(plain)}"
    assert beyond.status_code == 416
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Type"] == "image/jpeg"
    assert whole.headers["Content-Disposition"] == "inline"


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/msword"])
def test_what_a_browser_might_run_is_only_saved(sandbox: Sandbox, report: Report, media_type: str) -> None:
    sandbox.send(report.story(), report.original(0, b"<script>alert(1)</script>", media_type))

    file = sandbox.officer().get(f"{sandbox.pages}{file_path(sandbox, report)}")

    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"] == "attachment"


def test_an_answer_opens_with_the_reporters_key_only_and_is_signed_by_kpk(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story())
    before = max((each["number"] for each in sandbox.statements()), default=0)

    sandbox.fill_in(report, "messages", text="Siapa saksinya?")
    (spoken,) = sandbox.statements(before)
    statement = verify_statement(spoken["statement"], sandbox.people.writers)
    letter = canonical(statement.letter)
    opened = open_letter(
        letter,
        Expected(report.report_id, Route.KPK, Purpose.MESSAGE_TO_REPORTER),
        report.reporter.encryption,
        sandbox.people.writers,
    )

    assert opened.body.text == "Siapa saksinya?"
    assert opened.writer == "kpk:sandbox-sig"
    assert "Siapa saksinya?" in sandbox.page(f"/reports/{report.report_id}")


def test_a_conflict_names_whom_it_concerns(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story())
    before = max((each["number"] for each in sandbox.statements()), default=0)

    sandbox.fill_in(report, "conflicts", concerns=["inspektur", "irban"])
    (spoken,) = sandbox.statements(before)

    statement = verify_statement(spoken["statement"], sandbox.people.writers)
    assert statement.concerns == (Role.INSPEKTUR, Role.IRBAN)


def test_a_form_of_another_site_is_refused(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story())

    answer = sandbox.officer().post(
        f"{sandbox.pages}/reports/{report.report_id}/status", data={"status": "selesai_kpk"}, allow_redirects=False
    )

    assert answer.status_code == 400


def test_the_pages_answer_to_no_other_name(sandbox: Sandbox) -> None:
    assert sandbox.officer().get(sandbox.pages, headers={"Host": "evil.example"}).status_code == 400


def test_no_page_lets_a_script_in(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story("<script>alert(1)</script>"))

    answer = sandbox.officer().get(f"{sandbox.pages}/reports/{report.report_id}")

    assert "<script" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")


@pytest.mark.parametrize(("language", "text"), [("id", "Laporan masuk"), ("en", "Reports received"), ("fr", "Laporan")])
def test_pages_speak_the_readers_language(sandbox: Sandbox, language: str, text: str) -> None:
    assert text in sandbox.page("/", language)


HOSTILE = "pdf.\u202egpj.exe \x1b[2J\u2066 \x00"
SHOWN = "pdf.[U+202E]gpj.exe [U+001B][2J[U+2066] [U+0000]"


def test_what_others_wrote_hides_nothing_and_turns_nothing_around(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story(HOSTILE), report.message(HOSTILE))

    page = sandbox.page(f"/reports/{report.report_id}")

    assert page.count(SHOWN) == 2
    assert not {"\u202e", "\u2066", "\x1b", "\x00"} & set(page)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ("Muara Bulian", "Dinas Pemberdayaan Masyarakat", "Januari 2025 – Juni 2025")),
        ("en", ("Muara Bulian", "Village empowerment office", "January 2025 – June 2025")),
    ],
)
def test_codes_are_shown_as_words(
    sandbox: Sandbox, new_report: Callable[..., Report], language: str, words: tuple[str, ...]
) -> None:
    report = new_report(Route.INSPEKTORAT)
    sandbox.send(report.story())

    page = sandbox.page(f"/reports/{report.report_id}", language)

    assert [text for text in words if text not in page] == []
    assert [code for code in ("15.04.03", "dpmd", "2025-01") if code in page] == []


@pytest.mark.parametrize(("language", "sex"), [("id", "Perempuan"), ("en", "Female")])
def test_a_sex_is_shown_as_a_word(sandbox: Sandbox, report: Report, language: str, sex: str) -> None:
    sandbox.send(report.story(), report.identity(photo()))

    assert f"<dd>{sex}</dd>" in sandbox.page(f"/reports/{report.report_id}", language)


def test_an_unreadable_letter_is_named_in_words(sandbox: Sandbox, report: Report) -> None:
    sandbox.send(report.story(), report.original(0, photo(), tampered=True))

    page = sandbox.page(f"/reports/{report.report_id}")

    assert "Surat tidak terbaca" in page
    assert "original-key-for-kpk" not in page


JUNK: tuple[dict[str, object], ...] = (
    {"slow_seconds": "nan"},
    {"slow_seconds": 1e999},
    {"refuse_calls": "9" * 400},
    {"wrong_receipts": -1},
    {"cut_after_bytes": [1]},
    {"slow_seconds": "1_0e5"},
    {"refuse_calls": {"a": 1}},
    {"refuse_calls": True},
)


@pytest.mark.parametrize("plan", JUNK, ids=str)
def test_a_fault_that_is_no_number_in_reason_is_refused_and_changes_nothing(
    sandbox: Sandbox, plan: dict[str, object]
) -> None:
    answer = sandbox.officer().put(
        f"{sandbox.pages}/faults", data=json.dumps(plan), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Isian tidak sah"
    assert sandbox.statements() is not None


@pytest.mark.parametrize("body", ["[]", "{", "null", "\x00"])
def test_faults_that_are_no_json_object_are_a_problem(sandbox: Sandbox, body: str) -> None:
    answer = sandbox.officer().put(f"{sandbox.pages}/faults", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "language", "title"),
    [
        ("/nowhere", "id", "Tidak ditemukan"),
        ("/nowhere", "en", "Not found"),
        ("/reports/00000000-0000-0000-0000-000000000000", "id", "Tidak ditemukan"),
    ],
)
def test_an_error_is_a_page_in_the_readers_language(sandbox: Sandbox, path: str, language: str, title: str) -> None:
    headers = {"Accept-Language": language, "Accept": "text/html"}

    answer = sandbox.officer().get(f"{sandbox.pages}{path}", headers=headers)

    assert answer.status_code == 404
    assert f"<h1>{title}</h1>" in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_a_form_with_junk_is_a_page_that_says_so(sandbox: Sandbox) -> None:
    with sandbox.officer() as officer:
        token = officer.get(f"{sandbox.pages}/faults").text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = officer.post(f"{sandbox.pages}/faults", data={"csrf_token": token, "slow_seconds": "inf"})

    assert answer.status_code == 422
    assert "<h1>Isian tidak sah</h1>" in answer.text


def test_the_api_s_problems_are_told_in_the_callers_language(sandbox: Sandbox) -> None:
    titles = {
        language: sandbox.client().get(f"{sandbox.api}/nowhere", headers={"Accept-Language": language}).json()["title"]
        for language in ("id", "en")
    }

    assert titles == {"id": "Tidak ditemukan", "en": "Not found"}
