"""The check key's life: rotated daily, published, and trimmed only when nothing in the inbox needs a version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.store import Aggregate

CHECK_KEYS_ID: UUID = uuid5(NAMESPACE_URL, "wbs:check-keys")
LISTED = 2  # the newest and the one before: letters sealed just before a rotation are still accepted


class CheckKeys(Aggregate):
    """There is one. The number of a list is that of the newest version of the key in it: `newest`, of the last list."""

    class Begun(Aggregate.Created):
        pass

    class Published(Aggregate.Event):
        """`check_keys`: the signed list (`contracts.keys.sign_check_keys`)."""

        version: int
        check_keys: str

        def apply(self, aggregate: Aggregate) -> None:
            assert isinstance(aggregate, CheckKeys)  # noqa: S101  # the library's signature is wider
            aggregate.newest = self.version
            aggregate.published_at = self.timestamp

    def __init__(self) -> None:
        self.newest = 0
        self.published_at: datetime | None = None

    @classmethod
    def begin(cls) -> Self:
        return cls._create(cls.Begun, id=CHECK_KEYS_ID)

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Whether it is time for a new version. At first start the version that is there is published as it is."""
        return self.published_at is not None and now - self.published_at >= every

    def publish(self, version: int, check_keys: str) -> None:
        self.trigger_event(self.Published, version=version, check_keys=check_keys)

    @staticmethod
    def listed(versions: Sequence[int]) -> list[int]:
        """The versions that letters may be sealed to, the best first."""
        return sorted(versions, reverse=True)[:LISTED]

    @staticmethod
    def oldest_needed(versions: Sequence[int], in_inbox: Sequence[int]) -> int:
        """The oldest version that must stay: one that left the list at the last rotation may be on its way still."""
        on_its_way = sorted(versions, reverse=True)[: LISTED + 1]
        return min((*on_its_way, *in_inbox))
