"""Habits that no linter knows: where the environment is read, what is swallowed, what is never committed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def lines_matching(pattern: str, files: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if found.search(line)
    ]


def test_only_settings_read_the_environment() -> None:
    files = [
        file
        for file in tracked("chassis/src/*.py", "services/*.py", "contracts/src/*.py", "clients/*.py")
        if file.name != "settings.py" and "tests" not in file.parts and "testing" not in file.parts
    ]

    assert lines_matching(r"os\.(environ|getenv)", files) == []


@pytest.mark.parametrize("name", ["test_*.py", "*.test.ts"])
def test_no_test_sleeps_or_is_skipped(name: str) -> None:
    files = [file for file in tracked(f"*{name}") if file != Path(__file__)]

    assert lines_matching(r"(time|eventlet|asyncio)\.sleep\(|mark\.(skip|xfail)|\.only\(", files) == []


def test_lock_files_say_nothing_of_where_packages_come_from() -> None:
    assert lines_matching(r"https?://|--(extra-)?index-url|--find-links", tracked("requirements/*.lock")) == []
    assert lines_matching(r'"resolved"', tracked("*package-lock.json")) == []
