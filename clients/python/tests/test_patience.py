"""The client waits where the service says how long, and sits before no wait of hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from wbs_client import Problem
from wbs_client.public_api import worth_another_try


@pytest.mark.parametrize(
    ("status", "wait", "expected"),
    [
        (503, 5.0, timedelta(seconds=5)),
        (429, None, True),
        (429, 24 * 3600.0, False),
        (409, 3.0, False),
    ],
)
def test_it_tries_again_where_that_may_help_soon(status: int, wait: float | None, expected: bool | timedelta) -> None:
    assert worth_another_try(Problem(status, {}, wait)) == expected
