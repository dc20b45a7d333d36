"""Which regions there are: codes and names of provinces, kabupaten/kota and kecamatan (`data/areas.tsv`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib import resources

FIRST_CITY = 71  # kabupaten count from 01, kota from 71

# Provinces that others were split from: a NIK keeps the code of where it was first issued, so numbers that are free
# there today may stand on a true card. East Timor (54) left in 1999; its people's numbers stay.
_ONCE_LARGER = frozenset({"14", "16", "32", "54", "64", "71", "73", "81", "91", "92"})
_LAST_KABUPATEN_EVER, _LAST_KOTA_EVER = 40, 79
_FORMER_PROVINCES = frozenset({"54"})


class Region(Enum):
    """What the first six digits of a NIK name."""

    KNOWN = "known"
    UNFAMILIAR = "unfamiliar"  # not in the table, and may have existed: kecamatan come and go every year
    IMPOSSIBLE = "impossible"


@cache
def names() -> Mapping[str, str]:
    """Code (`15`, `15.04`, `15.04.03`) -> name."""
    text = resources.files("identity_vault").joinpath("data", "areas.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines())


def codes(six_digits: str) -> tuple[str, str, str]:
    """The codes of province, kabupaten/kota and kecamatan in the first six digits of a NIK."""
    province, kabupaten, kecamatan = six_digits[:2], six_digits[2:4], six_digits[4:6]
    return province, f"{province}.{kabupaten}", f"{province}.{kabupaten}.{kecamatan}"


def find(six_digits: str) -> Region:
    province, kabupaten, kecamatan = codes(six_digits)
    if kecamatan in names():
        return Region.KNOWN
    if six_digits[4:6] == "00":
        return Region.IMPOSSIBLE
    if kabupaten in names() or _may_have_been(province, int(six_digits[2:4])):
        return Region.UNFAMILIAR
    return Region.IMPOSSIBLE


def _may_have_been(province: str, number: int) -> bool:
    if province not in names() and province not in _FORMER_PROVINCES:
        return False
    last_kabupaten, last_kota = _last_numbers(province)
    return 1 <= number <= last_kabupaten or FIRST_CITY <= number <= last_kota


@cache
def _last_numbers(province: str) -> tuple[int, int]:
    if province in _ONCE_LARGER:
        return _LAST_KABUPATEN_EVER, _LAST_KOTA_EVER
    numbers = [int(code[3:]) for code in names() if len(code) == 5 and code.startswith(province)]
    kabupaten = [number for number in numbers if number < FIRST_CITY]
    cities = [number for number in numbers if number >= FIRST_CITY]
    return max(kabupaten, default=0), max(cities, default=0)
