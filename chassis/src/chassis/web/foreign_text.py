"""Texts that others wrote, in a template: they can't disturb what stands around them, nor hide what they are."""

from __future__ import annotations

from contracts.foreign_text import visible
from markupsafe import Markup, escape


def isolated(text: str | None) -> Markup:
    """`visible`, escaped, and in an element of its own that lets its direction reach nobody else."""
    return Markup("<bdi>{}</bdi>").format(escape(visible(text or "")))
