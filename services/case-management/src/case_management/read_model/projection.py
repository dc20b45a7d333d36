"""The projection: what happened to cases as rows of schema `read`, facts in clear, letters wrapped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from chassis.store import Event, Statement
from chassis.wrapper import Erased, KeyMissing, NotWrapped, Wrapper
from contracts.encoding import strict_json
from contracts.facts import Facts
from contracts.letters import Purpose
from contracts.schema import from_json
from contracts.vocabulary import ParcelKind

from case_management.domain import Case

FACTS = "facts"


class CaseLists:
    """The projection. It unwraps facts, so that they can be listed and filtered; they stand in schema `read` alone.

    `alarm` is told of a report whose facts can't be read: it is listed without them, since one report must keep no
    other from being listed.
    """

    ignored = (Case.Begun,)

    def __init__(self, wrapper: Wrapper, alarm: Callable[[UUID, Exception], None]) -> None:
        self._wrapper, self._alarm = wrapper, alarm

    def statements(self, event: Event) -> Iterable[Statement]:
        report_id, number, hour = event.originator_id, event.originator_version, event.timestamp
        match event:
            case Case.Opened():
                yield self._opened(event)
                yield _timeline(event, "opened")
                yield _letter(event, Purpose.STORY, report_id, event.story)
                for each in event.evidence_ids:
                    yield _evidence(event, UUID(each), with_report=True)
            case Case.InvestigatorAssigned():
                assigned = (report_id, event.investigator, event.entity_id)
                yield Statement("INSERT INTO read.assignments VALUES (%s, %s, %s)", assigned)
                yield _timeline(event, "assigned", event.investigator)
            case Case.StatusChanged():
                yield Statement("UPDATE read.cases SET status = %s WHERE report_id = %s", (event.status, report_id))
                yield _timeline(event, "status_changed", event.status)
            case Case.MovedOn():
                yield from _moved_on(event)
            case Case.IdentityOffered():
                yield _timeline(event, "identity_offered")
            case Case.IdentityJudged():
                yield _timeline(event, "identity_judged", event.level)
            case Case.EvidenceFiled():
                yield _evidence(event, event.evidence_id, filed=hour)
            case Case.CopyFiled():
                yield _evidence(
                    event,
                    event.evidence_id,
                    copy_object=event.object,
                    copy_version=event.version,
                    copy_key=event.copy_key,
                )
            case Case.EvidenceWithoutCopy():
                yield _evidence(event, event.evidence_id, has_no_copy=True)
            case Case.EvidenceQuarantined():
                yield _evidence(event, event.evidence_id, fault=event.fault)
            case Case.MessageArrived():
                yield _letter(event, Purpose.MESSAGE_FROM_REPORTER, event.letter_id, event.text)
                yield _timeline(event, "message_from_reporter")
            case Case.MessageWritten():
                yield _letter(event, Purpose.MESSAGE_TO_REPORTER, event.letter_id, event.text, event.written_by)
                yield _timeline(event, "message_to_reporter", event.written_by)
            case Case.Withdrawn():
                yield _timeline(event, "withdrawn")
            case Case.ConflictDeclared():
                yield from _conflicts(event)
            case Case.ForwardingApproved():
                yield Statement("INSERT INTO read.kpk (report_id) VALUES (%s) ON CONFLICT DO NOTHING", (report_id,))
                yield _timeline(event, "forwarding_approved", event.approved_by)
            case Case.ParcelDelivered():
                yield Statement(_DELIVERED, (report_id, event.kpk_reference, event.complete))
                if event.complete:  # an event has one entry: that all is there says that the report is
                    yield _timeline(event, "all_delivered_to_kpk", event.kpk_reference)
                elif event.parcel == ParcelKind.REPORT.value:
                    yield _timeline(event, "delivered_to_kpk", event.kpk_reference)
            case Case.KpkStatusChanged():
                yield Statement(_KPK_STATUS, (report_id, event.status))
                yield _timeline(event, "kpk_status", event.status)
            case Case.LetterFoundUnreadable():
                yield _timeline(event, "letter_unreadable", event.fault)
            case Case.Erased():
                yield Statement(_FORGET_FACTS, (report_id,))
                yield Statement("DELETE FROM read.letters WHERE report_id = %s", (report_id,))
                yield Statement("DELETE FROM read.evidence WHERE report_id = %s", (report_id,))
                yield Statement(
                    "INSERT INTO read.timeline VALUES (%s, %s, %s, 'erased', NULL)", (report_id, number, hour)
                )

    def _opened(self, event: Case.Opened) -> Statement:
        facts = self._facts(event)
        listed = (
            (facts.category.value, facts.area, facts.skpd, facts.period_from, facts.period_to, facts.loss.value)
            if facts
            else (None,) * 6
        )
        known = (event.originator_id, event.timestamp, event.status, event.identity_level, len(event.evidence_ids))
        return Statement(
            "INSERT INTO read.cases VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", (*known, *listed)
        )

    def _facts(self, event: Case.Opened) -> Facts | None:
        """None once the report is erased, and where they can't be read."""
        try:
            plain = self._wrapper.unwrap(event.originator_id, FACTS, event.facts)
            return None if isinstance(plain, Erased) else from_json(Facts, strict_json(plain))
        except (KeyMissing, NotWrapped, ValueError) as error:
            self._alarm(event.originator_id, error)
            return None


