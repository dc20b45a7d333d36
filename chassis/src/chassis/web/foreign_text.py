"""Texts that others wrote, shown so that they can't disturb what stands around them, nor hide what they are."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup, escape

KEPT = frozenset("\n\t\u200c\u200d\u00ad")  # joiners and the soft hyphen belong to honest texts
# Controls, also those of direction (U+202E turns a file's name around), invisible marks, lone halves, other line ends.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with each character that nobody sees, or that turns others around, written out as `[U+202E]`."""
    lines = text.replace("\r\n", "\n")
    return "".join(f"[U+{ord(each):04X}]" if _is_hidden(each) else each for each in lines)


def isolated(text: str | None) -> Markup:
    """For a template: `visible`, escaped, and in an element of its own that lets its direction reach nobody else."""
    return Markup("<bdi>{}</bdi>").format(escape(visible(text or "")))


def _is_hidden(character: str) -> bool:
    return character not in KEPT and unicodedata.category(character) in HIDDEN
