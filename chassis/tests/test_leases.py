"""A lease is renewed for as long as the work takes, whatever the database does meanwhile."""

from __future__ import annotations

import threading

import pytest
from chassis.leases import renewed
from chassis.store import StoreUnavailable


def test_it_is_renewed_until_the_work_ends() -> None:
    twice = threading.Semaphore(0)

    with renewed(twice.release, every_s=0.01):
        twice.acquire()
        twice.acquire()

    assert not any(thread.name.endswith("(_renew)") for thread in threading.enumerate())


def test_a_database_that_is_away_for_a_moment_does_not_end_the_renewing() -> None:
    calls: list[int] = []
    again = threading.Event()

    def renew() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise StoreUnavailable
        again.set()

    with renewed(renew, every_s=0.01):
        assert again.wait(30)


def test_the_work_s_own_error_passes() -> None:
    with pytest.raises(ZeroDivisionError), renewed(lambda: None):
        raise ZeroDivisionError
