"""ClamAV's daemon: a stream of bytes is clean, infected, encrypted or too large to scan."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket
from contracts.vocabulary import QuarantineReason

from chassis import DependencyDown

TIMEOUT_S = 300
# What the daemon says of limits and of content that it can't look into (AlertExceedsMax, AlertEncrypted).
_HEURISTICS = {
    "Heuristics.Encrypted": QuarantineReason.ENCRYPTED,
    "Heuristics.Limits.Exceeded": QuarantineReason.TOO_LARGE,
}


class ClamavDown(DependencyDown):
    def __init__(self) -> None:
        super().__init__("clamav")


@dataclass(frozen=True)
class Clamav:
    host: str
    port: int

    def find_fault(self, content: Iterator[bytes]) -> QuarantineReason | None:
        """None: clean. The names of findings are not told: they may quote the file."""
        daemon = ClamdNetworkSocket(self.host, self.port, timeout=TIMEOUT_S)
        try:
            status, name = daemon.instream(cast(BinaryIO, _Stream(content)))["stream"]
        except BufferTooLongError:
            return QuarantineReason.TOO_LARGE
        except (ClamdError, OSError):
            raise ClamavDown from None
        if status == "OK":
            return None
        if status == "ERROR":
            raise ClamavDown
        return _meaning(name or "")

    def answers(self) -> bool:
        """Raises ClamavDown."""
        try:
            return ClamdNetworkSocket(self.host, self.port, timeout=5).ping() == "PONG"
        except (ClamdError, OSError):
            raise ClamavDown from None


def _meaning(name: str) -> QuarantineReason:
    known = (reason for prefix, reason in _HEURISTICS.items() if name.startswith(prefix))
    return next(known, QuarantineReason.INFECTED)


class _Stream(io.BufferedIOBase):
    """What clamav-client reads. It asks for a kilobyte at a time and takes what it gets: whole pieces are faster."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _: int | None = -1) -> bytes:
        return next(self._pieces, b"")
