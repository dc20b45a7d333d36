"""After OpenBao was restored: which reports lack their key, and which erased ones have theirs again."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from chassis.store import EventStore, retry_on_conflict
from chassis.wrapper import Erased, KeyMissing, NotWrapped, Wrapper
from contracts.events.identity import ReportErased

from intake.application import receipts
from intake.domain import Report

_TOLD_ERASED = """
    SELECT DISTINCT subject FROM held.dead_letters
    WHERE headers @> jsonb_build_array(jsonb_build_array('ce_type', %s::text))
"""


@dataclass(frozen=True)
class KeysFound:
    """`lost`: reports whose content nobody here can read any more. `to_erase_again`: their key is back.

    `erasure_waits`: of these it is told that they were erased, which was not believed, since their key is there: either
    it is back as well, in a database that is older than the erasure, or the telling is forged.
    """

    lost: tuple[UUID, ...]
    to_erase_again: tuple[UUID, ...]
    erasure_waits: tuple[UUID, ...] = ()


class KeyCare:
    def __init__(self, store: EventStore, wrapper: Wrapper) -> None:
        self._store = store
        self._wrapper = wrapper

    def check(self) -> KeysFound:
        """Tells the reporter and KPK of each lost key, once. Nothing is erased by it: a key may yet be brought back."""
        lost, again = [], []
        for report_id in list(self._submitted()):
            report = self._store.load(Report, report_id)
            is_there = self._has_key(report)
            if report.is_erased and is_there:
                again.append(report_id)
            elif not report.is_erased and not is_there:
                # Also where an erasure waits: it may be forged to keep this quiet.
                self._tell(report_id)
                lost.append(report_id)
        return KeysFound(tuple(lost), tuple(again), tuple(sorted(self._told_erased())))

    def _submitted(self) -> Iterator[UUID]:
        return (row["report_id"] for row in self._store.rows("SELECT report_id FROM read.reports ORDER BY report_id"))

    def _told_erased(self) -> Iterator[UUID]:
        """By what waits among the dead letters, until people have looked and it is replayed."""
        rows = self._store.rows(_TOLD_ERASED, (b64encode(ReportErased.type.encode()).decode(),))
        return (UUID(row["subject"]) for row in rows if row["subject"] is not None)

    def _has_key(self, report: Report) -> bool:
        """By opening what was wrapped by it: a key of that name may be another one."""
        assert report.submission is not None  # noqa: S101  # it is on the list of submitted ones
        try:
            opened = self._wrapper.unwrap(report.id, receipts.RECEIPT, report.submission.receipt)
        except (KeyMissing, NotWrapped):
            return False
        return not isinstance(opened, Erased)

    @retry_on_conflict
    def _tell(self, report_id: UUID) -> None:
        report = self._store.load(Report, report_id)
        report.lose_key()
        self._store.save(report)
