"""Uploads as they come in: announced, received piece by piece, given up."""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.checks import queue
from chassis.object_store import ObjectStore
from chassis.store import ConstraintViolated, EventStore, Statement, UnexpectedRows
from contracts.vocabulary import EvidenceKind, Route

from evidence import held, read_model
from evidence.application import jobs
from evidence.domain import Report
from evidence.draft_keys import DraftKeys, Use
from evidence.held import Upload
from evidence.read_model import PieceShown
from evidence.segments import SEGMENT, Segment, Segments

KEY_BYTES = 32
MOST_SEGMENTS = 10_000  # of an upload; a client that sends a byte at a time would fill the database


class NoSuchUpload(Exception):
    """There is none, or no more; none of another report's is there for this one's token."""


class FileTooLarge(Exception):
    def __init__(self, largest: int) -> None:
        super().__init__(str(largest))
        self.largest = largest


class FileEmpty(Exception):
    pass


class DraftFull(Exception):
    """So many pieces, or so many bytes, are in the draft already."""


class OffsetDiffers(Exception):
    """The upload stands elsewhere; also when another request was quicker."""


class TooLong(Exception):
    """More bytes than were announced."""


class TooManySegments(Exception):
    """It was sent in too many small pieces."""


class ChecksumDiffers(Exception):
    pass


class AlreadyReceived(Exception):
    """It is a piece of the draft now: leave it out of the submission instead."""


class Broken(Exception):
    """The client's connection ended in the middle. Raised by `Body.read`."""


@dataclass(frozen=True)
class Holder:
    """Whom an upload token lets in: the holder of a draft, or of a batch of late evidence."""

    report_id: UUID
    route: Route
    batch_id: UUID | None
    expires: datetime


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


@dataclass(frozen=True)
class Limits:
    """Bytes of a file, bytes of a draft, pieces of a draft (or of a batch)."""

    file: int
    draft: int
    pieces: int


class Uploads:
    def __init__(self, store: EventStore, objects: ObjectStore, keys: DraftKeys, limits: Limits) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys
        self.limits = limits

    def announce(self, holder: Holder, kind: EvidenceKind, size: int) -> Upload:
        """Raises FileEmpty, FileTooLarge, DraftFull or NoMoreUploads."""
        if size == 0:
            raise FileEmpty
        if size > self.limits.file:
            raise FileTooLarge(self.limits.file)
        report = self._store.find(Report, holder.report_id)
        if report is not None:
            report.must_take_uploads(holder.batch_id)
        upload_id = uuid.uuid4()
        key = self._keys.wrap(upload_id, Use.UPLOAD, os.urandom(KEY_BYTES))
        self._insert(holder, upload_id, kind, size, key)
        return self.find(holder, upload_id)

    def find(self, holder: Holder, upload_id: UUID) -> Upload:
        """Raises NoSuchUpload."""
        upload = held.find(self._store, upload_id)
        if upload is None or (upload.report_id, upload.batch_id) != (holder.report_id, holder.batch_id):
            raise NoSuchUpload
        return upload

    def pieces_of(self, holder: Holder) -> list[PieceShown]:
        return read_model.pieces_of(self._store, holder.report_id)

    def append(self, holder: Holder, upload_id: UUID, offset: int, body: Body) -> Upload:
        """Seals and stores the bytes as they come; what came before a broken connection stays.

        With a checksum nothing counts until it has been found right. Raises OffsetDiffers, TooLong, ChecksumDiffers,
        TooManySegments, or Broken after what came was kept.
        """
        upload = self.find(holder, upload_id)
        if offset != upload.received:
            raise OffsetDiffers
        if upload.upload_key is None or offset + (body.length or 0) > upload.size:
            raise TooLong
        key = self._keys.unwrap(upload_id, Use.UPLOAD, upload.upload_key)
        _Appending(self._store, Segments(self._objects, upload_id, key), upload).run(body)
        return self.find(holder, upload_id)

    def give_up(self, holder: Holder, upload_id: UUID) -> None:
        """An upload that isn't whole yet, or just about to be sealed. Raises AlreadyReceived."""
        upload = self.find(holder, upload_id)
        if upload.is_sealed:
            raise AlreadyReceived
        delete, *wiping = held.dropping_one(upload_id)
        unless_sealed = Statement(f"{delete.sql} AND NOT is_sealed", delete.params, expect_rows=1)
        try:
            self._store.execute(unless_sealed, *wiping)
        except UnexpectedRows:
            raise AlreadyReceived from None

    def _insert(self, holder: Holder, upload_id: UUID, kind: EvidenceKind, size: int, key: str) -> None:
        comparing_key = self._keys.wrap(holder.report_id, Use.COMPARING, os.urandom(KEY_BYTES))
        insert = Statement(
            "INSERT INTO held.uploads (id, report_id, route, batch_id, kind, expires, size, upload_key)"
            " SELECT %(id)s, %(report)s, %(route)s, %(batch)s, %(kind)s, %(expires)s, %(size)s, %(key)s"
            " FROM (SELECT count(*) AS pieces, coalesce(sum(size), 0) AS bytes FROM held.uploads"
            "       WHERE report_id = %(report)s AND batch_id IS NOT DISTINCT FROM %(batch)s) AS there"
            " WHERE pieces < %(most_pieces)s AND bytes + %(size)s <= %(most_bytes)s",
            {
                "id": upload_id,
                "report": holder.report_id,
                "route": holder.route.value,
                "batch": holder.batch_id,
                "kind": kind.value,
                "expires": holder.expires,
                "size": size,
                "key": key,
                "most_pieces": self.limits.pieces,
                "most_bytes": self.limits.draft,
            },
            expect_rows=1,
        )
        # The draft's row is locked first, so that two announcements at once are counted one after the other.
        lock = Statement(
            "INSERT INTO held.drafts (report_id, comparing_key) VALUES (%s, %s)"
            " ON CONFLICT (report_id) DO UPDATE SET comparing_key = held.drafts.comparing_key",
            (holder.report_id, comparing_key),
        )
        try:
            self._store.execute(lock, insert)
        except UnexpectedRows:
            raise DraftFull from None


class _Appending:
    """One request's bytes on their way into an upload."""

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
