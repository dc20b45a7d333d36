"""Work in hand stands under a lease: short, so that another process soon takes over from one that died, and renewed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chassis.store import StoreUnavailable
from chassis.telemetry import log

LEASE_S = 30.0
RENEW_EVERY_S = 8.0


@contextmanager
def renewed(renew: Callable[[], None], every_s: float = RENEW_EVERY_S) -> Iterator[None]:
    """Calls `renew` now and then, from a thread of its own, until the block ends."""
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(renew, over, every_s), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def _renew(renew: Callable[[], None], over: threading.Event, every_s: float) -> None:
    while not over.wait(every_s):
        try:
            renew()
        except StoreUnavailable:
            log.warning("lease_not_renewed")
