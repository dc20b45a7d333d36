"""Faults on demand, for tests and demonstrations: forgotten at a restart."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

MOST_CALLS, MOST_BYTES, MOST_SECONDS = 10_000, 1 << 40, 120
Asked = Callable[[str], object]  # what is asked for, by the name of a plan's field; None for nothing


class NoPlan(ValueError):
    """A number that is none, or is out of reason."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`refuse_calls`: so many calls are answered 503. `cut_after_bytes`: the next PATCH loses its connection there.
    `wrong_receipts`: so many receipts are about another manifest. `slow_seconds`: each call waits so long."""

    refuse_calls: int = 0
    cut_after_bytes: int | None = None
    wrong_receipts: int = 0
    slow_seconds: float = 0

    @classmethod
    def asked(cls, told: Asked) -> Plan:
        """A plan as a form or JSON tells it; raises NoPlan."""
        cut = told("cut_after_bytes")
        return cls(
            refuse_calls=int(_number(told("refuse_calls"), MOST_CALLS)),
            cut_after_bytes=None if cut in (None, "") else int(_number(cut, MOST_BYTES)),
            wrong_receipts=int(_number(told("wrong_receipts"), MOST_CALLS)),
            slow_seconds=_number(told("slow_seconds"), MOST_SECONDS),
        )


def _number(told: object, most: int) -> float:
    if told in (None, ""):
        return 0
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        raise NoPlan
    try:
        number = float(told)
    except (ValueError, OverflowError):
        raise NoPlan from None
    if not 0 <= number <= most:  # nor what is no number (NaN)
        raise NoPlan
    return number


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
