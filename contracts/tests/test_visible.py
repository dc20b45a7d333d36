"""What nobody sees in a text, or what turns it around, is written out."""

from __future__ import annotations

import pytest
from contracts.foreign_text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("kuitansi\u202egpj.exe", "kuitansi[U+202E]gpj.exe"),
        ("\u2066a\u2069\u200e\u200f", "[U+2066]a[U+2069][U+200E][U+200F]"),
        ("a\x00b\x1b[2Jc\x9b1m\x07", "a[U+0000]b[U+001B][2Jc[U+009B]1m[U+0007]"),
        ("a\r\nb\rc", "a\nb[U+000D]c"),
        ("\ud800\ufeff\u2028", "[U+D800][U+FEFF][U+2028]"),
    ],
)
def test_it_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


HONEST = ("Uraian biasa.\n\tBaris dua, “kutip” – dan é.", "بسم الله", "क्\u200dष", "👩\u200d👩\u200d👧")


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
