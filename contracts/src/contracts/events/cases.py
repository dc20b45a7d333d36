"""What `case-management` publishes on wbs.cases.v1: the life of a case as others need to know it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from marshmallow.validate import Length

from contracts.events.definition import CASES, ReportEvent, SealedMessage, define
from contracts.letters.purposes import Purpose
from contracts.vocabulary import (
    CaseOutcome,
    CaseStatus,
    ConflictSource,
    Deadline,
    DisclosureRecipient,
    LegalBasis,
    LetterFault,
    RejectionReason,
    Role,
)


@dataclass(frozen=True, kw_only=True)
class CaseOpened(ReportEvent):
    """There is a case for this report, and its clock runs."""

    status: CaseStatus


@dataclass(frozen=True, kw_only=True)
class CaseStatusChanged(ReportEvent):
    """The case moved on; the note, a letter to the reporter, is optional."""

    status: CaseStatus
    letter_id: UUID | None
    note_to_reporter: SealedMessage | None


@dataclass(frozen=True, kw_only=True)
class MessageToReporter(ReportEvent):
    """Staff wrote to the reporter."""

    letter_id: UUID
    text: SealedMessage


@dataclass(frozen=True, kw_only=True)
class DisclosureRequested(ReportEvent):
    """Somebody asks for the identity; the reason is a letter."""

    disclosure_id: UUID
    legal_basis: LegalBasis
    recipient: DisclosureRecipient
    reason: SealedMessage


@dataclass(frozen=True, kw_only=True)
class OriginalRequested(ReportEvent):
    """Somebody asks for an original; the reason is a letter."""

    request_id: UUID
    evidence_id: UUID
    reason: SealedMessage


@dataclass(frozen=True, kw_only=True)
class ForwardingApproved(ReportEvent):
    """The Inspektur approved: the report goes to KPK."""


@dataclass(frozen=True, kw_only=True)
class DeadlineMissed(ReportEvent):
    """A deadline passed without action; the report goes to KPK unattended once `escalates_to_kpk` says so."""

    deadline: Deadline
    escalates_to_kpk: bool


@dataclass(frozen=True, kw_only=True)
class CaseClosed(ReportEvent):
    """The case ended; a rejection has a reason."""

    outcome: CaseOutcome
    rejection: RejectionReason | None


@dataclass(frozen=True, kw_only=True)
class ConflictDeclared(ReportEvent):
    """The case concerns people who could reach it: it is closed to these roles, and delivered to KPK."""

    declared_by: ConflictSource
    concerns: Annotated[tuple[Role, ...], Length(min=1, max=5)]


@dataclass(frozen=True, kw_only=True)
class LetterUnreadable(ReportEvent):
    """A recipient found a letter that doesn't open as it must."""

    letter_id: UUID
    purpose: Purpose
    fault: LetterFault


@dataclass(frozen=True, kw_only=True)
class ErasureDue(ReportEvent):
    """The retention term is over: the report may be erased 30 days after reporter and KPK were shown this."""


for _event in (
    CaseOpened,
    CaseStatusChanged,
    MessageToReporter,
    DisclosureRequested,
    OriginalRequested,
    ForwardingApproved,
    DeadlineMissed,
    CaseClosed,
    ConflictDeclared,
    LetterUnreadable,
    ErasureDue,
):
    define(CASES, _event)
