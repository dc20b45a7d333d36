"""What `identity-vault` publishes on wbs.identity.v1: checks, disclosures, erasures, appointments, key sets."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from marshmallow.validate import Length, Range

from contracts.events.definition import (
    IDENTITY,
    Event,
    ObjectName,
    ObjectVersion,
    ReportEvent,
    SealedKey,
    SealedMessage,
    Sha256,
    define,
)
from contracts.letters.purposes import KILO
from contracts.vocabulary import (
    DisclosureRecipient,
    IdentityOutcome,
    IdentityReason,
    LegalBasis,
    ReviewVerdict,
)

Reasons = Annotated[tuple[IdentityReason, ...], Length(max=20)]
SignedKeys = Annotated[str, Length(min=1, max=256 * KILO)]


@dataclass(frozen=True, kw_only=True)
class IdentityChecked(ReportEvent):
    """The checks of one offer are done; a verdict on another offer than the reader knows is ignored."""

    offer_id: UUID
    outcome: IdentityOutcome
    reasons: Reasons


@dataclass(frozen=True, kw_only=True)
class IdentityReviewed(ReportEvent):
    """The Super Admin looked at an offer of a submitted report."""

    offer_id: UUID
    verdict: ReviewVerdict
    reasons: Reasons


@dataclass(frozen=True, kw_only=True)
class DisclosureDecided(ReportEvent):
    """The Super Admin decided on a disclosure; the reason is a letter."""

    disclosure_id: UUID
    granted: bool
    legal_basis: LegalBasis
    recipient: DisclosureRecipient
    reason: SealedMessage


@dataclass(frozen=True, kw_only=True)
class IdentityDisclosed(ReportEvent):
    """An overseer released it and the identity was shown or handed over: the reporter sees this."""

    disclosure_id: UUID
    legal_basis: LegalBasis
    recipient: DisclosureRecipient


@dataclass(frozen=True, kw_only=True)
class IdentityHandedOver(ReportEvent):
    """The identity, sealed to KPK, lies in the bucket of KPK's own."""

    disclosure_id: UUID | None
    object: ObjectName
    version: ObjectVersion
    sha256: Sha256


@dataclass(frozen=True, kw_only=True)
class OriginalOpeningApproved(ReportEvent):
    """The Super Admin peeled the key of an original: what is left is a letter to casework."""

    request_id: UUID
    evidence_id: UUID
    key: SealedKey


@dataclass(frozen=True, kw_only=True)
class ContinuationConfirmed(ReportEvent):
    """This report is by the same reporter as an older one: the cases are joined, the mailboxes never."""

    continues: UUID


@dataclass(frozen=True, kw_only=True)
class ReportErased(ReportEvent):
    """The report's key was destroyed by two people; what was wrapped by it is noise from now on."""


@dataclass(frozen=True, kw_only=True)
class SuperAdminAppointed(Event):
    """The one active Super Admin is another; the last one's sign-in ended in the same step."""

    sk_number: Annotated[str, Length(min=1, max=100)]
    sk_date: date


@dataclass(frozen=True, kw_only=True)
class KeySetPublished(Event):
    """A new people-keys.jws; a leaf in the public log."""

    version: Annotated[int, Range(min=1)]
    key_set: SignedKeys


@dataclass(frozen=True, kw_only=True)
class CheckKeysPublished(Event):
    """New check keys, accepted for `identity-check` only."""

    version: Annotated[int, Range(min=1)]
    check_keys: SignedKeys


@dataclass(frozen=True, kw_only=True)
class OpeningsCounted(Event):
    """How many openings OpenBao's audit log holds for a day, and how many stand beside no recorded decision."""

    day: date
    openings: Annotated[int, Range(min=0)]
    without_decision: Annotated[int, Range(min=0)]


for _event in (
    IdentityChecked,
    IdentityReviewed,
    DisclosureDecided,
    IdentityDisclosed,
    IdentityHandedOver,
    OriginalOpeningApproved,
    ContinuationConfirmed,
    ReportErased,
    SuperAdminAppointed,
    KeySetPublished,
    CheckKeysPublished,
    OpeningsCounted,
):
    define(IDENTITY, _event)
