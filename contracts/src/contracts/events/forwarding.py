"""What `kpk-forwarder` publishes on wbs.forwarding.v1: deliveries, what KPK says, the countersigned register."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from marshmallow.validate import Length, Range

from contracts.events.definition import FORWARDING, Event, ReportEvent, SealedMessage, Sha256, Signed, define
from contracts.letters.purposes import Purpose
from contracts.vocabulary import ConflictSource, DeliveryFault, KpkStatus, LetterFault, ParcelKind, Role


@dataclass(frozen=True, kw_only=True)
class ReportDelivered(ReportEvent):
    """KPK took a parcel and signed for it; `complete` once nothing of the report is missing there."""

    parcel_id: UUID
    parcel: ParcelKind
    complete: bool
    kpk_reference: Annotated[str, Length(min=1, max=100)]
    manifest_sha256: Sha256
    receipt: Signed


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(ReportEvent):
    """A parcel did not get through; it is tried again."""

    parcel_id: UUID
    parcel: ParcelKind
    reason: DeliveryFault


@dataclass(frozen=True, kw_only=True)
class KpkStatusReceived(ReportEvent):
    """KPK says where the report stands there."""

    status: KpkStatus
    kpk_reference: Annotated[str, Length(min=1, max=100)]


@dataclass(frozen=True, kw_only=True)
class KpkMessageReceived(ReportEvent):
    """KPK wrote to the reporter."""

    letter_id: UUID
    text: SealedMessage


@dataclass(frozen=True, kw_only=True)
class RegisterCountersigned(Event):
    """KPK countersigned the day's register, and with it the log's head of that size and root."""

    day: date
    log_size: Annotated[int, Range(min=0)]
    log_root: Sha256
    countersignature: Signed


@dataclass(frozen=True, kw_only=True)
class ConflictDeclared(ReportEvent):
    """KPK says that the report concerns people who could reach it."""

    declared_by: ConflictSource
    concerns: Annotated[tuple[Role, ...], Length(min=1, max=5)]


@dataclass(frozen=True, kw_only=True)
class LetterUnreadable(ReportEvent):
    """KPK found a letter that doesn't open as it must."""

    letter_id: UUID
    purpose: Purpose
    fault: LetterFault


@dataclass(frozen=True, kw_only=True)
class ErasureDue(ReportEvent):
    """The retention term of a report in route `kpk` is over."""


for _event in (
    ReportDelivered,
    DeliveryFailed,
    KpkStatusReceived,
    KpkMessageReceived,
    RegisterCountersigned,
    ConflictDeclared,
    LetterUnreadable,
    ErasureDue,
):
    define(FORWARDING, _event)
