"""Fixtures of the contracts' tests."""

import pytest
from letter_people import People, make_people


@pytest.fixture(scope="session")
def people() -> People:
    return make_people()
