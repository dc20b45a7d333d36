"""After OpenBao was restored: which reports lack their key, and which erased ones have theirs again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from chassis.store import EventStore, retry_on_conflict
from chassis.wrapper import Erased, KeyMissing, NotWrapped, Wrapper

from intake.application import receipts
from intake.domain import Report


@dataclass(frozen=True)
class KeysFound:
    """`lost`: reports whose content nobody here can read any more. `to_erase_again`: their key is back."""

    lost: tuple[UUID, ...]
    to_erase_again: tuple[UUID, ...]


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
                self._tell(report_id)
                lost.append(report_id)
        return KeysFound(tuple(lost), tuple(again))

    def _submitted(self) -> Iterator[UUID]:
        return (row["report_id"] for row in self._store.rows("SELECT report_id FROM read.reports ORDER BY report_id"))

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
