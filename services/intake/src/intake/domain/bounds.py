"""How much one reporter may send: enough for anybody who reports, and too little to flood those who read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.domain.history import ReportHistory

A_DAY = timedelta(days=1)


class TooManyOffers(Exception):
    """The draft had as many identities as one may have."""


class TooManyToday(Exception):
    """`wait`: until the day of one of them is over, counted from the hour that it is."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


class TooManyUnanswered(Exception):
    """So many messages of the report have had no answer yet."""


@dataclass(frozen=True)
class Bounds:
    """`offers`: identities of a draft, and in a day of a submitted report (a mended one must always be possible);
    `messages`: in a day, by whole hours; `unanswered`: messages since the last word of staff or KPK."""

    offers: int
    messages: int
    unanswered: int

    def must_take_offer(self, report: ReportHistory, hour: datetime) -> None:
        """TooManyOffers or TooManyToday."""
        if report.submission is not None:
            _must_be_fewer(report.late_offers, self.offers, hour)
        elif len(report.offers) >= self.offers:
            raise TooManyOffers

    def must_take_message(self, report: ReportHistory, hour: datetime) -> None:
        """TooManyToday or TooManyUnanswered."""
        _must_be_fewer((each.timestamp for each in report.messages.values()), self.messages, hour)
        if report.unanswered >= self.unanswered:
            raise TooManyUnanswered


def _must_be_fewer(hours: Iterable[datetime], most: int, now: datetime) -> None:
    today = sorted(hour for hour in hours if hour > now - A_DAY)
    if len(today) >= most:
        raise TooManyToday(today[-most] + A_DAY - now)
