"""What strangers wrote is shown whole, and neither hides anything nor turns what stands beside it around."""

from __future__ import annotations

import pytest
from chassis.web import isolated
from contracts.foreign_text import visible


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("foto\u202egpj.exe", "foto[U+202E]gpj.exe"),
        ("a\u2066b\u2069c", "a[U+2066]b[U+2069]c"),
        ("a\u200fb\u200ec\u061c", "a[U+200F]b[U+200E]c[U+061C]"),
        ("nol\x00 \x1b[31mmerah\x7f", "nol[U+0000] [U+001B][31mmerah[U+007F]"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("a\u2028b", "a[U+2028]b"),
        ("kembali\rmenimpa", "kembali[U+000D]menimpa"),
        ("tag\U000e0041", "tag[U+E0041]"),
    ],
)
def test_a_character_that_nobody_sees_is_written_out(written: str, shown: str) -> None:
    assert visible(written) == shown


@pytest.mark.parametrize("text", ["Baris satu\nbaris dua\tlajur", "Rp1.000.000 – “kuitansi”", "🏳️‍🌈", "שלום", "ক্‌ষ"])
def test_an_honest_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_a_windows_line_end_is_one_line_end() -> None:
    assert visible("a\r\nb") == "a\nb"


def test_it_is_isolated_and_escaped() -> None:
    assert isolated("<b>\u202e</b>") == "<bdi>&lt;b&gt;[U+202E]&lt;/b&gt;</bdi>"
    assert isolated(None) == "<bdi></bdi>"
