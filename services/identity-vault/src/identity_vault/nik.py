"""The NIK: what its sixteen digits say of region, birth date and sex, at the time it was issued.

Digits: province 2, kabupaten/kota 2, kecamatan 2, day 2 (women: day + 40), month 2, year 2, serial 4. They stay for
life, also where a move, a split region or a mistake of the clerk makes them differ from the person: a difference is a
reason to look, never a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from identity_vault import areas

FEMALE_DAYS = 40


@dataclass(frozen=True)
class Nik:
    """Sixteen digits with a serial number other than 0000."""

    digits: str = field(repr=False)

    @classmethod
    def parse(cls, typed: str) -> Nik | None:
        """Spaces, dots and dashes between digits are how people type it. None: not a NIK's structure."""
        digits = typed.translate(str.maketrans("", "", " .-"))
        if len(digits) != 16 or not (digits.isascii() and digits.isdigit()) or digits.endswith("0000"):
            return None
        return cls(digits)

    @property
    def region(self) -> areas.Region:
        return areas.find(self.digits[:6])

    @property
    def region_names(self) -> tuple[str | None, ...]:
        """Names of province, kabupaten/kota and kecamatan, None where the table has none."""
        return tuple(areas.names().get(code) for code in areas.codes(self.digits[:6]))

    @property
    def sex(self) -> str:
        """L or P, as the card says."""
        return "P" if int(self.digits[6:8]) > FEMALE_DAYS else "L"

    @property
    def birth_day(self) -> tuple[int, int, int] | None:
        """Day, month and the last two digits of the year; None if no century has such a day."""
        day, month, year = (int(self.digits[at : at + 2]) for at in (6, 8, 10))
        day -= FEMALE_DAYS if day > FEMALE_DAYS else 0
        exists = any(_exists(century + year, month, day) for century in (1900, 2000))
        return (day, month, year) if exists else None

    def agrees_with(self, birth_date: date) -> bool:
        return self.birth_day == (birth_date.day, birth_date.month, birth_date.year % 100)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
