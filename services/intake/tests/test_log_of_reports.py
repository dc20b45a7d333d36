"""The public log's aggregate: it only ever grows, and its order tells nothing within the hour."""

from __future__ import annotations

from uuid import uuid4

import pytest
from contracts.leaves import LogHead
from intake.domain import DoesNotExtend, Log

HOUR = "2026-07-01T09:00:00Z"
LEAVES = [f"{number:064x}" for number in range(5)]


def extended(log: Log, leaves: list[str]) -> LogHead:
    head = log.next_head(leaves, HOUR)
    log.extend(sorted(leaves), head, "signed", uuid4())
    return head


def test_the_order_in_which_leaves_came_makes_no_difference() -> None:
    assert extended(Log.begin(), LEAVES) == extended(Log.begin(), LEAVES[::-1])


def test_each_head_holds_all_before_it() -> None:
    log = Log.begin()

    sizes = [extended(log, LEAVES[:2]).size, extended(log, LEAVES[2:]).size]

    assert sizes == [2, 5]


def test_a_head_of_other_leaves_does_not_extend_the_log() -> None:
    log = Log.begin()
    extended(log, LEAVES[:2])
    of_another = extended(Log.begin(), LEAVES[1:4])

    with pytest.raises(DoesNotExtend):
        log.extend(LEAVES[2:3], of_another, "signed", uuid4())
