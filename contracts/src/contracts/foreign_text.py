"""Texts that others wrote, for whoever shows them: nothing in them is hidden, or disturbs what stands around them."""

import unicodedata

KEPT = frozenset("\n\t\u200c\u200d\u00ad")  # joiners and the soft hyphen belong to honest texts
# Controls, those of terminals and of direction too (U+202E turns a name around), invisible marks, lone halves, other
# line ends.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """Give the text with each character that nobody sees, or that turns others around, written out as `[U+202E]`."""
    lines = text.replace("\r\n", "\n")
    return "".join(f"[U+{ord(each):04X}]" if _is_hidden(each) else each for each in lines)


def _is_hidden(character: str) -> bool:
    return character not in KEPT and unicodedata.category(character) in HIDDEN
