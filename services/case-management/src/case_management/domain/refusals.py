"""Why a case refuses what somebody wants."""

from __future__ import annotations

from contracts.vocabulary import Role


class NotOpened(Exception):
    """The report of this case has not arrived."""


class NotAssigned(Exception):
    """The person has nothing to do with this case."""


class MayNotAssign(Exception):
    def __init__(self, role: Role) -> None:
        super().__init__(f"{role.value} may not assign cases")


class MayNotApprove(Exception):
    """Only the Inspektur approves that a report goes to KPK."""


class MayNotMove(Exception):
    """The case can't come to this status from where it is, or not by this person."""


class LetterIdUsed(Exception):
    """Another letter of this case has the id."""
