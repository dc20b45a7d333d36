"""The public log: an append-only Merkle tree (RFC 9162) of what reports commit to, extended and signed by the hour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Self, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.store import Aggregate
from contracts.leaves import LogHead

from intake.log_tree import Frontier

LOG_ID = uuid5(NAMESPACE_URL, "urn:wbs:public-log")


class DoesNotExtend(Exception):
    """A head that isn't the next one of this log: a fork, or one between is missing."""


class Log(Aggregate):
    """There is one. Entries are named by their hex, in the order in which they stand in the log."""

    class Begun(Aggregate.Created):
        pass

    class HeadSigned(Aggregate.Event):
        """`leaves` were added; with them the log has `size` entries and this `root` (hex)."""

        leaves: list[str]
        size: int
        root: str
        hour: str
        head: str

        def apply(self, aggregate: Aggregate) -> None:
            log = cast(Log, aggregate)
            log.frontier, log.hour = log.frontier.extended(self.leaves), self.hour

    def __init__(self) -> None:
        self.frontier = Frontier()
        self.hour = ""

    def has_head_of(self, hour: str) -> bool:
        """Whether this hour's head is signed, or a later one's: who comes late waits for the next hour's."""
        return self.hour >= hour

    @classmethod
    def begin(cls) -> Self:
        return cls._create(cls.Begun, id=LOG_ID)

    def next_head(self, leaves: Collection[str], hour: str) -> LogHead:
        """The head that these leaves would give, sorted by hash: their order tells nothing within the hour."""
        extended = self.frontier.extended(sorted(leaves))
        return LogHead(size=extended.size, root=extended.root().hex(), hour=hour)

    def extend(self, leaves: Sequence[str], head: LogHead, signed: str, event_id: UUID) -> None:
        """DoesNotExtend unless this log with these leaves has that head."""
        extended = self.frontier.extended(leaves)
        if (extended.size, extended.root().hex()) != (head.size, head.root):
            raise DoesNotExtend
        self.trigger_event(
            self.HeadSigned,
            event_id=event_id,
            leaves=list(leaves),
            size=head.size,
            root=head.root,
            hour=head.hour,
            head=signed,
        )
