"""What a NIK says, and the verdict that follows from numbers and findings."""

from __future__ import annotations

from datetime import date

import pytest
from contracts.vocabulary import IdentityOutcome, IdentityReason
from identity_vault import areas
from identity_vault.areas import Region
from identity_vault.civil_registry import Answer
from identity_vault.nik import Nik
from identity_vault.verdicts import Findings, Likeness, Photo, Verdict, judge
from vault_tools import person_of
from wbs_local.drawn_cards import invent

GOOD = Findings(Photo.CARD, Likeness.SAME, Likeness.SAME)
CARD = invent(7)


def verdict(
    findings: Findings | None = GOOD, registry: Answer = Answer.NO_ANSWER, review: bool = False, **other: object
) -> Verdict:
    return judge(person_of(CARD, **other), findings, registry, review)


@pytest.mark.parametrize(
    "typed", ["", "123", "1504030107900001X", "15040301079000", "١٥٠٤٠٣٠١٠٧٩٠٠٠٠١", "1504030107900000"]
)
def test_what_is_not_a_niks_structure_is_none(typed: str) -> None:
    assert Nik.parse(typed) is None


def test_a_nik_typed_in_groups_is_the_same() -> None:
    assert Nik.parse("1504 0301-0790.0001") == Nik.parse("1504030107900001")


def test_a_womans_day_is_forty_more() -> None:
    nik = Nik.parse("1504034107900001")

    assert nik is not None
    assert (nik.sex, nik.birth_day) == ("P", (1, 7, 90))
    assert nik.agrees_with(date(1990, 7, 1))


@pytest.mark.parametrize("day", ["000790", "320790", "400790", "720790", "310290", "011390", "810790"])
def test_days_that_no_calendar_has_are_found(day: str) -> None:
    nik = Nik.parse(f"150403{day}0001")

    assert nik is not None
    assert nik.birth_day is None


def test_the_29th_of_february_needs_one_century_that_has_it() -> None:
    days = [nik.birth_day for year in ("00", "04", "03") if (nik := Nik.parse(f"1504032902{year}0001"))]

    assert days == [(29, 2, 0), (29, 2, 4), None]


@pytest.mark.parametrize(
    ("digits", "region"),
    [
        ("150403", Region.KNOWN),
        ("150499", Region.UNFAMILIAR),  # kecamatan come and go
        ("159901", Region.IMPOSSIBLE),
        ("151001", Region.IMPOSSIBLE),
        ("990101", Region.IMPOSSIBLE),
        ("000000", Region.IMPOSSIBLE),
        ("150400", Region.IMPOSSIBLE),
        ("910101", Region.UNFAMILIAR),  # Merauke, before Papua was divided
        ("540101", Region.UNFAMILIAR),  # East Timor
        ("320405", Region.KNOWN),
    ],
)
def test_regions_of_now_and_then_are_told_from_those_that_never_were(digits: str, region: Region) -> None:
    assert areas.find(digits) is region


def test_the_table_has_every_level() -> None:
    found = [areas.names()[code] for code in ("15", "15.04", "15.04.03")]

    assert found[:2] == ["Jambi", "Kabupaten Batanghari"]
    assert len(areas.names()) > 7500


def test_agreement_all_around_is_consistent() -> None:
    assert verdict() == Verdict(IdentityOutcome.CONSISTENT)


def test_another_birth_date_or_sex_than_the_niks_is_never_refused() -> None:
    other_sex = "P" if CARD.sex == "L" else "L"

    assert verdict(birth_date=date(1950, 1, 2)).outcome is IdentityOutcome.UNSURE
    assert verdict(sex=other_sex) == Verdict(IdentityOutcome.UNSURE, (IdentityReason.SEX_OTHER_THAN_NIK,))


@pytest.mark.parametrize(
    ("findings", "outcome", "reason"),
    [
        (Findings(Photo.DAMAGED), "inconsistent", "photo_damaged"),
        (Findings(Photo.NO_CARD), "inconsistent", "photo_not_of_a_card"),
        (Findings(Photo.NO_CARD, Likeness.SAME, Likeness.SAME), "inconsistent", "photo_not_of_a_card"),
        (Findings(Photo.FLAT, Likeness.SAME, Likeness.SAME), "unsure", "photo_not_of_a_card"),
        (Findings(Photo.UNCLEAR), "unsure", "photo_hard_to_read"),
        (Findings(Photo.UNCLEAR, Likeness.SAME, Likeness.SAME), "unsure", "photo_hard_to_read"),
        (Findings(Photo.CARD, Likeness.OTHER, Likeness.SAME), "unsure", "nik_other_on_photo"),
        (Findings(Photo.CARD, Likeness.UNLIKE, Likeness.SAME), "unsure", "nik_other_on_photo"),
        (Findings(Photo.CARD, Likeness.SAME, Likeness.UNLIKE), "unsure", "name_other_on_photo"),
        (Findings(Photo.CARD, Likeness.UNLIKE, Likeness.UNLIKE), "inconsistent", "nik_other_on_photo"),
        (None, "unsure", "check_failed"),
    ],
)
def test_what_was_seen_decides(findings: Findings | None, outcome: str, reason: str) -> None:
    found = verdict(findings)

    assert found.outcome.value == outcome
    assert reason in {each.value for each in found.reasons}


def test_who_asks_for_a_persons_look_is_never_inconsistent() -> None:
    found = verdict(Findings(Photo.DAMAGED), review=True, nik="1")

    assert found.outcome is IdentityOutcome.UNSURE
    assert IdentityReason.REVIEW_ASKED in found.reasons


def test_a_registry_that_does_not_know_the_person_makes_it_unsure() -> None:
    assert verdict(registry=Answer.UNKNOWN) == Verdict(IdentityOutcome.UNSURE, (IdentityReason.NOT_IN_REGISTRY,))
    assert verdict(registry=Answer.KNOWN).outcome is IdentityOutcome.CONSISTENT


def test_nothing_of_a_nik_shows_in_a_repr() -> None:
    assert "1504" not in repr(Nik.parse("1504030107900001"))
