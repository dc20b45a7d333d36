"""What of intake's inside is published: domain events as integration events on wbs.intake.v1."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.store import Event
from contracts.events import Event as Published
from contracts.events.intake import (
    DraftExpired,
    EvidenceExpired,
    IdentityOffered,
    LogHeadSigned,
    MessageFromReporter,
    ReportKeyLost,
    ReportSubmitted,
    ReportWithdrawn,
)
from contracts.sealed import Sealed
from contracts.vocabulary import IdentityLevel, Route

from intake.domain import Log, Report


def publish(event: Event) -> Published | None:
    match event:
        case Report.Submitted():
            return ReportSubmitted(
                report_id=event.originator_id,
                route=Route(event.route),
                offer_id=event.offer_id,
                evidence_ids=tuple(UUID(each) for each in event.evidence_ids),
                originals_to_kpk=event.originals_to_kpk,
                identity_level=IdentityLevel(event.identity_level),
                facts=None if event.facts is None else Sealed(event.facts),
                story=Sealed(event.story),
                receipt=Sealed(event.receipt),
                leaf=event.leaf,
            )
        case Report.IdentityOffered():
            return IdentityOffered(
                report_id=event.originator_id,
                route=Route(event.route),
                offer_id=event.offer_id,
                object=event.object,
                version=event.version,
                review_asked=event.review_asked,
            )
        case Report.Expired():
            return DraftExpired(report_id=event.originator_id, route=Route(event.route))
        case Report.MessageReceived():
            return MessageFromReporter(
                report_id=event.originator_id,
                route=Route(event.route),
                letter_id=event.letter_id,
                text=Sealed(event.text),
                batch_id=event.batch_id,
                evidence_ids=tuple(UUID(each) for each in event.evidence_ids),
                leaf=event.leaf,
            )
        case Report.BatchExpired():
            return EvidenceExpired(report_id=event.originator_id, route=Route(event.route), batch_id=event.batch_id)
        case Report.Withdrawn():
            return ReportWithdrawn(report_id=event.originator_id, route=Route(event.route))
        case Report.KeyLost():
            return ReportKeyLost(report_id=event.originator_id, route=Route(event.route))
        case Log.HeadSigned():
            return LogHeadSigned(
                leaves=tuple(event.leaves),
                size=event.size,
                root=event.root,
                hour=datetime.fromisoformat(event.hour),
                head=event.head,
            )
        case _:
            return None
