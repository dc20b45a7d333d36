"""What of kpk-forwarder's inside is published: domain events as integration events on wbs.forwarding.v1."""

from __future__ import annotations

from chassis.store import Event
from contracts.events.definition import ReportEvent
from contracts.events.forwarding import (
    ConflictDeclared,
    DeliveryFailed,
    KpkMessageReceived,
    KpkStatusReceived,
    LetterUnreadable,
    ReportDelivered,
)
from contracts.letters import Purpose
from contracts.sealed import Sealed
from contracts.vocabulary import ConflictSource, DeliveryFault, KpkStatus, LetterFault, ParcelKind, Role, Route

from kpk_forwarder.domain import events


def publish(event: Event) -> ReportEvent | None:
    match event:
        case events.ParcelDelivered() | events.ParcelFailed():
            return _of_a_parcel(event)
        case (
            events.KpkStatusHeard() | events.KpkMessageHeard() | events.KpkConflictHeard() | events.KpkFoundUnreadable()
        ):
            return _by_kpk(event)
        case _:
            return None


def _of_a_parcel(event: events.ParcelDelivered | events.ParcelFailed) -> ReportEvent:
    report_id, route, parcel = event.originator_id, Route(event.route), ParcelKind(event.kind)
    if isinstance(event, events.ParcelFailed):
        return DeliveryFailed(
            report_id=report_id,
            route=route,
            parcel_id=event.parcel_id,
            parcel=parcel,
            reason=DeliveryFault(event.reason),
        )
    return ReportDelivered(
        report_id=report_id,
        route=route,
        parcel_id=event.parcel_id,
        parcel=parcel,
        complete=event.is_complete,
        kpk_reference=event.kpk_reference,
        manifest_sha256=event.manifest_sha256,
        receipt=event.receipt,
    )


def _by_kpk(
    event: events.KpkStatusHeard | events.KpkMessageHeard | events.KpkConflictHeard | events.KpkFoundUnreadable,
) -> ReportEvent:
    report_id, route = event.originator_id, Route(event.route)
    match event:
        case events.KpkStatusHeard():
            return KpkStatusReceived(
                report_id=report_id, route=route, status=KpkStatus(event.status), kpk_reference=event.kpk_reference
            )
        case events.KpkMessageHeard():
            return KpkMessageReceived(
                report_id=report_id, route=route, letter_id=event.letter_id, text=Sealed(event.text)
            )
        case events.KpkConflictHeard():
            concerns = tuple(Role(each) for each in event.concerns)
            return ConflictDeclared(report_id=report_id, route=route, declared_by=ConflictSource.KPK, concerns=concerns)
        case _:
            return LetterUnreadable(
                report_id=report_id,
                route=route,
                letter_id=event.letter_id,
                purpose=Purpose(event.purpose),
                fault=LetterFault(event.fault),
            )
