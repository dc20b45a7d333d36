"""Reads the words on a card by RapidOCR (one thread, models in its package) and compares them with what was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

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
_SETTINGS = {
    **_ONE_THREAD,
    "Global.log_level": "critical",
    "Global.use_preprocess_img": False,  # pictures are of a good size already, and lines would be bent to another
    # Where the words are is found in a smaller picture; they are read in the whole one.
    "Det.limit_type": "max",
    "Det.limit_side_len": 736,
}
_SURE = 0.5
_AT_ONCE = 4

Enough: TypeAlias = Callable[[Sequence[str]], bool]


@cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=_SETTINGS)


def load() -> None:
    """The libraries and models, which take seconds. RapidOCR loads a model when it is first used."""
    import cv2
    import numpy

    cv2.setNumThreads(1)  # a fork has none of the others
    blank = numpy.zeros((64, 320, 3), numpy.uint8)
    _reader()(blank, use_det=False, use_cls=True, use_rec=True)
    _reader()(blank, use_det=True, use_cls=False, use_rec=False)


def read_lines(picture: Image.Image, enough: Enough) -> tuple[str, ...]:
    """The lines of text on the picture from top to bottom, until they are `enough`, which is asked now and then.

    Where they are no card's, they may stand on their head, and are read once more with each line's direction found.
    """
    import numpy

    pixels = numpy.ascontiguousarray(numpy.asarray(picture)[:, :, ::-1])  # OpenCV's order of colours
    boxes = _reader()(pixels, use_det=True, use_cls=False, use_rec=False).boxes
    if boxes is None:
        return ()
    crops = _reader().crop_text_regions(pixels, boxes)
    lines = _read(crops, enough, turn=False)
    return lines if shows_labels_of_a_card(lines) else _read(crops, enough, turn=True)


def _read(crops: Sequence[Any], enough: Enough, turn: bool) -> tuple[str, ...]:
    lines: list[str] = []
    for number, crop in enumerate(crops, 1):
        found = _reader()(crop, use_det=False, use_cls=turn, use_rec=True)
        lines += [text for text, score in zip(found.txts or (), found.scores or (), strict=True) if score >= _SURE]
        if number % _AT_ONCE == 0 and enough(lines):
            break
    return tuple(lines)


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
