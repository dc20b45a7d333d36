"""Tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def show(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """The first column to the left, the others to the right; floats with two digits."""
    lines = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print(f"\n{title}")
    for line in lines:
        first, *others = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join((line[0].ljust(len(first)), *others)), flush=True)


def show_figures(title: str, figures: Mapping[str, Any]) -> None:
    """All numbers by their dotted names."""
    show(title, ("what", "figure"), flat(figures).items())


def flat(figures: Mapping[str, Any], before: str = "") -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            numbers |= flat(value, f"{before}{name}.")
        elif isinstance(value, int | float):
            numbers[f"{before}{name}"] = value
    return numbers


def _text(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many of the values don't exceed; `share`: 0 to 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
