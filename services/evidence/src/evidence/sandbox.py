"""The sandbox from outside: a child without network, files, secrets or privileges, limited in memory and time.

It gets the plain bytes by a pipe and keeps them in a memory file system of its own; what comes back are frames.
"""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from chassis.checks import Stopped
from chassis.checks.sandbox import Walls, sandboxed
from contracts.vocabulary import QuarantineReason

from evidence.inside import frames, media_types
from evidence.inside.frames import Kind

INSIDE = Path(__file__).with_name("inside")
MEMORY_BYTES = 2 << 30  # of each process
MOST_ANSWERED = 4 << 30  # more than any file's attachments and copy may have
ROOM_BYTES = 3 << 30  # of its file system: a file of 1 GiB, its copy, and the copy again while its index is moved
TIMEOUT_GRACE_S = 2


class SandboxEnded(Exception):
    """It ended without a verdict: killed by a limit, crashed by what it read, or it wrote nonsense."""


@dataclass(frozen=True)
class Verdict:
    """`reason` is None for a file in which nothing was found; `copy_media_type` is None where no copy was made.

    Both media types are of closed lists: what the sandbox says becomes the type that a reader's browser is told.
    """

    reason: QuarantineReason | None
    media_type: str | None = None
    copy_media_type: str | None = None


class Examination:
    """What the sandbox answers, in the order in which it has to be read: attachments, copy, verdict."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._answered = 0
        self._next = self._read()

    def attachments(self) -> Iterator[Iterator[bytes]]:
        """Each must be read to its end, or is passed over."""
        while self._next[0] in (Kind.ATTACHMENT, Kind.END_OF_ATTACHMENT):
            attachment = self._attachment()
            yield attachment
            for _ in attachment:
                pass
            self._advance()

    def _attachment(self) -> Iterator[bytes]:
        while self._next[0] is Kind.ATTACHMENT:
            yield self._next[1]
            self._advance()

    @property
    def has_copy(self) -> bool:
        return self._next[0] is Kind.COPY

    def copy(self) -> io.RawIOBase:
        return _Copy(self)

    def verdict(self) -> Verdict:
        kind, content = self._next
        if kind is not Kind.VERDICT:
            raise SandboxEnded
        try:
            said = frames.verdict_in(content)
            reason = QuarantineReason(said["reason"]) if said["reason"] else None
            return Verdict(
                reason,
                _known(said["media_type"], media_types.ACCEPTED),
                _known(said["copy_media_type"], media_types.COPIES),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            raise SandboxEnded from None

    def take_copy_piece(self) -> bytes:
        """Empty at the copy's end."""
        if not self.has_copy:
            return b""
        piece = self._next[1]
        self._advance()
        return piece

    def _advance(self) -> None:
        self._next = self._read()

    def _read(self) -> tuple[Kind, bytes]:
        try:
            kind, content = frames.read(self._source)
        except (EOFError, ValueError):
            raise SandboxEnded from None
        self._answered += frames.HEADER.size + len(content)
        if self._answered > MOST_ANSWERED:
            raise SandboxEnded
        return kind, content


def _known(media_type: Any, known: Collection[str]) -> str | None:
    """TypeError or ValueError for anything but None and one of those."""
    if media_type is not None and media_type not in known:
        raise ValueError("a media type that nothing inside names")
    return cast(str | None, media_type)


class _Copy(io.RawIOBase):
    def __init__(self, examination: Examination) -> None:
        self._examination = examination
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = memoryview(self._examination.take_copy_piece())
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


class Sandbox:
    """`stopping`: set when this process is to stop; the sandbox is ended then, at once."""

    def __init__(self, seconds: int, stopping: threading.Event) -> None:
        self._seconds = seconds
        self._stopping = stopping

    @contextmanager
    def examine(self, content: Iterable[bytes]) -> Iterator[Examination]:
        """Raises SandboxEnded or Stopped, also from the block; the sandbox is gone when the block is left."""
        process = subprocess.Popen(
            _command(self._seconds), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        )
        over = threading.Event()
        watch = threading.Thread(target=self._end_when_stopping, args=(process, over), daemon=True)
        watch.start()
        try:
            _feed(process, content)
            yield Examination(cast(BinaryIO, process.stdout))
        except SandboxEnded:
            if self._stopping.is_set():
                raise Stopped from None
            raise
        finally:
            over.set()
            process.kill()
            process.wait()
            cast(BinaryIO, process.stdout).close()
            watch.join()

    def _end_when_stopping(self, process: subprocess.Popen[bytes], over: threading.Event) -> None:
        while not over.wait(0.2):
            if self._stopping.is_set():
                process.kill()


def _feed(process: subprocess.Popen[bytes], content: Iterable[bytes]) -> None:
    stdin = cast(BinaryIO, process.stdin)
    try:
        for piece in content:
            stdin.write(piece)
        stdin.close()
    except BrokenPipeError:
        raise SandboxEnded from None
    finally:
        with _deaf_to_broken_pipes():
            stdin.close()


@contextmanager
def _deaf_to_broken_pipes() -> Iterator[None]:
    """Closing flushes again what could not be written."""
    try:
        yield
    except BrokenPipeError:
        return


def _command(seconds: int) -> list[str]:
    """Of our own code it sees the inside alone."""
    code = {"/code/evidence/inside": INSIDE, "/code/evidence/__init__.py": INSIDE.with_name("__init__.py")}
    examine = (sys.executable, "-s", "-m", "evidence.inside.examine")
    timed = ("/usr/bin/timeout", "-k", str(TIMEOUT_GRACE_S), str(seconds), *examine)
    return sandboxed(timed, Walls(MEMORY_BYTES, 2 * seconds, ROOM_BYTES, ROOM_BYTES), code, ("/code",))
