"""Faults on demand, for tests and demonstrations: forgotten at a restart."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`refuse_calls`: so many calls are answered 503. `cut_after_bytes`: the next PATCH loses its connection there.
    `wrong_receipts`: so many receipts are about another manifest. `slow_seconds`: each call waits so long."""

    refuse_calls: int = 0
    cut_after_bytes: int | None = None
    wrong_receipts: int = 0
    slow_seconds: float = 0


class Faults:
    def __init__(self) -> None:
        self._plan = Plan()
        self._lock = threading.Lock()

    @property
    def plan(self) -> Plan:
        return self._plan

    def set(self, plan: Plan) -> None:
        with self._lock:
            self._plan = plan

    def refuses(self) -> bool:
        with self._lock:
            due = self._plan.refuse_calls > 0
            self._plan = replace(self._plan, refuse_calls=max(0, self._plan.refuse_calls - 1))
            return due

    def cut(self) -> int | None:
        with self._lock:
            at, self._plan = self._plan.cut_after_bytes, replace(self._plan, cut_after_bytes=None)
            return at

    def spoils_receipt(self) -> bool:
        with self._lock:
            due = self._plan.wrong_receipts > 0
            self._plan = replace(self._plan, wrong_receipts=max(0, self._plan.wrong_receipts - 1))
            return due
