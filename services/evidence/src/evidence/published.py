"""What of evidence's inside is published: domain events as integration events on wbs.evidence.v1."""

from __future__ import annotations

from chassis.store import Event
from contracts.events.definition import ReportEvent
from contracts.events.evidence import (
    CopyFiled,
    EvidenceCleared,
    EvidenceFiled,
    EvidenceQuarantined,
    EvidenceReceived,
)
from contracts.sealed import Sealed
from contracts.vocabulary import EvidenceKind, QuarantineReason, Route

from evidence.domain import Report


def publish(event: Event) -> ReportEvent | None:
    report_id = event.originator_id
    match event:
        case Report.PieceReceived():
            return EvidenceReceived(
                report_id=report_id,
                route=Route(event.route),
                evidence_id=event.evidence_id,
                kind=EvidenceKind(event.kind),
                sha256=event.sha256,
                batch_id=event.batch_id,
            )
        case Report.PieceCleared():
            return EvidenceCleared(
                report_id=report_id,
                route=Route(event.route),
                evidence_id=event.evidence_id,
                has_copy=event.copy_object is not None,
            )
        case Report.PieceQuarantined():
            return EvidenceQuarantined(
                report_id=report_id,
                route=Route(event.route),
                evidence_id=event.evidence_id,
                reason=QuarantineReason(event.reason),
            )
        case Report.OriginalFiled():
            return EvidenceFiled(
                report_id=report_id,
                route=Route(event.route),
                evidence_id=event.evidence_id,
                object=event.object,
                version=event.version,
                sha256=event.sha256,
                original_key=_sealed(event.original_key),
                original_key_for_kpk=_sealed(event.original_key_for_kpk),
            )
        case Report.CopyFiled():
            return CopyFiled(
                report_id=report_id,
                route=Route(event.route),
                evidence_id=event.evidence_id,
                object=event.object,
                version=event.version,
                sha256=event.sha256,
                copy_key=Sealed(event.copy_key),
            )
        case _:
            return None


def _sealed(letter: str | None) -> Sealed | None:
    return None if letter is None else Sealed(letter)
