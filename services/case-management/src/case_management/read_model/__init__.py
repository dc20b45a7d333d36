"""case-management's read model: what lists and case pages show, facts in clear, letters wrapped."""

from case_management.read_model.projection import CaseLists
from case_management.read_model.queries import (
    PAGE,
    CaseFile,
    CaseList,
    Conflict,
    Forwarding,
    ListedCase,
    PieceOfEvidence,
    TimelineEntry,
    Wanted,
    WrappedLetter,
    find_case,
    find_copy,
    list_cases,
    mark_read,
)

__all__ = [
    "PAGE",
    "CaseFile",
    "CaseList",
    "CaseLists",
    "Conflict",
    "Forwarding",
    "ListedCase",
    "PieceOfEvidence",
    "TimelineEntry",
    "Wanted",
    "WrappedLetter",
    "find_case",
    "find_copy",
    "list_cases",
    "mark_read",
]
