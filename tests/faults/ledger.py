"""What the five topics say of reports, and what is lacking or doubled in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from chassis.consume.broker import partitions_of
from contracts.events import TOPICS, Envelope, Event, decode
from contracts.events.cases import CaseOpened, ForwardingApproved
from contracts.events.evidence import CopyFiled, EvidenceCleared, EvidenceFiled, EvidenceQuarantined, EvidenceReceived
from contracts.events.forwarding import ReportDelivered
from contracts.events.identity import IdentityChecked
from contracts.events.intake import IdentityOffered, LogHeadSigned, ReportSubmitted
from contracts.vocabulary import Route
from kafka import KafkaConsumer
from stream import Filed
from wbs_local.parts import kafka
from wbs_local.system import System

# What there is one of, by what it is about. Anything else may come more than once (a status, a failed delivery).
ONCE: dict[type[Event], str | None] = {
    ReportSubmitted: None,
    CaseOpened: None,
    ForwardingApproved: None,
    IdentityOffered: "offer_id",
    IdentityChecked: "offer_id",
    EvidenceReceived: "evidence_id",
    EvidenceCleared: "evidence_id",
    EvidenceQuarantined: "evidence_id",
    EvidenceFiled: "evidence_id",
    CopyFiled: "evidence_id",
    ReportDelivered: "parcel_id",
}


class Ledger:
    """Everything that was published, read on and on."""

    def __init__(self, system: System) -> None:
        admin = kafka.login(system, kafka.ADMIN, system.keep_secret("kafka", "admin_password"))
        self._consumer = KafkaConsumer(**admin, enable_auto_commit=False, isolation_level="read_committed")
        self._partitions = [each for topic in TOPICS for each in partitions_of(self._consumer, topic)]
        self._consumer.assign(self._partitions)
        self._consumer.seek_to_beginning(*self._partitions)
        self._by_id: dict[UUID, Envelope[Event]] = {}

    def close(self) -> None:
        self._consumer.close()

    def read_on(self) -> None:
        ends = self._consumer.end_offsets(self._partitions)
        while any(self._consumer.position(each) < ends[each] for each in self._partitions):
            for batch in self._consumer.poll(timeout_ms=200).values():
                for each in batch:
                    self._take(decode(each.key, each.value, dict(each.headers)))

    def _take(self, envelope: Envelope[Event]) -> None:
        """A relay that was killed before it noted what it sent sends it again: readers know it by its id."""
        known = self._by_id.setdefault(envelope.id, envelope)
        assert known.data == envelope.data, f"two events have the id {envelope.id}"

    @property
    def envelopes(self) -> list[Envelope[Event]]:
        return list(self._by_id.values())

    def of(self, subject: str) -> list[Event]:
        return [each.data for each in self.envelopes if each.subject == subject]

    def lacking(self, reports: Iterable[Filed]) -> list[str]:
        """Steps that have not been made yet."""
        self.read_on()
        leaves = {leaf for each in self.envelopes if isinstance(each.data, LogHeadSigned) for leaf in each.data.leaves}
        by_subject: dict[str, list[Event]] = {}
        for each in self.envelopes:
            by_subject.setdefault(each.subject, []).append(each.data)
        return [
            f"{report.subject}: {step}"
            for report in reports
            for step in _lacking(by_subject.get(report.subject, []), report.filing.route, leaves)
        ]

    def doubled(self) -> list[str]:
        """Steps that were made twice, leaves that stand in the log twice, two heads of one size."""
        steps = Counter(_step(each) for each in self.envelopes if type(each.data) in ONCE)
        heads = [each.data for each in self.envelopes if isinstance(each.data, LogHeadSigned)]
        leaves = Counter(leaf for head in heads for leaf in head.leaves)
        sizes = Counter(f"head of size {head.size}" for head in heads)
        return [what for counted in (steps, leaves, sizes) for what, number in counted.items() if number > 1]


def _step(envelope: Envelope[Event]) -> str:
    about = ONCE[type(envelope.data)]
    named = f" {getattr(envelope.data, about)}" if about else ""
    return f"{envelope.subject} {type(envelope.data).__name__}{named}"


def _lacking(events: Sequence[Event], route: Route, leaves: set[str]) -> Iterator[str]:
    submitted = next(_all(events, ReportSubmitted), None)
    if submitted is None:
        yield "ReportSubmitted"
        return
    if submitted.leaf not in leaves:
        yield "its leaf in the log"
    if not any(each.offer_id == submitted.offer_id for each in _all(events, IdentityChecked)):
        yield "IdentityChecked"
    if route is Route.INSPEKTORAT and not any(_all(events, CaseOpened)):
        yield "CaseOpened"
    if route is Route.KPK and not any(each.complete for each in _all(events, ReportDelivered)):
        yield "all delivered to KPK"
    for piece in submitted.evidence_ids:
        yield from _lacking_of(piece, events)


def _lacking_of(piece: UUID, events: Sequence[Event]) -> Iterator[str]:
    told = {type(each): each for each in events if getattr(each, "evidence_id", None) == piece}
    cleared = told.get(EvidenceCleared)
    if cleared is None and EvidenceQuarantined not in told:
        yield f"the check of {piece}"
    if EvidenceFiled not in told:
        yield f"EvidenceFiled {piece}"
    if isinstance(cleared, EvidenceCleared) and cleared.has_copy and CopyFiled not in told:
        yield f"CopyFiled {piece}"


def _all(events: Sequence[Event], kind: type[Any]) -> Iterator[Any]:
    return (each for each in events if isinstance(each, kind))
