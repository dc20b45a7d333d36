"""`wbs`: whatever happens, the reporter holds the code before the report can exist, and is told not to file twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import altcha
import pytest
from click.testing import CliRunner, Result
from contracts.keys import readable
from contracts.receipts import Receipt
from fake_service import FINGERPRINT, FakeService, served
from wbs_client.command import main

CODE = re.compile(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z*~$=]")
REPORT = {
    "route": "kpk",
    "identity": {
        "nik": "1504990107900001",
        "full_name": "Contoh Pelapor",
        "birth_date": "1990-07-01",
        "sex": "L",
        "address": "Rekaan",
        "phone": "0",
        "email": "contoh@example.org",
        "occupation": "Petani",
        "ktp_photo": "ktp.jpg",
    },
    "story": "Cerita rekaan.",
    "evidence": [],
}


@pytest.fixture
def service() -> Iterator[FakeService]:
    with served() as made:
        yield made


@pytest.fixture
def report(tmp_path: Path) -> Path:
    (tmp_path / "ktp.jpg").write_bytes(b"invented")
    path = tmp_path / "report.json"
    path.write_text(json.dumps(REPORT))
    return path


def wbs(service: FakeService, *arguments: str, typed: str = "") -> Result:
    options = ["--url", service.url, "--fingerprint", FINGERPRINT, "--patience", "0.2"]
    return CliRunner().invoke(main, [*options, *arguments], input=typed)


def codes(result: Result) -> list[str]:
    return CODE.findall(result.output)


def test_a_filed_report_has_its_code(service: FakeService, report: Path) -> None:
    result = wbs(service, "file", str(report))

    assert result.exit_code == 0, result.output
    first, last = codes(result)
    assert first == last
    assert Receipt.parse(first).locator_hash == service.opening["locator_hash"]


def hang_up(_: dict[str, Any]) -> None:
    return None


def fail(_: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 500, {"type": "urn:wbs:problem:unexpected", "title": "Kesalahan"}


@pytest.mark.parametrize("fault", [hang_up, fail])
def test_who_gets_no_answer_has_the_code_and_is_told_to_look_first(
    service: FakeService, report: Path, fault: Callable[[dict[str, Any]], Any]
) -> None:
    service.submission = fault

    result = wbs(service, "file", str(report))

    assert result.exit_code == 1
    first, again = codes(result)
    assert first == again
    assert Receipt.parse(first).locator_hash == service.opening["locator_hash"]
    assert "wbs status" in result.output
    assert "tidak ada yang terkirim dua kali" not in result.output


def test_a_promise_that_does_not_stand_leaves_the_code_too(service: FakeService, report: Path) -> None:
    service.submission = lambda _: (202, {"promise": "a.b.c"})

    result = wbs(service, "file", str(report))

    assert result.exit_code == 1
    assert len(codes(result)) == 1
    assert "Janji layanan tidak sah" in result.output


def test_what_was_refused_says_why(service: FakeService, report: Path) -> None:
    service.submission = lambda _: (422, {"type": "urn:wbs:problem:letter-too-large", "title": "Surat terlalu besar"})

    result = wbs(service, "file", str(report))

    assert result.exit_code == 1
    assert "Surat terlalu besar" in result.output
    assert "mungkin sudah diterima" not in result.output


def test_a_puzzle_that_takes_too_long_is_no_unreadable_file(
    service: FakeService, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(altcha, "solve_challenge", lambda _: None)

    result = wbs(service, "file", str(report))

    assert result.exit_code == 1
    assert "Bukti kerja terlalu lama" in result.output
    assert "None" not in result.output


def test_who_comes_before_the_check_keys_is_asked_to_come_again(service: FakeService, report: Path) -> None:
    service.keys = {**service.keys, "checks": None}

    result = wbs(service, "file", str(report))

    assert result.exit_code == 1
    assert "Layanan sedang disiapkan" in result.output


@pytest.mark.parametrize("content", ["no JSON", '{"route": "elsewhere"}', "{}"])
def test_a_file_that_is_no_report_is_said_in_a_line(service: FakeService, report: Path, content: str) -> None:
    report.write_text(content)

    result = wbs(service, "file", str(report))

    assert result.exit_code == 1
    assert "Berkas laporan tidak" in result.output


def test_a_file_that_is_missing_is_named(service: FakeService, report: Path) -> None:
    (report.parent / "ktp.jpg").unlink()

    result = wbs(service, "file", str(report))

    assert result.exit_code == 1
    assert "ktp.jpg" in result.output


def test_the_help_names_nothing_that_is_not_there() -> None:
    assert "docs/" not in CliRunner().invoke(main, ["file", "--help"]).output


@pytest.mark.parametrize("command", ["file", "status", "answer"])
def test_help_needs_no_service(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])

    assert result.exit_code == 0
    assert f"{command} [OPTIONS]" in result.output


def test_what_is_missing_is_named_once_a_command_begins(report: Path) -> None:
    results = [
        CliRunner().invoke(main, asked)
        for asked in (
            ["status"],
            ["--url", "http://127.0.0.1:1", "file", str(report)],
            ["--fingerprint", "x", "answer", "x"],
        )
    ]

    assert [result.exit_code for result in results] == [2, 2, 2]
    named = [result.output.partition(" wajib")[0].partition(": ")[2] for result in results]
    assert named == ["--url, --fingerprint", "--fingerprint", "--url"]


def test_a_report_that_is_missing_is_named(service: FakeService, tmp_path: Path) -> None:
    result = wbs(service, "file", str(tmp_path / "none.json"))

    assert result.exit_code == 1
    assert "none.json" in result.output


@pytest.mark.parametrize(
    "typed",
    [readable(FINGERPRINT), readable(FINGERPRINT).lower().replace(" ", "-")],
    ids=("as shown", "as typed"),  # the key is another in each process
)
def test_the_fingerprint_is_taken_as_posters_show_it(service: FakeService, report: Path, typed: str) -> None:
    options = ["--url", service.url, "--fingerprint", typed, "file", str(report)]

    assert CliRunner().invoke(main, options).exit_code == 0
