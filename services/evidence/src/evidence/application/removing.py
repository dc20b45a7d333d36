"""What timers do: objects that nobody needs are wiped, expired drafts dropped, keys wrapped anew each day."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.object_store import ObjectRefused, ObjectStore
from chassis.store import EventStore, Row, Statement
from chassis.telemetry import log

from evidence import held
from evidence.domain import Report
from evidence.draft_keys import DraftKeys, Use, WrappedKey

AT_A_TIME = 100
_KEYS = {"upload_key": Use.UPLOAD, "original_key": Use.ORIGINAL, "copy_key": Use.COPY}


class Removing:
    def __init__(self, store: EventStore, objects: ObjectStore, keys: DraftKeys, clock: Clock) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys
        self._clock = clock

    def sweep(self) -> None:
        """Wipes what transactions left to be removed; each again if this ends in the middle."""
        while rows := self._store.rows("SELECT * FROM held.to_remove ORDER BY number LIMIT %s", (AT_A_TIME,)):
            for row in rows:
                self._wipe(row)
                self._store.execute(Statement("DELETE FROM held.to_remove WHERE number = %s", (row["number"],)))

    def _wipe(self, row: Row) -> None:
        try:
            self._objects.wipe(row["bucket"], row["prefix"], row["keep_version"])
        except ObjectRefused:
            # Filed at the moment of the erasure, so locked: nobody can remove it, and nobody can open it.
            log.error("removal_refused", bucket=row["bucket"])

    def drop_expired(self) -> None:
        now = self._clock.hour()
        for row in self._store.rows("SELECT report_id FROM held.drafts WHERE remove_after <= %s", (now,)):
            self._drop(row["report_id"])
        # Their token ended at least an hour ago: nobody can go on with them, and no report can name them.
        self._store.execute(held.dropping_unfinished(now - timedelta(seconds=self._clock.grain)))

    def _drop(self, report_id: UUID) -> None:
        """Unless the report was submitted all the same."""
        report = self._store.load(Report, report_id)
        also = () if report.is_submitted else (held.dropping(report_id, None, report.named),)
        self._store.execute(*also, Statement("DELETE FROM held.drafts WHERE report_id = %s", (report_id,)))

    def rotate_keys(self, now: datetime | None = None) -> bool:
        """Whether it was time to."""
        rotated = self._keys.rotate(self._rewrap_all, now)
        if rotated:
            log.info("draft_keys_rotated")
        return rotated

    def _rewrap_all(self) -> None:
        for column, use in _KEYS.items():
            self._rewrap("uploads", "id", column, use)
        self._rewrap("drafts", "report_id", "comparing_key", Use.COMPARING)

    def _rewrap(self, table: str, owner: str, column: str, use: Use) -> None:
        after = UUID(int=0)
        select = (
            f"SELECT {owner} AS owner, {column} AS key FROM held.{table}"  # noqa: S608  # names of ours
            f" WHERE {owner} > %s AND {column} IS NOT NULL ORDER BY {owner} LIMIT %s"
        )
        while rows := self._store.rows(select, (after, AT_A_TIME)):
            old = [WrappedKey(row["owner"], use, row["key"]) for row in rows]
            # Unless the key has changed meanwhile: then it is a new one.
            update = f"UPDATE held.{table} SET {column} = %s WHERE {owner} = %s AND {column} = %s"  # noqa: S608
            self._store.execute(
                *(
                    Statement(update, (new, key.owner, key.text))
                    for key, new in zip(old, self._keys.rewrap(old), strict=True)
                )
            )
            after = rows[-1]["owner"]
