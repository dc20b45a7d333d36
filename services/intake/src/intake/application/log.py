"""The public log: on the hour the last hours' entries are added, sorted by hash, and the new head is signed."""

from __future__ import annotations

import uuid

from chassis.clock import Clock
from chassis.openbao import OpenBao
from chassis.store import EventStore
from contracts.leaves import as_hour, sign_head

from intake import read_model
from intake.domain import LOG_ID, Log
from intake.read_model import ConsistencyProof, InclusionProof


class NotInLog(Exception):
    """The log has no such entry, or no head of that size: entries come with the hour's end."""


class PublicLog:
    def __init__(self, store: EventStore, openbao: OpenBao, clock: Clock) -> None:
        self._store = store
        self._openbao = openbao
        self._clock = clock

    def sign_head(self) -> None:
        """Adds what waits. Nothing within the hour tells when an entry came: not its place, not its head."""
        while waiting := read_model.waiting_entries(self._store, self._clock.hour()):
            log = self._store.find(Log, LOG_ID) or Log.begin()
            head = log.next_head(waiting, as_hour(self._clock.hour()))
            log.extend(sorted(waiting), head, sign_head(head, self._openbao.signer("intake")), uuid.uuid4())
            self._store.save(log)

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
