"""What `intake` publishes on wbs.intake.v1: drafts, submissions, what reporters do with their receipt, the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from marshmallow.validate import Length, Range

from contracts.events.definition import (
    INTAKE,
    MOST_LEAVES,
    Event,
    ObjectName,
    ObjectVersion,
    Pieces,
    ReportEvent,
    SealedFacts,
    SealedMessage,
    SealedReceipt,
    SealedStory,
    Sha256,
    Signed,
    define,
)
from contracts.letters.purposes import Purpose
from contracts.vocabulary import ConflictSource, IdentityLevel, LetterFault, Role


@dataclass(frozen=True, kw_only=True)
class IdentityOffered(ReportEvent):
    """A draft got an identity letter, which lies in the inbox bucket as this object and version."""

    offer_id: UUID
    object: ObjectName
    version: ObjectVersion
    review_asked: bool


@dataclass(frozen=True, kw_only=True)
class DraftExpired(ReportEvent):
    """A draft was not submitted in time; `ReportSubmitted` beats it in every reader."""


@dataclass(frozen=True, kw_only=True)
class ReportSubmitted(ReportEvent):
    """A report was filed and exists from here on. `facts` is missing in route `kpk`; `leaf` is a log entry (hex)."""

    offer_id: UUID
    evidence_ids: Pieces
    originals_to_kpk: bool
    identity_level: IdentityLevel
    facts: SealedFacts | None
    story: SealedStory
    receipt: SealedReceipt
    leaf: Sha256


@dataclass(frozen=True, kw_only=True)
class MessageFromReporter(ReportEvent):
    """The reporter wrote, perhaps with a batch of late evidence that this message files."""

    letter_id: UUID
    text: SealedMessage
    batch_id: UUID | None
    evidence_ids: Pieces
    leaf: Sha256


@dataclass(frozen=True, kw_only=True)
class EvidenceExpired(ReportEvent):
    """No message named this batch of late evidence in time."""

    batch_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReportWithdrawn(ReportEvent):
    """The reporter withdrew: noted, told to KPK, and it stops nothing."""


@dataclass(frozen=True, kw_only=True)
class ReportKeyLost(ReportEvent):
    """The report's key isn't there though nobody erased it, as after OpenBao was restored: an alarm, told to KPK."""


@dataclass(frozen=True, kw_only=True)
class ObjectionRaised(ReportEvent):
    """The reporter objects to a rejection or closing within 30 days: it goes to KPK with nobody's approval."""


@dataclass(frozen=True, kw_only=True)
class ConflictDeclared(ReportEvent):
    """The report concerns people who could reach it: these roles are shut out, and it is delivered to KPK."""

    declared_by: ConflictSource
    concerns: Annotated[tuple[Role, ...], Length(min=1, max=5)]


@dataclass(frozen=True, kw_only=True)
class LogHeadSigned(Event):
    """The hour's `leaves` (hex, in the log's order) were added; `head` is the signed head (`leaves.verify_head`)."""

    leaves: Annotated[tuple[Sha256, ...], Length(min=1, max=MOST_LEAVES)]
    size: Annotated[int, Range(min=0)]
    root: Sha256
    hour: datetime
    head: Signed


@dataclass(frozen=True, kw_only=True)
class LetterUnreadable(ReportEvent):
    """A recipient found a letter that doesn't open as it must."""

    letter_id: UUID
    purpose: Purpose
    fault: LetterFault


for _event in (
    IdentityOffered,
    DraftExpired,
    ReportSubmitted,
    MessageFromReporter,
    EvidenceExpired,
    ReportWithdrawn,
    ReportKeyLost,
    ObjectionRaised,
    ConflictDeclared,
    LogHeadSigned,
    LetterUnreadable,
):
    define(INTAKE, _event)
