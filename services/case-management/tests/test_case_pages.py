"""case-management's pages where something is in the way: what the person typed, and the browser, stay safe."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from case_management import pages
from case_management.application import (
    CaseManagement,
    OpenedCase,
    OpenedCopy,
    OpenedLetter,
    Person,
    StoryUnreadable,
)
from case_management.domain import LetterIdUsed, MayNotMove
from case_management.read_model import (
    CaseFile,
    CaseList,
    Conflict,
    ListedCase,
    PieceOfEvidence,
    TimelineEntry,
    Wanted,
    WrappedLetter,
)
from chassis.clock import Clock
from chassis.service import Process
from chassis.settings import Profile
from chassis.sign_in import Staff, TwoPhases
from chassis.telemetry import Metrics
from chassis.web import make_app
from contracts.letters import EvidenceNote, Message, Purpose, ReporterKeys, Story
from contracts.vocabulary import CaseStatus, ConflictSource, EvidenceKind, IdentityLevel, Role
from flask import Flask, g
from flask.testing import FlaskClient

from chassis import sign_in

REPORT = uuid4()
CASE = ListedCase(
    REPORT,
    datetime(2026, 5, 4, tzinfo=UTC),
    CaseStatus.WAITING_FOR_IDENTITY,
    IdentityLevel.UNSURE,
    3,
    *(None,) * 6,
)


class NoDatabase:
    """Keeps no session: each request is a new browser's."""

    def execute(self, *_: object) -> None:
        return None


class Copy(io.BytesIO):
    size = 4

    def read(self, offset: int | None = 0, length: int = 0) -> bytes:
        return b"copy"


@dataclass
class Casework:
    opened: OpenedCase = field(default_factory=lambda: opened(waits_for_identity=True))
    refusal: Exception | None = field(default_factory=StoryUnreadable)
    listed: CaseList = field(default_factory=lambda: CaseList((), {}, more=False))
    wanted: list[Wanted] = field(default_factory=list)
    moved: list[tuple[object, ...]] = field(default_factory=list)
    assigned: list[tuple[str, str]] = field(default_factory=list)

    def list_cases(self, person: Person, wanted: Wanted) -> CaseList:
        self.wanted.append(wanted)
        return self.listed

    def read_case(self, report_id: UUID, person: Person) -> OpenedCase:
        return self.opened

    def assign_investigator(self, report_id: UUID, investigator: str, entity_id: str, person: Person) -> None:
        self.assigned.append((investigator, entity_id))

    def write_message(self, report_id: UUID, person: Person, letter_id: UUID, text: str) -> None:
        if self.refusal:
            raise self.refusal

    def move_on(self, report_id: UUID, person: Person, status: CaseStatus, letter_id: UUID, note: str) -> None:
        if self.refusal:
            raise self.refusal
        self.moved.append((report_id, status, letter_id, note))


@dataclass
class Viewing:
    media_type: str = "image/png"

    def open_copy(self, report_id: UUID, evidence_id: UUID, person: Person) -> OpenedCopy:
        return OpenedCopy(self.media_type, cast(Any, Copy()))


def opened(waits_for_identity: bool = False, is_unreadable: bool = False) -> OpenedCase:
    file = CaseFile(CASE, None, ("pemeriksa1",), (), (), ())
    return OpenedCase(file, IdentityLevel.UNSURE, waits_for_identity=waits_for_identity, is_unreadable=is_unreadable)


@pytest.fixture
def application() -> CaseManagement:
    return CaseManagement(hearing=cast(Any, None), casework=cast(Any, Casework()), viewing=cast(Any, Viewing()))


@pytest.fixture
def browser(application: CaseManagement) -> FlaskClient:
    app = _app(application)
    _sign_in(app)
    return app.test_client()


def _app(application: CaseManagement) -> Flask:
    settings: Any = SimpleNamespace(profile=Profile.LOCAL)
    app = make_app(
        "case_management",
        Process("web", settings, cast(Any, None), Metrics("case-management", Clock())),
        pages=True,
        translations=[Path(pages.__file__).with_name("translations")],
    )
    sign_in.install(app, cast(TwoPhases, None), cast(Any, NoDatabase()), https=False)
    app.config["WTF_CSRF_ENABLED"] = False
    pages.install(app, application)
    return app


