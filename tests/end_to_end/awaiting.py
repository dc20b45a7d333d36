"""Waiting as a reporter does: by looking again."""

from __future__ import annotations

from collections.abc import Callable

from wbs_client import Status


def until(read: Callable[[], Status], holds: Callable[[Status], bool]) -> Status:
    """Reads the status page until it shows what is awaited; the test's timeout ends a wait in vain."""
    while not holds(status := read()):
        pass
    return status
