"""Every text that people read is Indonesian in the source and has its English."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
SERVICES = [ROOT / "chassis/src/chassis", *(ROOT / "services").glob("*/src/*")]
FOLDERS = [*SERVICES, ROOT / "deploy/kpk-sandbox/src/kpk_sandbox", ROOT / "clients/python/src/wbs_client"]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_text_has_its_english(folder: Path) -> None:
    texts = {message for _, _, message, _, _ in extract_from_dir(folder, METHODS, keywords=KEYWORDS)}
    catalogue = folder / "translations/en/LC_MESSAGES/messages.po"
    translated = _translated(catalogue) if texts or catalogue.exists() else set()  # some say nothing to people

    assert texts - translated == set()
    assert translated - {""} - texts == set(), "texts that nobody says any more"


def _translated(catalogue: Path) -> set[str]:
    with catalogue.open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.string}
