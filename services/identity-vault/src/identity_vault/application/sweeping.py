"""Removals outside the database, after the transactions that made things superfluous; killed in between, done again."""

from __future__ import annotations

from datetime import timedelta

from chassis.clock import Clock
from chassis.object_store import ObjectMissing, ObjectRefused, StoredObject
from chassis.store import EventStore, UnexpectedRows
from chassis.telemetry import log

from identity_vault import held_offers
from identity_vault.domain import Identity
from identity_vault.held_offers import DRAFT, Removal
from identity_vault.object_store import PHOTOS, VaultObjects


class Sweeping:
    def __init__(self, store: EventStore, objects: VaultObjects, clock: Clock, inbox_days: int) -> None:
        self._store = store
        self._objects = objects
        self._clock = clock
        self._inbox_life = timedelta(days=inbox_days)

    def sweep(self) -> None:
        for removal in held_offers.removals(self._store, self._clock.hour()):
            if removal.kind == DRAFT:
                self._remove_draft(removal)
            elif removal.kind == PHOTOS:
                self._remove_photo(removal)
            elif self._objects.wipe_inbox(removal.name):
                self._store.execute(removal.done)

    def sweep_inbox(self) -> None:
        """Letters that no event ever named (intake was killed between putting and saving), and late puts."""
        before = self._clock.hour() - self._inbox_life
        waiting = {row["input"]["object"] for row in self._store.rows("SELECT input FROM held.jobs")}
        for stored, put_at in self._objects.inbox():
            if put_at < before and stored.name not in waiting:
                self._objects.remove(stored)

    def _remove_photo(self, removal: Removal) -> None:
        try:
            self._objects.remove(StoredObject(PHOTOS, removal.name, removal.version or ""))
        except ObjectMissing:
            log.error("photo_not_found", report_id=str(removal.report_id))  # under another key: its removal stays due
            return
        except ObjectRefused:
            log.error("photo_stays_locked", report_id=str(removal.report_id))  # it was filed in the same moment
        self._store.execute(removal.done)

    def _remove_draft(self, removal: Removal) -> None:
        """Everything of a draft that ended. A submission that was quicker has taken the removal's row away, and nothing
        happens."""
        identity = self._store.load(Identity, removal.report_id)
        everything = held_offers.drop_all(self._store, identity.id, identity.offers)
        try:
            self._store.execute(removal.done, *([] if identity.is_submitted else everything))
        except UnexpectedRows:
            return
