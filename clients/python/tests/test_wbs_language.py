"""`wbs` speaks Indonesian or English, all of it, in words; and what others wrote can't steer the terminal."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import wbs_client
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result
from contracts.vocabulary import CaseStatus, EvidenceKind, IdentityReason, KpkStatus, QuarantineReason, Route
from fake_service import FINGERPRINT, FakeService, served
from test_wbs_command import REPORT
from wbs_client import language, status_text
from wbs_client.command import main
from wbs_client.failures import explained
from wbs_client.mailbox import Event, LatePiece, Message, Status
from wbs_client.proofs import InLog, KpkDelivery
from wbs_client.public_api import Problem
from wbs_client.terminal import say

PACKAGE = Path(wbs_client.__file__).parent
CATALOGUE = PACKAGE / "translations/en/LC_MESSAGES/messages.po"
NOON = datetime(2026, 7, 1, 5, tzinfo=UTC)
SAYS = {"say", "echo", "secho", "prompt", "Failure", "ClickException"}  # what reaches people
HARMLESS = {"fg", "cls", "file", "envvar"}
HOSTILE = "\x1b[2J\u202ejadi\x00\x07"
SHOWN = "[U+001B][2J[U+202E]jadi[U+0000][U+0007]"


@pytest.fixture
def service() -> Iterator[FakeService]:
    with served() as made:
        yield made


@pytest.fixture(autouse=True)
def indonesian_again() -> Iterator[None]:
    yield
    language.speak("id")


def report(folder: Path, **more: object) -> Path:
    (folder / "ktp.jpg").write_bytes(b"invented")
    path = folder / "report.json"
    path.write_text(json.dumps({**REPORT, **more}))
    return path


def wbs(service: FakeService, chosen: str, *arguments: str) -> Result:
    options = ["--language", chosen, "--url", service.url, "--fingerprint", FINGERPRINT, "--patience", "0.2"]
    return CliRunner().invoke(main, [*options, *arguments])


def a_status(text: str = "Pesan") -> Status:
    events = [Event(NOON, what, None) for what in status_text.WHAT]
    return Status(
        report_id=UUID(int=1),
        route=Route.INSPEKTORAT,
        status=CaseStatus.WAITING_FOR_IDENTITY,
        timeline=(*events, Event(NOON, "kpk_status", KpkStatus.IN_REVIEW)),
        messages=(Message(UUID(int=2), NOON, "investigator:v1", text), Message(UUID(int=3), NOON, "kpk:2026", "x")),
        late_evidence=(
            LatePiece(UUID(int=4), EvidenceKind.TRANSACTION, "kuitansi", True, None),
            LatePiece(UUID(int=5), EvidenceKind.PHOTO, "", True, QuarantineReason.INFECTED),
            LatePiece(UUID(int=6), EvidenceKind.VIDEO, "rekaman", False, None),
        ),
        distrusted=1,
        in_log=InLog.PROVED,
        kpk=KpkDelivery("KPK-1", True, KpkStatus.IN_REVIEW, True, 3, (), 2),
        identity_wanted=tuple(IdentityReason),
        is_erased=False,
        promise="",
    )


def shown(status: Status) -> str:
    return "\n".join([status_text.standing(status), *status_text.lines(status), *status_text.warnings(status)])


def literals(tree: ast.AST) -> Iterator[str]:
    """Texts with letters that no translation goes over."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in ("_", "_l"):
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str) and any(each.isalpha() for each in tree.value):
        yield tree.value
    if isinstance(tree, ast.FormattedValue):
        yield from literals(tree.value)
    elif not isinstance(tree, ast.keyword) or tree.arg not in HARMLESS:
        for child in ast.iter_child_nodes(tree):
            yield from literals(child)


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        name = getattr(getattr(node, "func", None), "id", None) or getattr(getattr(node, "func", None), "attr", None)
        if isinstance(node, ast.Call) and name in SAYS:
            yield node


def test_nothing_is_said_that_no_translation_goes_over() -> None:
    said = {text for path in PACKAGE.glob("*.py") for call in calls(path) for text in literals(call)}

    assert said == set()


def test_only_one_way_leads_to_the_terminal() -> None:
    direct = [
        path.name for path in PACKAGE.glob("*.py") if "click.echo" in path.read_text() or "secho" in path.read_text()
    ]

    assert direct == ["terminal.py"]


def test_help_is_said_in_the_language_that_is_asked_for() -> None:
    texts = {chosen: CliRunner().invoke(main, ["--language", chosen, "--help"]).output for chosen in ("id", "en")}

    assert "Alamat layanan" in texts["id"]
    assert "Address of the service" in texts["en"]
    assert "layanan" not in texts["en"]
    commands = CliRunner().invoke(main, ["--language", "en", "file", "--help"]).output
    assert "File a report from the JSON file" in commands
    assert "Show this help" in commands


def test_a_report_is_filed_in_english_without_a_word_of_indonesian(service: FakeService, tmp_path: Path) -> None:
    result = wbs(service, "en", "file", str(report(tmp_path)))

    assert result.exit_code == 0, result.output
    assert "The report is received" in result.output
    with CATALOGUE.open("rb") as file:
        texts = [str(each.id) for each in read_po(file) if each.id and "%" not in str(each.id)]
    assert [text for text in texts if text in result.output] == []
    assert service.languages == {"en"}