class Directory:
    """OpenBao, asked by a head for the investigators."""

    def read(self, path: str) -> dict[str, Any]:
        names = {"pemeriksa1": "Dedi Bulian", "pemeriksa9": "Yang sudah keluar"}
        group = {"metadata": names, "member_entity_ids": ["e1"]}
        entities = {"pemeriksa1": "e1", "pemeriksa9": "e9"}
        return group if "/group/" in path else {"id": entities[path.rpartition("/")[2]]}


def _sign_in(app: Flask, user: str = "pemeriksa1", role: Role = Role.INVESTIGATOR) -> None:
    def known() -> None:
        g.staff = Staff(user, "e", frozenset({role.value}), cast(Any, Directory()))

    app.before_request(known)


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


RLO = "\u202e"


def with_content(**known: Any) -> OpenedCase:
    """A case with facts, and texts of a reporter who plays with characters that nobody sees."""
    hour, piece = datetime(2026, 5, 4, tzinfo=UTC), uuid4()
    facts = ("suap", "15.04.03", "dpmd", "2025-01", "2025-06", "tidak_tahu")
    listed = ListedCase(REPORT, hour, CaseStatus.REVIEW, IdentityLevel.CONSISTENT, 1, *facts)
    note = EvidenceNote(
        evidence_id=piece, kind=EvidenceKind.PHOTO, name=f"foto{RLO}gpj.exe", description=f"terbalik{RLO}"
    )
    story = Story(
        text=f"Cerita{RLO}",
        answers={"how": "Lewat kuitansi", f"tanya{RLO}": f"jawab{RLO}"},
        evidence=(note,),
        reporter_keys=ReporterKeys(encryption={}, signing={}),
    )
    said = OpenedLetter(uuid4(), Purpose.MESSAGE_FROM_REPORTER, hour, None, Message(text=f"Pesan\x00{RLO}"))
    file = CaseFile(
        listed,
        None,
        ("pemeriksa1",),
        (WrappedLetter(1, REPORT, Purpose.STORY, hour, "w", None),),
        (PieceOfEvidence(piece, None, None, None, None, has_no_copy=True),),
        (TimelineEntry(hour, "moved_on", "klarifikasi pemeriksa1"),),
        **known,
    )
    told = OpenedLetter(REPORT, Purpose.STORY, hour, None, story)
    return OpenedCase(file, IdentityLevel.CONSISTENT, told, (said,), next_statuses=(CaseStatus.CLARIFICATION,))


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


def test_a_head_sees_one_name_for_a_person_wherever_they_stand(application: CaseManagement) -> None:
    opened, hour = with_content(), datetime(2026, 5, 4, tzinfo=UTC)
    told = {"assigned": "pemeriksa1", "message_to_reporter": "pemeriksa1", "moved_on": "klarifikasi pemeriksa1"}
    said = OpenedLetter(uuid4(), Purpose.MESSAGE_TO_REPORTER, hour, "pemeriksa1", Message(text="Terima kasih."))
    file = replace(opened.file, timeline=tuple(TimelineEntry(hour, *each) for each in told.items()))
    cast(Any, application.casework).opened = replace(opened, file=file, messages=(said,))
    app = _app(application)
    _sign_in(app, "irban1", Role.IRBAN)

    page = app.test_client().get(f"/cases/{REPORT}").text

    in_form = '<option value="pemeriksa1">'
    assert page.count("Dedi Bulian (pemeriksa1)") == page.count("pemeriksa1") - page.count(in_form) == 6


@pytest.mark.parametrize(
    ("user", "assigned"), [("pemeriksa1", [("pemeriksa1", "e1")]), ("pemeriksa9", []), ("x/y", [])]
)
def test_a_case_is_assigned_to_who_has_the_user_name_now_and_is_an_investigator(
    application: CaseManagement, user: str, assigned: list[tuple[str, str]]
) -> None:
    app = _app(application)
    _sign_in(app, "irban1", Role.IRBAN)

    answer = app.test_client().post(f"/cases/{REPORT}/assignments", data={"investigator": user})

    assert answer.status_code == (302 if assigned else 422)
    assert cast(Any, application.casework).assigned == assigned
