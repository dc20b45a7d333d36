"""ClamAV's daemon: a stream of bytes is clean, infected, encrypted or too large to scan."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket
from contracts.vocabulary import QuarantineReason

from chassis import DependencyDown

TIMEOUT_S = 300.0
PING_TIMEOUT_S = 5.0
# What the daemon says of limits and of content that it can't look into (AlertExceedsMax, AlertEncrypted).
_HEURISTICS = {
    "Heuristics.Encrypted": QuarantineReason.ENCRYPTED,
    "Heuristics.Limits.Exceeded": QuarantineReason.TOO_LARGE,
}


class ClamavDown(DependencyDown):
    def __init__(self) -> None:
        super().__init__("clamav")


class ScanFailed(Exception):
    """The daemon answered before, and then not on this content: an error, nothing in time, or it ended."""


@dataclass(frozen=True)
class Clamav:
    """`timeout`: seconds that the daemon may be silent in a scan."""

    host: str
    port: int
    timeout: float = TIMEOUT_S

    def find_fault(self, content: Iterator[bytes]) -> QuarantineReason | None:
        """None: clean. The names of findings are not told: they may quote the file.

        Raises ClamavDown before anything of the content is read; ScanFailed is counted against the content, so that a
        file which the daemon can't bear has an end. The daemon's own end in the middle of a scan counts once, too.
        """
        self._must_answer()
        daemon = ClamdNetworkSocket(self.host, self.port, timeout=self.timeout)
        try:
            status, name = daemon.instream(cast(BinaryIO, _Stream(content)))["stream"]
        except BufferTooLongError:
            return QuarantineReason.TOO_LARGE
        except (ClamdError, OSError, KeyError, UnicodeDecodeError):  # KeyError: it closed without an answer
            raise ScanFailed from None
        if status == "OK":
            return None
        if status == "ERROR":
            raise ScanFailed
        return _meaning(name or "")

    def _must_answer(self) -> None:
        try:
            answer = ClamdNetworkSocket(self.host, self.port, timeout=PING_TIMEOUT_S).ping()
        except (ClamdError, OSError, UnicodeDecodeError):
            raise ClamavDown from None
        if answer != "PONG":
            raise ClamavDown


def _meaning(name: str) -> QuarantineReason:
    known = (reason for prefix, reason in _HEURISTICS.items() if name.startswith(prefix))
    return next(known, QuarantineReason.INFECTED)


class _Stream(io.BufferedIOBase):
    """What clamav-client reads. It asks for a kilobyte at a time and takes what it gets: whole pieces are faster."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _: int | None = -1) -> bytes:
        return next(self._pieces, b"")
