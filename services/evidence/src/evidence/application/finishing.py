"""A whole upload becomes one sealed object, and the report has a piece more."""

from __future__ import annotations

import hashlib
import hmac
import os
from uuid import UUID

from chassis.checks import Job
from chassis.object_store import ObjectStore
from chassis.store import EventStore, Statement, UnexpectedRows, retry_on_conflict
from contracts.vocabulary import QuarantineReason

from evidence import held
from evidence.application import jobs
from evidence.domain import Report
from evidence.draft_keys import DraftKeys, Use, WrappedKey
from evidence.held import Upload
from evidence.sealed_objects import ORIGINALS, SealedObject, SealedObjects
from evidence.segments import BUCKET, Segments, WholeUpload


class NotKept(Exception):
    """The report was submitted without this upload, or its batch is over."""


class Finishing:
    def __init__(self, store: EventStore, objects: ObjectStore, sealed: SealedObjects, keys: DraftKeys) -> None:
        self._store = store
        self._objects = objects
        self._sealed = sealed
        self._keys = keys

    def finish(self, job: Job) -> None:
        """Seals the upload anew, to one object. Its segments, and what an earlier attempt left, are removed after."""
        upload = held.find(self._store, jobs.evidence_id(job))
        if upload is None or upload.is_sealed or upload.upload_key is None:
            self._store.execute(job.done)
            return
        key, comparing_key = self._keys_of(upload, upload.upload_key)
        digest = hmac.new(comparing_key, digestmod=hashlib.sha256)
        segments = Segments(self._objects, upload.id, key)
        plain = WholeUpload(segments, held.segments_of(self._store, upload.id), digest.update)
        original = self._sealed.seal(ORIGINALS, upload.report_id, upload.id, plain)
        wrapped = self._keys.wrap(upload.id, Use.ORIGINAL, original.secret.secret)
        done = Statement("DELETE FROM held.jobs WHERE id = %s", (job.id,))
        try:
            self._receive(job, upload, original, wrapped, digest.digest())
        except NotKept:
            # It was announced just before the report was submitted without it.
            self._store.execute(done, *held.dropping_one(upload.id))
        except UnexpectedRows:
            # Given up or dropped meanwhile, or another process was quicker: this object is nobody's.
            self._sealed.remove(ORIGINALS, original.place)
            self._store.execute(done)

    @retry_on_conflict
    def _receive(self, job: Job, upload: Upload, original: SealedObject, key: str, digest: bytes) -> None:
        report = self._store.find(Report, upload.report_id) or Report.begin(upload.report_id, upload.route)
        if not report.keeps(upload.id, upload.batch_id):
            raise NotKept
        report.receive(upload.id, upload.kind, upload.batch_id, original.place)
        follows = []
        if self._is_there(upload, digest):
            # The same file twice is one piece. No check for it: it has its verdict.
            report.quarantine(upload.id, QuarantineReason.DUPLICATE)
        else:
            follows.append(jobs.queue_check(upload.report_id, upload.id))
        if upload.id in report.named:
            follows.append(jobs.queue_filing(upload.report_id, upload.id, jobs.FILE))
        sealing = _sealing(upload.id, original, key, digest)
        self._store.save(report, also=(sealing, job.done, *follows, *_wiping(upload, original)))

    def _is_there(self, upload: Upload, digest: bytes) -> bool:
        row = self._store.row(
            "SELECT 1 FROM held.uploads WHERE report_id = %s AND digest = %s AND id <> %s",
            (upload.report_id, digest, upload.id),
        )
        return row is not None

    def _keys_of(self, upload: Upload, upload_key: str) -> tuple[bytes, bytes]:
        """Its own, and what the draft's pieces are compared by. That goes with the draft's end: a piece that is sealed
        after it is like no other."""
        keys = [WrappedKey(upload.id, Use.UPLOAD, upload_key)]
        if comparing_key := held.comparing_key(self._store, upload.report_id):
            keys.append(WrappedKey(upload.report_id, Use.COMPARING, comparing_key))
        own, *of_draft = self._keys.unwrap_all(keys)
        return own, of_draft[0] if of_draft else os.urandom(32)


def _sealing(upload_id: UUID, original: SealedObject, key: str, digest: bytes) -> Statement:
    return Statement(
        "UPDATE held.uploads SET is_sealed = true, upload_key = NULL, original_key = %s, sealed_size = %s, digest = %s"
        " WHERE id = %s AND NOT is_sealed",
        (key, original.size, digest, upload_id),
        expect_rows=1,
    )


def _wiping(upload: Upload, original: SealedObject) -> tuple[Statement, ...]:
    return (
        Statement("DELETE FROM held.segments WHERE upload_id = %s", (upload.id,)),
        held.wiping(BUCKET, f"{upload.id}/"),
        held.wiping(ORIGINALS, original.place.object, original.place.version),
    )
