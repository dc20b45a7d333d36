"""Work that waits in a table: taken one by one, each under a lease, which is short, so that another process soon takes
over from one that died, and renewed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from chassis.store import Row, StoreUnavailable
from chassis.telemetry import log

LEASE_S = 30.0
RENEW_EVERY_S = 8.0
LOOK_EVERY_S = 1.0

T = TypeVar("T")


def do_each(
    connection: Connection[Row],
    channel: str,
    take: Callable[[], T | None],
    do: Callable[[T], None],
    stopping: threading.Event,
    rest: Callable[[], None] = lambda: None,
) -> None:
    """Until the process stops. `take` gives one under a lease, or None; `rest` is called while there is none.

    LISTEN first, then look: none waits for the next look unseen.
    """
    connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
    while not stopping.is_set():
        taken = take()
        if taken is None:
            rest()
            list(connection.notifies(timeout=LOOK_EVERY_S, stop_after=1))
        else:
            do(taken)


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
