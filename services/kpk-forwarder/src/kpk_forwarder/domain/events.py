"""What happened to a delivery. Letters, facts and keys are wrapped under the report's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from chassis.store import Aggregate
from contracts.vocabulary import CaseOutcome, CaseStatus, DeliveryFault, Ground, Notice, ParcelKind

from kpk_forwarder.domain.collected import Filed, Parcel, Told

if TYPE_CHECKING:
    from kpk_forwarder.domain.delivery import Delivery


class Submitted(Aggregate.Event):
    """Story and facts are wrapped under the report's key."""

    evidence_ids: list[str]
    story: str
    facts: str | None

    def apply(self, aggregate: Aggregate) -> None:
        known = cast("Delivery", aggregate).collected
        known.story, known.facts = self.story, self.facts
        known.evidence_ids = tuple(UUID(each) for each in self.evidence_ids)
        known.named |= set(known.evidence_ids)


class Started(Aggregate.Event):
    """From here on KPK gets everything of the report."""

    ground: str

    def apply(self, aggregate: Aggregate) -> None:
        cast("Delivery", aggregate).ground = Ground(self.ground)


class OriginalFiled(Aggregate.Event):
    """`key` is None when the reporter gives KPK clean copies only."""

    evidence_id: UUID
    object: str
    version: str
    sha256: str
    key: str | None

    def apply(self, aggregate: Aggregate) -> None:
        filed = Filed(self.object, self.version, self.sha256, self.key)
        cast("Delivery", aggregate).collected.originals[self.evidence_id] = filed


class CopyFiled(Aggregate.Event):
    evidence_id: UUID
    object: str
    version: str
    sha256: str
    key: str

    def apply(self, aggregate: Aggregate) -> None:
        filed = Filed(self.object, self.version, self.sha256, self.key)
        cast("Delivery", aggregate).collected.copies[self.evidence_id] = filed


class PieceQuarantined(Aggregate.Event):
    evidence_id: UUID

    def apply(self, aggregate: Aggregate) -> None:
        cast("Delivery", aggregate).collected.quarantined.add(self.evidence_id)


class PieceUncopied(Aggregate.Event):
    """The checks found nothing wrong, and no copy is made of its type."""

    evidence_id: UUID

    def apply(self, aggregate: Aggregate) -> None:
        cast("Delivery", aggregate).collected.uncopied.add(self.evidence_id)


class MessageArrived(Aggregate.Event):
    """`text` is the reporter's letter, wrapped under the report's key."""

    letter_id: UUID
    text: str
    evidence_ids: list[str]

    def apply(self, aggregate: Aggregate) -> None:
        known = cast("Delivery", aggregate).collected
        known.messages[self.letter_id] = self.text
        known.named |= {UUID(each) for each in self.evidence_ids}


class IdentityArrived(Aggregate.Event):
    """The identity, sealed to KPK, lies in the bucket of KPK's own."""

    object: str
    version: str
    sha256: str

    def apply(self, aggregate: Aggregate) -> None:
        handed = Filed(self.object, self.version, self.sha256)
        cast("Delivery", aggregate).collected.identities[handed.place] = handed


class NoticeTaken(Aggregate.Event):
    """Something that KPK is told of, once it has the report."""

    about: str
    notice: str
    status: str | None
    outcome: str | None

    def apply(self, aggregate: Aggregate) -> None:
        status = CaseStatus(self.status) if self.status else None
        outcome = CaseOutcome(self.outcome) if self.outcome else None
        cast("Delivery", aggregate).collected.told[self.about] = Told(Notice(self.notice), status, outcome)


class ParcelDue(Aggregate.Event):
    """There is something for KPK; it stays due until KPK has signed for it."""

    parcel_id: UUID
    kind: str
    about: str

    def apply(self, aggregate: Aggregate) -> None:
        parcel = Parcel(self.parcel_id, ParcelKind(self.kind), self.about)
        cast("Delivery", aggregate).parcels[parcel.id] = parcel


class ParcelDelivered(Aggregate.Event):
    route: str
    parcel_id: UUID
    kind: str
    is_complete: bool
    kpk_reference: str
    manifest_sha256: str
    receipt: str

    def apply(self, aggregate: Aggregate) -> None:
        delivery = cast("Delivery", aggregate)
        delivery.delivered.add(self.parcel_id)
        delivery.faults.pop(self.parcel_id, None)


class ParcelFailed(Aggregate.Event):
    """It is tried again, for ever; said once for each reason in a row."""

    route: str
    parcel_id: UUID
    kind: str
    reason: str

    def apply(self, aggregate: Aggregate) -> None:
        cast("Delivery", aggregate).faults[self.parcel_id] = DeliveryFault(self.reason)


class KpkStatusHeard(Aggregate.Event):
    route: str
    status: str
    kpk_reference: str


class KpkMessageHeard(Aggregate.Event):
    """`text` is KPK's letter to the reporter, wrapped under the report's key."""

    route: str
    letter_id: UUID
    text: str

    def apply(self, aggregate: Aggregate) -> None:
        cast("Delivery", aggregate).letters_of_kpk.add(self.letter_id)


class KpkConflictHeard(Aggregate.Event):
    route: str
    concerns: list[str]


class KpkFoundUnreadable(Aggregate.Event):
    route: str
    letter_id: UUID
    purpose: str
    fault: str


class Erased(Aggregate.Event):
    """The report's key is destroyed: there is nothing left to deliver."""

    def apply(self, aggregate: Aggregate) -> None:
        cast("Delivery", aggregate).is_erased = True