def _moved_on(event: Case.MovedOn) -> Iterable[Statement]:
    yield Statement("UPDATE read.cases SET status = %s WHERE report_id = %s", (event.status, event.originator_id))
    if event.letter_id and event.note:
        yield _letter(event, Purpose.MESSAGE_TO_REPORTER, event.letter_id, event.note, event.moved_by)
    yield _timeline(event, "moved_on", f"{event.status} {event.moved_by}")


def _conflicts(event: Case.ConflictDeclared) -> Iterable[Statement]:
    for role in event.concerns:
        yield Statement(
            "INSERT INTO read.conflicts VALUES (%s, %s, %s)", (event.originator_id, role, event.declared_by)
        )
    yield _timeline(event, "conflict_declared", " ".join((event.declared_by, *event.concerns)))


def _evidence(event: Event, evidence_id: UUID, **known: object) -> Statement:
    """Sets the columns that are known now; the others come with other events, in any order."""
    columns = ", ".join(known)
    values = ", ".join(f"%({column})s" for column in known)
    return Statement(
        f"INSERT INTO read.evidence (report_id, evidence_id, {columns}) VALUES (%(report)s, %(piece)s, {values}) "  # noqa: S608
        f"ON CONFLICT (report_id, evidence_id) DO UPDATE SET ({columns}) = ROW ({values})",
        {"report": event.originator_id, "piece": evidence_id, **known},
    )


_DELIVERED = """
    INSERT INTO read.kpk VALUES (%s, %s, %s) ON CONFLICT (report_id) DO UPDATE
    SET reference = excluded.reference, is_complete = kpk.is_complete OR excluded.is_complete
"""
# KPK may say what it does before we have its signature for the report.
_KPK_STATUS = """
    INSERT INTO read.kpk (report_id, status) VALUES (%s, %s) ON CONFLICT (report_id) DO UPDATE
    SET status = excluded.status
"""
_FORGET_FACTS = """
    UPDATE read.cases SET category = NULL, area = NULL, skpd = NULL, period_from = NULL, period_to = NULL, loss = NULL
    WHERE report_id = %s
"""


def _timeline(event: Event, what: str, detail: str | None = None) -> Statement:
    return Statement(
        "INSERT INTO read.timeline VALUES (%s, %s, %s, %s, %s)",
        (event.originator_id, event.originator_version, event.timestamp, what, detail),
    )


def _letter(event: Event, purpose: Purpose, letter_id: UUID, text: str, written_by: str | None = None) -> Statement:
    return Statement(
        "INSERT INTO read.letters VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            event.originator_id,
            event.originator_version,
            letter_id,
            purpose.value,
            event.timestamp,
            text,
            written_by,
        ),
    )
