"""Reads the words on a card by RapidOCR (one thread, models in its package) and compares them with what was given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import Any

from contracts.letters import Person
from PIL import Image

from identity_vault.verdicts import Likeness

SAME_NAME, UNLIKE_NAME = 0.85, 0.6
UNLIKE_DIGITS = 5
FEWEST_LABELS = 3
_NIK_LENGTH = 16
_LOOKS_LIKE_DIGITS = str.maketrans("OoQDIl|iZzSsBGbT?", "00001111225586677")
_LABELS = (
    "PROVINSI",
    "KABUPATEN",
    "TEMPATTGLLAHIR",
    "JENISKELAMIN",
    "GOLDARAH",
    "ALAMAT",
    "KELDESA",
    "KECAMATAN",
    "AGAMA",
    "STATUSPERKAWINAN",
    "PEKERJAAN",
    "KEWARGANEGARAAN",
    "BERLAKUHINGGA",
)
_ONE_THREAD = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}


@cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={**_ONE_THREAD, "Global.log_level": "critical"})


def load() -> None:
    """The libraries and models, which take seconds."""
    _reader()


def read_lines(picture: Image.Image) -> tuple[str, ...]:
    """The lines of text on the picture, as they are read from top to bottom."""
    import numpy

    found = _reader()(numpy.asarray(picture)[:, :, ::-1])  # RapidOCR takes OpenCV's order of colours
    return tuple(found.txts or ())


def shows_labels_of_a_card(lines: Sequence[str]) -> bool:
    words = [_letters(line) for line in lines]
    found = sum(any(_likeness(label, word[: len(label) + 1]) >= SAME_NAME for word in words) for label in _LABELS)
    return found >= FEWEST_LABELS


def compare_nik(digits: str, lines: Sequence[str]) -> Likeness:
    found = list(_numbers(lines))
    if digits in found:
        return Likeness.SAME
    whole = [number for number in found if len(number) == _NIK_LENGTH]
    if whole and all(_differing(digits, number) >= UNLIKE_DIGITS for number in whole):
        return Likeness.UNLIKE
    return Likeness.OTHER if found else Likeness.NOT_READ


def compare_name(person: Person, lines: Sequence[str]) -> Likeness:
    wanted = _letters(person.full_name)
    read = [_letters(line) for line in (*lines, *(first + second for first, second in pairwise(lines)))]
    best = max((_likeness(wanted, line.removeprefix("NAMA")) for line in read), default=0.0)
    if best >= SAME_NAME and wanted:
        return Likeness.SAME
    if not shows_labels_of_a_card(lines):
        return Likeness.NOT_READ
    return Likeness.UNLIKE if best < UNLIKE_NAME else Likeness.OTHER


def _numbers(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        text = line.partition("NIK")[2] or line
        for run in re.findall(r"[0-9OoQDIl|iZzSsBGbT?]{15,17}", re.sub(r"[\s:.]", "", text)):
            number = run.translate(_LOOKS_LIKE_DIGITS)
            if sum(character.isdigit() for character in run) >= _NIK_LENGTH - 4:
                yield number


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _letters(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalpha())
