"""Uploads as they come in: announced, received piece by piece (`appending`), given up."""

from __future__ import annotations

import hashlib
import os
import uuid
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.object_store import ObjectStore
from chassis.store import EventStore, Statement, UnexpectedRows
from contracts.vocabulary import EvidenceKind, Route

from evidence import held, read_model
from evidence.application.appending import Appending, Body, OffsetDiffers, TooLong
from evidence.domain import Report
from evidence.draft_keys import DraftKeys, PlainKey, Use
from evidence.held import Upload
from evidence.read_model import PieceShown
from evidence.segments import Segments

KEY_BYTES = 32


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


class AnnouncedOtherwise(Exception):
    """The same key announced a file of another kind or size before."""


class AlreadyReceived(Exception):
    """It is a piece of the draft now: leave it out of the submission instead."""


@dataclass(frozen=True)
class Holder:
    """Whom an upload token lets in: the holder of a draft, or of a batch of late evidence."""

    report_id: UUID
    route: Route
    batch_id: UUID | None
    expires: datetime


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

    def announce(self, holder: Holder, kind: EvidenceKind, size: int, key: str | None = None) -> Upload:
        """`key`: random, the same for each try to announce this file, which is then announced once, whichever answers
        got lost. Raises FileEmpty, FileTooLarge, DraftFull, NoMoreUploads or AnnouncedOtherwise."""
        if size == 0:
            raise FileEmpty
        if size > self.limits.file:
            raise FileTooLarge(self.limits.file)
        report = self._store.find(Report, holder.report_id)
        if report is not None:
            report.must_take_uploads(holder.batch_id)
        upload_id = uuid.uuid4() if key is None else _id_by(holder, key)
        self._insert(holder, upload_id, kind, size)
        upload = self.find(holder, upload_id)
        if (upload.kind, upload.size) != (kind, size):
            raise AnnouncedOtherwise
        return upload

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
        Appending(self._store, Segments(self._objects, upload_id, key), upload).run(body)
        return self.find(holder, upload_id)

    def give_up(self, holder: Holder, upload_id: UUID) -> None:
        """An upload that isn't whole yet, or just about to be sealed. Raises NoSuchUpload or AlreadyReceived."""
        upload = self.find(holder, upload_id)
        if upload.is_sealed:
            raise AlreadyReceived
        delete, *wiping = held.dropping_one(upload_id)
        unless_sealed = Statement(f"{delete.sql} AND NOT is_sealed", delete.params, expect_rows=1)
        try:
            self._store.execute(unless_sealed, *wiping)
        except UnexpectedRows:
            self.find(holder, upload_id)  # gone where another request has given it up meanwhile
            raise AlreadyReceived from None

    def _insert(self, holder: Holder, upload_id: UUID, kind: EvidenceKind, size: int) -> None:
        """Unless there is one under this id."""
        key, comparing_key = self._keys.wrap_all(
            [
                PlainKey(upload_id, Use.UPLOAD, os.urandom(KEY_BYTES)),
                PlainKey(holder.report_id, Use.COMPARING, os.urandom(KEY_BYTES)),
            ]
        )
        insert = Statement(
            "INSERT INTO held.uploads (id, report_id, route, batch_id, kind, expires, size, upload_key)"
            " SELECT %(id)s, %(report)s, %(route)s, %(batch)s, %(kind)s, %(expires)s, %(size)s, %(key)s"
            " FROM (SELECT count(*) AS pieces, coalesce(sum(size), 0) AS bytes FROM held.uploads"
            "       WHERE report_id = %(report)s AND batch_id IS NOT DISTINCT FROM %(batch)s) AS there"
            " WHERE pieces < %(most_pieces)s AND bytes + %(size)s <= %(most_bytes)s"
            " ON CONFLICT DO NOTHING",
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
        lock = held.keeping_comparing_key(holder.report_id, comparing_key)
        try:
            self._store.execute(lock, insert)
        except UnexpectedRows:
            if held.find(self._store, upload_id) is None:
                raise DraftFull from None


def _id_by(holder: Holder, key: str) -> UUID:
    """None that another report's holder could ask for."""
    digest = hashlib.sha256(f"{holder.report_id}\0{holder.batch_id}\0{key}".encode()).digest()
    return UUID(bytes=digest[:16], version=4)
