"""intake's use cases: drafts and submissions, mailboxes, what others tell, and what is taken back after a restore."""

from collections.abc import Callable
from dataclasses import dataclass

from intake.application.drafts import (
    ChallengeSpent,
    Draft,
    Drafts,
    DraftState,
    NoSuchDraft,
    Opening,
    ReportIdTaken,
)
from intake.application.hearing import Hearing
from intake.application.key_care import KeyCare, KeysFound
from intake.application.late_evidence import Batch, LateEvidence
from intake.application.log import NotInLog, PublicLog
from intake.application.mailboxes import Letter, LetterIdTaken, Mailboxes, NoSuchMailbox, ReportStatus
from intake.application.offers import NoCheckKeys, Offers
from intake.application.receipts import NoMailbox
from intake.application.restoring import Restoring
from intake.application.submissions import AlreadySubmitted, FactsDontFitRoute, Submission, Submissions


@dataclass(frozen=True)
class Intake:
    """The use cases, by whom they are for. Errors of `contracts.letters` and of the chassis pass through them.

    `forget_answers` forgets what was kept for requests that could have come again, a day long.
    """

    drafts: Drafts
    submissions: Submissions
    offers: Offers
    mailboxes: Mailboxes
    late_evidence: LateEvidence
    log: PublicLog
    hearing: Hearing
    restoring: Restoring
    key_care: KeyCare
    forget_answers: Callable[[], None]


__all__ = [
    "AlreadySubmitted",
    "Batch",
    "ChallengeSpent",
    "Draft",
    "DraftState",
    "Drafts",
    "FactsDontFitRoute",
    "Hearing",
    "Intake",
    "KeyCare",
    "KeysFound",
    "LateEvidence",
    "Letter",
    "LetterIdTaken",
    "Mailboxes",
    "NoCheckKeys",
    "NoMailbox",
    "NoSuchDraft",
    "NoSuchMailbox",
    "NotInLog",
    "Offers",
    "Opening",
    "PublicLog",
    "ReportIdTaken",
    "ReportStatus",
    "Restoring",
    "Submission",
    "Submissions",
]
