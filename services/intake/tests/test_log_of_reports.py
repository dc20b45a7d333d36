"""The public log's aggregate: it only ever grows, and its order tells nothing within the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from chassis.clock import Clock
from contracts.events.definition import MOST_LEAVES
from contracts.key_pairs import SigningKey
from contracts.leaves import LogHead
from intake.application.log import PublicLog
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


class Waiting:
    """A store with the log and the entries that no head has yet, each with its hour."""

    def __init__(self) -> None:
        self.log: Log | None = None
        self.entries: dict[str, datetime] = {}
        self.heads: list[int] = []

    def rows(self, _: str, params: tuple[Any, ...]) -> list[dict[str, str]]:
        return [{"entry": entry} for entry, hour in sorted(self.entries.items()) if hour < params[0]]

    def find(self, *_: Any) -> Log | None:
        return self.log

    def save(self, log: Log) -> None:
        self.log = log
        for event in log.collect_events():
            if isinstance(event, Log.HeadSigned):
                self.heads.append(len(event.leaves))
                self.entries = {entry: hour for entry, hour in self.entries.items() if entry not in event.leaves}


NINE = datetime(2026, 7, 1, 9, tzinfo=UTC)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def public_log(waiting: Waiting) -> PublicLog:
    signing = SimpleNamespace(signer=lambda _: SigningKey.generate("intake:v1"))
    return PublicLog(waiting, signing, Clock())  # type: ignore[arg-type]


def test_an_entry_that_came_late_waits_for_the_next_hours_head(waiting: Waiting, public_log: PublicLog) -> None:
    waiting.entries = {LEAVES[0]: NINE}
    public_log.sign_head(NINE + timedelta(hours=1, minutes=2))
    waiting.entries[LEAVES[1]] = NINE

    for minute in range(2, 60):
        public_log.sign_head(NINE + timedelta(hours=1, minutes=minute))
    within_the_hour = list(waiting.heads)
    public_log.sign_head(NINE + timedelta(hours=2, minutes=2))

    assert within_the_hour == [1]
    assert waiting.heads == [1, 1]


def test_what_is_saved_just_after_its_hour_still_gets_that_hours_head(waiting: Waiting, public_log: PublicLog) -> None:
    waiting.entries = {LEAVES[0]: NINE}
    public_log.sign_head(NINE + timedelta(hours=1, seconds=5))
    too_early = list(waiting.heads)
    waiting.entries[LEAVES[1]] = NINE
    public_log.sign_head(NINE + timedelta(hours=1, seconds=65))

    assert (too_early, waiting.heads) == ([], [2])


def test_an_hour_with_more_than_a_head_holds_gets_several_at_once(waiting: Waiting, public_log: PublicLog) -> None:
    waiting.entries = {f"{number:064x}": NINE for number in range(MOST_LEAVES + 1)}

    public_log.sign_head(NINE + timedelta(hours=1, minutes=2))

    assert waiting.heads == [MOST_LEAVES, 1]
