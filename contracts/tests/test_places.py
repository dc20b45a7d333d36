"""Words for where and at which office."""

import pytest
from contracts.facts import Facts
from contracts.places import AREAS, OFFICES, area_words, office_words
from contracts.schema import NotUnderstood, from_json
from contracts.vocabulary import Category


@pytest.mark.parametrize(
    ("area", "office"), [(area, "lainnya") for area in AREAS] + [("15.04", each) for each in OFFICES]
)
def test_facts_may_hold_every_listed_code(area: str, office: str) -> None:
    facts = {"category": Category.BRIBERY.value, "area": area, "skpd": office}

    try:
        found = from_json(Facts, {**facts, "period_from": "2025-01", "period_to": "2025-02", "loss": "tidak_tahu"})
    except NotUnderstood:
        pytest.fail("a listed code that facts refuse")

    assert (found.area, found.skpd) == (area, office)


def test_a_desa_is_shown_by_its_kecamatan_and_an_unknown_code_as_it_is() -> None:
    assert area_words("15.04.03").id == "Muara Bulian"
    assert area_words("15.04.03.1001").id == "Muara Bulian (15.04.03.1001)"
    assert area_words("99.99").en == "99.99"
    assert office_words("dpmd").en == "Village empowerment office"
    assert office_words("new-office").id == "new-office"
