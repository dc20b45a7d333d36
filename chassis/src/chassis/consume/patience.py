"""How long a process waits for something outside before it stops and leaves the rest to its supervisor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import stamina

from chassis import DependencyDown
from chassis.telemetry import Metrics, log

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """Bounded retries with jitter on DependencyDown; a stop that is asked for ends them."""

    metrics: Metrics
    attempts: int = 8
    seconds: float = 30.0
    longest_wait: float = 5.0
    stopping: threading.Event = field(default_factory=threading.Event)

    def retry(self, action: Callable[[], T]) -> T:
        """The last error is raised when patience ends."""
        for attempt in stamina.retry_context(
            on=self._worth_another,
            attempts=self.attempts,
            timeout=self.seconds,
            wait_initial=0.1,
            wait_max=self.longest_wait,
            wait_jitter=0.5,
        ):
            with attempt:
                return action()
        raise AssertionError("stamina ended without an outcome")

    def _worth_another(self, error: Exception) -> bool:
        if not isinstance(error, DependencyDown) or self.stopping.is_set():
            return False
        self.metrics.retries.labels(error.what).inc()
        log.warning("waiting_for", what=error.what)
        return True
