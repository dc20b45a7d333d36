"""The facts of a report: closed answers that services work with; they travel wrapped, and never in a letter."""

from __future__ import annotations

from typing import Annotated

from marshmallow.validate import Regexp

from contracts.encoding import canonical, strict_json
from contracts.schema import from_json, to_json
from contracts.sealed import sealed
from contracts.vocabulary import Category, LossBand

Month = Annotated[str, Regexp(r"^20\d\d-(0[1-9]|1[0-2])\Z")]
AreaCode = Annotated[str, Regexp(r"^\d{2}(\.\d{2}){1,2}(\.\d{4})?\Z")]  # Kemendagri: 15.04.03 or 15.04.03.1001
OfficeCode = Annotated[str, Regexp(r"^[a-z0-9-]{1,40}\Z")]


@sealed
class Facts:
    """What, where, at which office (`skpd`), from which month to which, and the loss as estimated."""

    category: Category
    area: AreaCode
    skpd: OfficeCode
    period_from: Month
    period_to: Month
    loss: LossBand = LossBand.UNKNOWN


def to_bytes(facts: Facts) -> bytes:
    return canonical(to_json(facts))


def from_bytes(data: bytes) -> Facts:
    """NotUnderstood if they are none."""
    return from_json(Facts, strict_json(data))
