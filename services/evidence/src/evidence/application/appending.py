"""The bytes of one request on their way into an upload: sealed and stored as they come, and counted once proved."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

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
        digest = hashlib.new(body.checksum.algorithm, usedforsecurity=False) if body.checksum else None
        unproved: list[Segment] = []
        start, is_broken = self._at, False
        while not is_broken:
            piece, is_broken = self._fill(body)
            if not piece:
                break
            if digest is None:
                self._commit(self._at, [self._write(piece)], len(piece))
            else:
                digest.update(piece)
                unproved.append(self._write(piece))
            self._at += len(piece)
        if body.checksum and digest is not None:
            self._prove(body.checksum, digest.digest(), is_broken, unproved)
            self._commit(start, unproved, self._at - start)
        if is_broken:
            raise Broken

    def _fill(self, body: Body) -> tuple[bytearray, bool]:
        """Up to a segment, and whether the connection broke. TooLong, broken or not: the bytes beyond what was
        announced are the first that nobody wants; those before them stay."""
        piece, is_broken = bytearray(), False
        try:
            while len(piece) < SEGMENT and (more := body.read(SEGMENT - len(piece))):
                piece += more
        except Broken:
            is_broken = True
        if self._at + len(piece) > self._upload.size:
            raise TooLong
        return piece, is_broken

    def _write(self, piece: bytearray) -> Segment:
        self._count += 1
        if self._count > MOST_SEGMENTS:
            raise TooManySegments
        return self._segments.write(self._at, piece)

    def _prove(self, checksum: Checksum, found: bytes, is_broken: bool, unproved: list[Segment]) -> None:
        if is_broken or not hmac.compare_digest(found, checksum.digest):
            self._segments.remove(unproved)
            raise Broken if is_broken else ChecksumDiffers

    def _commit(self, start: int, segments: list[Segment], length: int) -> None:
        """Now the bytes count; the last ones make the upload whole. OffsetDiffers: another request was quicker."""
        if not segments:
            return
        move = Statement(
            "UPDATE held.uploads SET received = received + %s WHERE id = %s AND received = %s AND NOT is_sealed",
            (length, self._upload.id, start),
            expect_rows=1,
        )
        rows = (
            Statement(
                "INSERT INTO held.segments (upload_id, at, name) VALUES (%s, %s, %s)",
                (each.upload_id, each.at, each.name),
            )
            for each in segments
        )
        is_whole = start + length == self._upload.size
        finish = (queue(jobs.FINISH, self._upload.id, jobs.about(self._upload)),) if is_whole else ()
        try:
            self._store.execute(move, *rows, *finish)
        except (UnexpectedRows, ConstraintViolated):
            self._segments.remove(segments)
            raise OffsetDiffers from None
