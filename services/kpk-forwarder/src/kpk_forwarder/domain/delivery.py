"""The aggregate: what was heard of a report, since when KPK is to have it, what is due and what KPK signed for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self
from uuid import UUID

from chassis.store import Aggregate
from contracts.letters import Purpose
from contracts.vocabulary import (
    DeliveryFault,
    Ground,
    KpkStatus,
    LetterFault,
    ParcelKind,
    Role,
    Route,
)

from kpk_forwarder.domain import events
from kpk_forwarder.domain.collected import Collected, Filed, Parcel, Told

KEY_LOST = "key_lost"  # the one notice about a report that KPK isn't to have


class Delivery(Aggregate):
    """Its id is the report id. It begins with whichever event comes first; parcels are due once KPK is to have the
    report (`ground`) and the report is here, in whichever order."""

    class Begun(Aggregate.Created):
        route: str

    def __init__(self, route: str) -> None:
        self.route = Route(route)
        self.collected = Collected(self.route)
        self.ground: Ground | None = None
        self.parcels: dict[UUID, Parcel] = {}
        self.delivered: set[UUID] = set()
        self.faults: dict[UUID, DeliveryFault] = {}
        self.letters_of_kpk: set[UUID] = set()
        self.is_erased = False

    @classmethod
    def begin(cls, report_id: UUID, route: Route) -> Self:
        return cls._create(cls.Begun, id=report_id, route=route.value)

    @property
    def owed(self) -> list[Parcel]:
        """What is due and not delivered."""
        return [] if self.is_erased else [each for each in self.parcels.values() if each.id not in self.delivered]

    # ---- what others tell ----

    def submit(self, evidence_ids: Collection[UUID], story: str, facts: str | None) -> None:
        """A report of route `kpk` goes to KPK at once."""
        if self.collected.story is None:
            named = [str(each) for each in evidence_ids]
            self.trigger_event(events.Submitted, evidence_ids=named, story=story, facts=facts)
        if self.route is Route.KPK:
            self.start(Ground.ROUTE)
        self._settle()

    def start(self, ground: Ground) -> None:
        """The first ground stands."""
        if self.ground is None:
            self.trigger_event(events.Started, ground=ground.value)
        self._settle()

    def file_original(self, evidence_id: UUID, filed: Filed) -> None:
        if evidence_id not in self.collected.originals:
            self.trigger_event(events.OriginalFiled, evidence_id=evidence_id, **vars(filed))
        self._settle()

    def file_copy(self, evidence_id: UUID, filed: Filed) -> None:
        if evidence_id not in self.collected.copies:
            self.trigger_event(events.CopyFiled, evidence_id=evidence_id, **vars(filed))
        self._settle()

    def quarantine(self, evidence_id: UUID) -> None:
        if evidence_id not in self.collected.quarantined:
            self.trigger_event(events.PieceQuarantined, evidence_id=evidence_id)
        self._settle()

    def clear(self, evidence_id: UUID, has_copy: bool) -> None:
        if not has_copy and evidence_id not in self.collected.uncopied:
            self.trigger_event(events.PieceUncopied, evidence_id=evidence_id)
        self._settle()

    def receive_message(self, letter_id: UUID, text: str, evidence_ids: Collection[UUID]) -> None:
        if letter_id not in self.collected.messages:
            named = [str(each) for each in evidence_ids]
            self.trigger_event(events.MessageArrived, letter_id=letter_id, text=text, evidence_ids=named)
        self._settle()

    def take_identity(self, handed: Filed) -> None:
        if handed.place not in self.collected.identities:
            place = {"object": handed.object, "version": handed.version}
            self.trigger_event(events.IdentityArrived, **place, sha256=handed.sha256)
        self._settle()

    def tell(self, about: str, told: Told) -> None:
        """`about`: which notice this is, so that the same one isn't told twice."""
        if about not in self.collected.told:
            self.trigger_event(
                events.NoticeTaken,
                about=about,
                notice=told.notice.value,
                status=told.status.value if told.status else None,
                outcome=told.outcome.value if told.outcome else None,
            )
        self._settle()

    def start_or_tell(self, ground: Ground, about: str, told: Told) -> None:
        """What would send the report to KPK is a notice where it goes there already."""
        if self.ground is None and self.route is not Route.KPK:
            self.start(ground)
        else:
            self.tell(about, told)

    def erase(self) -> None:
        if not self.is_erased:
            self.trigger_event(events.Erased)

    def _settle(self) -> None:
        if self.is_erased:
            return
        for parcel in self.collected.parcels(self.id):
            is_due = self.ground is not None or (parcel.kind is ParcelKind.NOTICE and parcel.about == KEY_LOST)
            if is_due and parcel.id not in self.parcels:
                self.trigger_event(events.ParcelDue, parcel_id=parcel.id, kind=parcel.kind.value, about=parcel.about)

    # ---- what became of parcels ----

    def deliver(self, parcel_id: UUID, kpk_reference: str, manifest_sha256: str, receipt: str) -> None:
        """`is_complete` says whether KPK has, with this parcel, all that it must have."""
        if parcel_id in self.delivered:
            return
        parcel = self.parcels[parcel_id]
        had = [self.parcels[each] for each in self.delivered]
        self.trigger_event(
            events.ParcelDelivered,
            route=self.route.value,
            parcel_id=parcel_id,
            kind=parcel.kind.value,
            is_complete=self.collected.is_complete([*had, parcel]),
            kpk_reference=kpk_reference,
            manifest_sha256=manifest_sha256,
            receipt=receipt,
        )

    def fail(self, parcel_id: UUID, reason: DeliveryFault) -> None:
        if parcel_id not in self.delivered and self.faults.get(parcel_id) is not reason:
            kind = self.parcels[parcel_id].kind.value
            self.trigger_event(
                events.ParcelFailed, route=self.route.value, parcel_id=parcel_id, kind=kind, reason=reason.value
            )

    # ---- what KPK says ----

    def hear_status(self, status: KpkStatus, kpk_reference: str) -> None:
        self.trigger_event(
            events.KpkStatusHeard, route=self.route.value, status=status.value, kpk_reference=kpk_reference
        )

    def hear_message(self, letter_id: UUID, text: str) -> None:
        """A letter id is taken once."""
        if letter_id not in self.letters_of_kpk:
            self.trigger_event(events.KpkMessageHeard, route=self.route.value, letter_id=letter_id, text=text)

    def hear_conflict(self, concerns: Collection[Role]) -> None:
        named = [each.value for each in concerns]
        self.trigger_event(events.KpkConflictHeard, route=self.route.value, concerns=named)

    def hear_unreadable(self, letter_id: UUID, purpose: Purpose, fault: LetterFault) -> None:
        self.trigger_event(
            events.KpkFoundUnreadable,
            route=self.route.value,
            letter_id=letter_id,
            purpose=purpose.value,
            fault=fault.value,
        )
