"""The public log: once an hour the last hours' entries are added, sorted by hash, and the new head is signed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from chassis.clock import Clock
from chassis.openbao import OpenBao
from chassis.store import EventStore
from contracts.events.definition import MOST_LEAVES
from contracts.leaves import as_hour, sign_head

from intake import read_model
from intake.domain import LOG_ID, Log
from intake.read_model import ConsistencyProof, InclusionProof


class NotInLog(Exception):
    """The log has no such entry, or no head of that size: entries come with the hour's end."""


# A part of the hour, a minute of a whole one: what took its hour before the hour's end is saved by then.
SETTLING = 60


class PublicLog:
    def __init__(self, store: EventStore, openbao: OpenBao, clock: Clock) -> None:
        self._store = store
        self._openbao = openbao
        self._clock = clock

    def sign_head(self, now: datetime | None = None) -> None:
        """Adds what waits, once an hour: several heads only where one can't hold it all.

        Nothing within the hour tells when an entry came: not its place, and not its head. So an entry that was saved
        late, after its hour's head, waits for the next hour's.
        """
        hour = self._settled(now or datetime.now(UTC))
        waiting = read_model.waiting_entries(self._store, hour)
        log = (self._store.find(Log, LOG_ID) or Log.begin()) if waiting else None
        if log is None or log.has_head_of(as_hour(hour)):
            return
        for first in range(0, len(waiting), MOST_LEAVES):
            self._extend(log, waiting[first : first + MOST_LEAVES], as_hour(hour))

    def _extend(self, log: Log, entries: list[str], hour: str) -> None:
        head = log.next_head(entries, hour)
        log.extend(sorted(entries), head, sign_head(head, self._openbao.signer("intake")), uuid.uuid4())
        self._store.save(log)

    def _settled(self, moment: datetime) -> datetime:
        """The hour before which all is over and settled."""
        return self._clock.round_down(moment - timedelta(seconds=self._clock.grain / SETTLING))

    def head(self) -> str:
        """The newest signed head."""
        head = read_model.newest_head(self._store)
        if head is None:
            raise NotInLog
        return head

    def prove_inclusion(self, entry: str) -> InclusionProof:
        proof = read_model.find_inclusion(self._store, entry)
        if proof is None:
            raise NotInLog
        return proof

    def prove_consistency(self, first: int) -> ConsistencyProof:
        proof = read_model.find_consistency(self._store, first)
        if proof is None:
            raise NotInLog
        return proof
