"""The examination of a file, from outside: a child gets the plain bytes by a pipe and keeps them in its sandbox's
memory; what comes back are frames."""

from __future__ import annotations

import io
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from chassis.checks import Limits, Stopped
from chassis.checks.child import Children, close
from contracts.vocabulary import QuarantineReason

from evidence.inside import frames, media_types
from evidence.inside.frames import Kind

MEMORY_BYTES = 2 << 30  # of each process
MOST_ANSWERED = 4 << 30  # more than any file's attachments and copy may have
ROOM_BYTES = 3 << 30  # of its file system: a file of 1 GiB, its copy, and the copy again while its index is moved


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
        self.is_over = False
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
        self.is_over = True
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
        limits = Limits(MEMORY_BYTES, 2 * seconds, seconds, MOST_ANSWERED, ROOM_BYTES)
        self._children = Children("evidence.inside.examine:examine", limits)
        self._stopping = stopping

    @contextmanager
    def examine(self, content: Iterable[bytes]) -> Iterator[Examination]:
        """Raises SandboxEnded or Stopped, also from the block; the child is gone when the block is left."""
        try:
            with self._children.job(self._stopping) as job:
                _feed(job.content, content)
                examination = Examination(job.answer)
                yield examination
                if examination.is_over:
                    job.code()
        except SandboxEnded:
            if self._stopping.is_set():
                raise Stopped from None
            raise

    def rest(self) -> None:
        """To be called now and then while there is nothing to examine."""
        self._children.rest()

    def close(self) -> None:
        self._children.close()


def _feed(stream: BinaryIO, content: Iterable[bytes]) -> None:
    try:
        for piece in content:
            stream.write(piece)
        stream.flush()
    except BrokenPipeError:
        raise SandboxEnded from None
    finally:
        close(stream)
