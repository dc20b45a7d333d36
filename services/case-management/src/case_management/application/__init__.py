"""case-management's use cases: what other services tell, what people do, and the evidence they look at."""

from dataclasses import dataclass

from case_management.application.casework import CASEWORK, Casework
from case_management.application.hearing import Hearing
from case_management.application.opened import (
    ContentMissing,
    NoSuchCase,
    OpenedCase,
    OpenedLetter,
    Person,
    StoryUnreadable,
)
from case_management.application.viewing import NoSuchCopy, OpenedCopy, Viewing


@dataclass(frozen=True)
class CaseManagement:
    """The use cases, by whom they are for."""

    hearing: Hearing
    casework: Casework
    viewing: Viewing


__all__ = [
    "CASEWORK",
    "CaseManagement",
    "Casework",
    "ContentMissing",
    "Hearing",
    "NoSuchCase",
    "NoSuchCopy",
    "OpenedCase",
    "OpenedCopy",
    "OpenedLetter",
    "Person",
    "StoryUnreadable",
    "Viewing",
]
