"""The bytes of one request on their way into an upload: sealed and stored as they come, and counted once proved."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from chassis.checks import queue
from chassis.store import ConstraintViolated, EventStore, Statement, UnexpectedRows

from evidence import held
from evidence.application import jobs
from evidence.held import Upload
from evidence.segments import SEGMENT, Segment, Segments

MOST_SEGMENTS = 10_000  # of an upload; a client that sends a byte at a time would fill the database


class OffsetDiffers(Exception):
    """The upload stands elsewhere; also when another request was quicker."""


class TooLong(Exception):
    """More bytes than were announced."""


class TooManySegments(Exception):
    """It was sent in too many small pieces."""


class ChecksumDiffers(Exception):
    pass


class Broken(Exception):
    """The client's connection ended in the middle. Raised by `Body.read`."""


@dataclass(frozen=True)
class Checksum:
    """What the client says that the bytes of one request digest to; `algorithm` as hashlib names it."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class Body:
    """The bytes of one request: `read(n)` gives up to n, none at the end, or raises Broken. `length` if it is told."""

    read: Callable[[int], bytes] = field(repr=False)
    length: int | None
    checksum: Checksum | None = None


class Appending:
    """One request."""

    def __init__(self, store: EventStore, segments: Segments, upload: Upload) -> None:
        self._store = store
        self._segments = segments
        self._upload = upload
        self._at = upload.received
        self._count = len(held.segments_of(store, upload.id))

    def run(self, body: Body) -> None:
        if body.checksum is None:
            is_broken = self._take(body, lambda _: None, lambda segment, end: self._commit(segment.at, [segment], end))
        else:
            is_broken = self._take_proved(body, body.checksum)
        if is_broken:
            raise Broken

    def _take_proved(self, body: Body, checksum: Checksum) -> bool:
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
        start, unproved = self._at, list[Segment]()
        is_broken = self._take(body, digest.update, lambda segment, _: unproved.append(segment))
        self._prove(checksum, digest.digest(), is_broken, unproved)
        self._commit(start, unproved, self._at)
        return is_broken

    def _take(self, body: Body, observe: Callable[[bytearray], None], keep: Callable[[Segment, int], None]) -> bool:
        """Whether the connection broke. `keep(segment, end)` gets each segment once it is stored.

        While one is stored the next one comes in: no more than these two are in memory.
        """
        with ThreadPoolExecutor(1) as storing, ExitStack() as stored:
            while True:
                piece, is_broken = self._fill(body)
                observe(piece)
                stored.close()  # raises what went wrong with the one before
                if piece:
                    store = partial(self._store_segment, self._at, piece, keep)
                    self._at += len(piece)
                    if is_broken or len(piece) < SEGMENT:
                        store()
                    else:
                        stored.callback(storing.submit(store).result)
                if is_broken or len(piece) < SEGMENT:
                    return is_broken

    def _store_segment(self, at: int, piece: bytearray, keep: Callable[[Segment, int], None]) -> None:
        self._count += 1
        if self._count > MOST_SEGMENTS:
            raise TooManySegments
        keep(self._segments.write(at, piece), at + len(piece))

    def _fill(self, body: Body) -> tuple[bytearray, bool]:
        """Up to a segment, and whether the connection broke. TooLong, broken or not, where it goes beyond
        what was announced; the segments before it stay."""
        piece, is_broken = bytearray(), False
        try:
            while len(piece) < SEGMENT and (more := body.read(SEGMENT - len(piece))):
                piece += more
        except Broken:
            is_broken = True
        if self._at + len(piece) > self._upload.size:
            raise TooLong
        return piece, is_broken

    def _prove(self, checksum: Checksum, found: bytes, is_broken: bool, unproved: list[Segment]) -> None:
        if is_broken or not hmac.compare_digest(found, checksum.digest):
            self._segments.remove(unproved)
            raise Broken if is_broken else ChecksumDiffers

    def _commit(self, start: int, segments: list[Segment], end: int) -> None:
        """Now the bytes count; the last ones make the upload whole. OffsetDiffers: another request was quicker."""
        if not segments:
            return
        move = Statement(
            "UPDATE held.uploads SET received = %s WHERE id = %s AND received = %s AND NOT is_sealed",
            (end, self._upload.id, start),
            expect_rows=1,
        )
        rows = (
            Statement(
                "INSERT INTO held.segments (upload_id, at, name) VALUES (%s, %s, %s)",
                (each.upload_id, each.at, each.name),
            )
            for each in segments
        )
        is_whole = end == self._upload.size
        finish = (queue(jobs.FINISH, self._upload.id, jobs.about(self._upload)),) if is_whole else ()
        try:
            self._store.execute(move, *rows, *finish)
        except (UnexpectedRows, ConstraintViolated):
            self._segments.remove(segments)
            raise OffsetDiffers from None
