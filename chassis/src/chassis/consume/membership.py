"""Watches that a consumer which joins its group comes to be a member of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from kafka import KafkaConsumer
from kafka.structs import MemberState

from chassis.telemetry import log

JOINING_LASTS_S = 15.0  # more than a session, so that one that died meanwhile is out


class Membership:
    """kafka-python 3.0.12 forgets a join that a changed picture of the topics began, where it outlasts the poll that
    began it: half-way the new picture counts as joined. It then reads on without heartbeats and bookmarks, busily, for
    ever."""

    def __init__(
        self, consumer: KafkaConsumer, topics: Iterable[str], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._consumer, self._topics, self._now = consumer, sorted(topics), now
        self._joining_since: float | None = None

    def look(self) -> None:
        """To be called now and then. Whoever has been joining for too long leaves the group and begins anew."""
        if self._consumer.group_metadata().state != MemberState.REBALANCING:
            self._joining_since = None
        elif self._joining_since is None:
            self._joining_since = self._now()
        elif self._now() - self._joining_since > JOINING_LASTS_S:
            log.warning("group_joined_anew")
            self._consumer.unsubscribe()
            self._consumer.subscribe(self._topics)
            self._joining_since = None
