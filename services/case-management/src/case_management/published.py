"""What of case-management's inside is published: domain events as integration events on wbs.cases.v1."""

from __future__ import annotations

from chassis.store import Event
from contracts.events.cases import (
    CaseOpened,
    CaseStatusChanged,
    ForwardingApproved,
    LetterUnreadable,
    MessageToReporter,
)
from contracts.events.definition import ReportEvent
from contracts.letters import Purpose
from contracts.sealed import Sealed
from contracts.vocabulary import CaseStatus, LetterFault, Route

from case_management.domain import Case


def publish(event: Event) -> ReportEvent | None:
    """Cases exist in route `inspektorat` only."""
    report_id, route = event.originator_id, Route.INSPEKTORAT
    match event:
        case Case.Opened():
            return CaseOpened(report_id=report_id, route=route, status=CaseStatus(event.status))
        case Case.StatusChanged():
            return CaseStatusChanged(
                report_id=report_id,
                route=route,
                status=CaseStatus(event.status),
                letter_id=None,
                note_to_reporter=None,
            )
        case Case.MovedOn():
            return CaseStatusChanged(
                report_id=report_id,
                route=route,
                status=CaseStatus(event.status),
                letter_id=event.letter_id,
                note_to_reporter=Sealed(event.note) if event.note else None,
            )
        case Case.MessageWritten():
            return MessageToReporter(
                report_id=report_id, route=route, letter_id=event.letter_id, text=Sealed(event.text)
            )
        case Case.ForwardingApproved():
            return ForwardingApproved(report_id=report_id, route=route)
        case Case.LetterFoundUnreadable():
            return LetterUnreadable(
                report_id=report_id,
                route=route,
                letter_id=event.letter_id,
                purpose=Purpose(event.purpose),
                fault=LetterFault(event.fault),
            )
        case _:
            return None
