"""Photos to be shown once: in this process's memory, under a URL that works once, in one session, for a moment."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LIFE_S = 60.0
MOST = 8  # there is one Super Admin


@dataclass(frozen=True)
class _Kept:
    session: str = field(repr=False)
    photo: bytes = field(repr=False)
    until: float


class ShownOnce:
    """`session` is what only one signed-in session has: the digest of its ticket. Several web processes need sticky
    sessions."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._monotonic = monotonic

    def keep(self, session: str, photo: bytes) -> str:
        """The name under which it can be taken."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._forget_old()
            while len(self._kept) >= MOST:
                self._kept.pop(next(iter(self._kept)))
            self._kept[name] = _Kept(session, photo, self._monotonic() + LIFE_S)
        return name

    def take(self, session: str, name: str) -> bytes | None:
        """Gone with the first try, also with one from another session."""
        with self._lock:
            self._forget_old()
            kept = self._kept.pop(name, None)
        return kept.photo if kept is not None and secrets.compare_digest(kept.session, session) else None

    def _forget_old(self) -> None:
        now = self._monotonic()
        for name in [name for name, kept in self._kept.items() if kept.until < now]:
            del self._kept[name]
