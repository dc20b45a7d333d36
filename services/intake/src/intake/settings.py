"""intake's settings beyond those of every service."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.settings import Settings

from intake.domain import Bounds


@dataclass(frozen=True)
class IntakeSettings(Settings):
    """`uploads_url`: where evidence takes uploads, as clients see it.

    `challenge_cost` and `challenge_tries` set the proof of work: the defaults take a cheap phone about a second.
    `draft_hours`: how long a draft, or a batch of late evidence,
    lives that isn't submitted. `check_patience_s`: how long a submission waits for a
    check that doesn't end.

    `most_offers`: identities of a draft, and in a day of a submitted report. `most_messages`: of a report in a day, by
    whole hours; `most_unanswered`: since staff or KPK last said anything.
    """

    uploads_url: str = "/api/v1/uploads"
    challenge_cost: int = 5000
    challenge_tries: int = 600
    draft_hours: int = 7 * 24
    check_patience_s: int = 120
    most_offers: int = 10
    most_messages: int = 50
    most_unanswered: int = 500

    @property
    def bounds(self) -> Bounds:
        return Bounds(self.most_offers, self.most_messages, self.most_unanswered)