def test_the_service_is_asked_in_the_chosen_language_for_uploads_too(service: FakeService, tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"x")
    piece = {"path": "x.jpg", "kind": "foto", "name": "Foto"}

    result = wbs(service, "en", "file", str(report(tmp_path, evidence=[piece])))

    assert result.exit_code == 1
    assert "This didn't work: Berkas ditolak" in result.output
    assert service.languages == {"en"}


@pytest.mark.parametrize("chosen", language.LANGUAGES)
def test_a_status_is_shown_in_words(chosen: str) -> None:
    language.speak(chosen)

    text = shown(a_status())

    codes = {"menunggu_identitas", "ditelaah_kpk", "inspektorat,", "investigator:v1", "kpk:2026", *status_text.WHAT}
    codes |= {reason.value for reason in IdentityReason}
    assert [code for code in codes if code in text] == []
    assert "2026-07-01 12:00 WIB" in text


def test_the_words_of_a_status_are_those_of_the_language() -> None:
    language.speak("id")
    assert "Pemeriksa, " in shown(a_status())
    assert "Menunggu identitas · Inspektorat Daerah" in shown(a_status())
    assert "Bukti susulan: kuitansi · Bukti transaksi. Tersimpan, lolos pemeriksaan." in shown(a_status())
    assert "Bukti susulan: Foto. Tersimpan, tetapi tidak lolos pemeriksaan: berisi virus." in shown(a_status())

    language.speak("en")
    assert "Investigator, " in shown(a_status())
    assert "Waiting for the identity · Regional inspectorate" in shown(a_status())
    assert "Status at KPK: Under review at KPK" in shown(a_status())
    assert "Late evidence: rekaman · Video. Kept, being checked." in shown(a_status())


def test_a_problem_without_words_is_told_in_ours() -> None:
    language.speak("en")

    assert explained(Problem(502, {})) == "The service answered with error 502."


def test_what_the_service_wrote_can_not_steer_the_terminal(service: FakeService, tmp_path: Path) -> None:
    service.submission = lambda _: (
        422,
        {"title": HOSTILE, "errors": [{"text": HOSTILE, "reasons": [{"text": HOSTILE}]}]},
    )

    result = wbs(service, "id", "file", str(report(tmp_path)))

    assert result.output.count(SHOWN) == 3
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_what_a_message_says_can_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for line in status_text.lines(a_status(HOSTILE)):
        say(line)

    assert SHOWN in (out := capsys.readouterr().out)
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("chosen", "needed", "unknown"),
    [("id", "wajib diberikan", "tidak dipahami"), ("en", "is needed", "isn't understood")],
)
def test_a_command_that_is_not_understood_is_told_in_the_language(chosen: str, needed: str, unknown: str) -> None:
    start = ["--language", chosen, "--url", "x", "--fingerprint", "x"]

    results = [
        CliRunner().invoke(main, asked)
        for asked in (
            ["--language", chosen, "status"],
            [*start, "file"],
            [*start, "nothing"],
            [*start, "answer", "x", "y"],
        )
    ]

    assert [result.exit_code for result in results] == [2, 2, 2, 2]
    assert [needed in result.output for result in results] == [True, True, False, False]
    assert [unknown in result.output for result in results] == [False, False, True, True]
    assert "Error" not in "".join(result.output for result in results)


def test_who_misused_a_command_is_told_of_its_own_help() -> None:
    start = ["--url", "x", "--fingerprint", "x"]

    asked = [[*start, "answer"], [*start, "status", "--what"], ["--patience", "long", "status"]]
    told = [CliRunner().invoke(main, each).output for each in asked]

    assert ["`wbs answer --help`" in told[0], "`wbs status --help`" in told[1]] == [True, True]
    assert "Isi '--patience' tidak sah. `wbs --help`" in told[2]


@pytest.mark.parametrize(
    ("chosen", "told"), [("id", "jangan ditulis di baris perintah"), ("en", "on the command line")]
)
def test_who_wrote_the_code_on_the_command_line_is_told_what_to_do(chosen: str, told: str) -> None:
    result = CliRunner().invoke(main, ["--language", chosen, "status", "ABCD-EFGH"])

    assert result.exit_code == 2
    assert told in result.output
    assert "ABCD" not in result.output


@pytest.mark.parametrize(("chosen", "question"), [("id", "Kode tanda terima"), ("en", "Receipt code")])
def test_a_code_that_comes_by_a_pipe_is_asked_for_without_foreign_warnings(chosen: str, question: str) -> None:
    """In a session of its own there is no terminal, of which getpass would say so."""
    command = [sys.executable, "-c", "from wbs_client.command import main; main()", "--language", chosen]
    service = ["--url", "http://127.0.0.1:1", "--fingerprint", "x"]

    done = subprocess.run(
        [*command, *service, "status"],
        input="ABC\n",
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )

    assert question in done.stdout
    assert "arning" not in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1  # that the code is mistyped


def test_who_gives_no_code_has_stopped(service: FakeService) -> None:
    result = wbs(service, "id", "status")

    assert result.exit_code == 1
    assert "dibatalkan" in result.output
    assert "Aborted" not in result.output


@pytest.mark.parametrize(("wish", "coloured"), [("", True), ("1", False)])
def test_who_wants_no_colours_gets_none(service: FakeService, tmp_path: Path, wish: str, coloured: bool) -> None:
    options = ["--url", service.url, "--fingerprint", FINGERPRINT, "file", str(report(tmp_path))]

    result = CliRunner().invoke(main, options, env={"NO_COLOR": wish}, color=True)

    assert ("\x1b[" in result.output) is coloured
