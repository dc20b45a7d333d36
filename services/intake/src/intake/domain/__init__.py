"""intake's aggregates: a report from draft to mailbox, and the public log of all of them."""

from intake.domain.bounds import Bounds, TooManyOffers, TooManyToday, TooManyUnanswered
from intake.domain.log import LOG_ID, DoesNotExtend, Log
from intake.domain.report import Incomplete, NoSuchBatch, NotADraft, NotSubmitted, Report

__all__ = [
    "LOG_ID",
    "Bounds",
    "DoesNotExtend",
    "Incomplete",
    "Log",
    "NoSuchBatch",
    "NotADraft",
    "NotSubmitted",
    "Report",
    "TooManyOffers",
    "TooManyToday",
    "TooManyUnanswered",
]
