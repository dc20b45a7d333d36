"""case-management's one aggregate: the case."""

from case_management.domain.case import ASSIGNERS, IN_HAND, Case
from case_management.domain.caseworker import Caseworker
from case_management.domain.refusals import (
    LetterIdUsed,
    MayNotApprove,
    MayNotAssign,
    MayNotMove,
    NotAssigned,
    NotOpened,
)

__all__ = [
    "ASSIGNERS",
    "IN_HAND",
    "Case",
    "Caseworker",
    "LetterIdUsed",
    "MayNotApprove",
    "MayNotAssign",
    "MayNotMove",
    "NotAssigned",
    "NotOpened",
]
