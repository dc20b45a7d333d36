"""Filing: what a report names is locked, its keys become letters, and nothing else opens it any more."""

from __future__ import annotations

import uuid
from datetime import timedelta
from uuid import UUID

from chassis.checks import Job
from chassis.clock import Clock
from chassis.object_store import ObjectStore, StoredObject
from chassis.openbao import OpenBao
from chassis.store import EventStore, Statement, retry_on_conflict
from chassis.telemetry import log
from chassis.wrapper import ReportIsErased, Wrapper
from contracts.keys import KeySet
from contracts.letters import About, FileKey, Purpose, SealedFile
from contracts.sealed_files import FileSecret
from contracts.vocabulary import Route

from contracts import letters
from evidence import held
from evidence.application import jobs
from evidence.domain import Place, Report
from evidence.draft_keys import DraftKeys, Use
from evidence.held import Upload
from evidence.sealed_objects import COPIES, ORIGINALS, context_of

UNKNOWN_TYPE = "application/octet-stream"  # of a piece that wasn't checked, or whose type nobody could tell


class KeyLost(Exception):
    """A named piece is neither filed nor is its key held: people must look. Nothing is given up."""


class Filing:
    """`retention`: how long an original stays locked against everybody."""

    def __init__(
        self,
        store: EventStore,
        objects: ObjectStore,
        keys: DraftKeys,
        openbao: OpenBao,
        wrapper: Wrapper,
        people: KeySet,
        clock: Clock,
        retention: timedelta,
    ) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys
        self._openbao = openbao
        self._wrapper = wrapper
        self._people = people
        self._clock = clock
        self._retention = retention

    def file(self, job: Job) -> None:
        try:
            self._file(job)
        except ReportIsErased:
            self._store.execute(job.done, held.removal(jobs.evidence_id(job)))

    @retry_on_conflict
    def _file(self, job: Job) -> None:
        """Whatever the checks say. The original at once, the copy as soon as there is one; safe to repeat."""
        evidence_id = jobs.evidence_id(job)
        report, upload = self._store.load(Report, jobs.report_id(job)), held.find(self._store, evidence_id)
        if evidence_id not in report.waiting_to_be_filed:
            self._store.execute(job.done, *self._cleaning(report, evidence_id))
            return
        if upload is None:
            log.error("evidence_key_missing", evidence_id=str(evidence_id))
            raise KeyLost
        piece = report.pieces[evidence_id]
        if not piece.is_filed:
            self._file_original(report, upload, piece.original)
        if piece.copy is not None and not piece.is_copy_filed:
            report.file_copy(evidence_id, self._letter(report, upload, Purpose.COPY_KEY, piece.copy))
        self._store.save(report, also=(job.done, *self._cleaning(report, evidence_id)))

    def _file_original(self, report: Report, upload: Upload, original: Place) -> None:
        stored = StoredObject(ORIGINALS, original.object, original.version)
        self._objects.lock(stored, self._clock.next_hour() + self._retention)
        key = key_for_kpk = None
        if report.route is Route.INSPEKTORAT:
            key = self._letter(report, upload, Purpose.ORIGINAL_KEY, original)
        if report.originals_to_kpk or report.route is Route.KPK:
            key_for_kpk = self._letter(report, upload, Purpose.ORIGINAL_KEY_FOR_KPK, original)
        report.file_original(upload.id, key, key_for_kpk)

    def _letter(self, report: Report, upload: Upload, purpose: Purpose, place: Place) -> str:
        """A key letter, wrapped under the report's key."""
        about = About(report.id, report.route, purpose, uuid.uuid4())
        body = FileKey(evidence_id=upload.id, file=self._sealed_file(report.id, upload, purpose, place))
        known, signer = self._people.recipients(), self._openbao.signer("evidence")
        innermost = len(letters.layers(purpose, report.route)) - 1
        letter = letters.seal_letter(body, about, known, signer, innermost)
        if innermost:
            letter = letters.enclose(letter, about, known, signer)
        return self._wrapper.wrap(report.id, purpose.value, letter)

    def _sealed_file(self, report_id: UUID, upload: Upload, purpose: Purpose, place: Place) -> SealedFile:
        is_copy = purpose is Purpose.COPY_KEY
        bucket, use = (COPIES, Use.COPY) if is_copy else (ORIGINALS, Use.ORIGINAL)
        wrapped, media_type = (
            (upload.copy_key, upload.copy_media_type) if is_copy else (upload.original_key, upload.media_type)
        )
        return SealedFile(
            bucket=bucket,
            object=place.object,
            version=place.version,
            sha256=place.sha256,
            key=FileSecret(self._keys.unwrap(upload.id, use, wrapped or "")).text(),
            context=context_of(report_id, upload.id, bucket),
            media_type=media_type or UNKNOWN_TYPE,
        )

    def _cleaning(self, report: Report, evidence_id: UUID) -> tuple[Statement, ...]:
        """With the row go the keys: from now on the file opens by its letters alone."""
        piece = report.pieces.get(evidence_id)
        return (held.removal(evidence_id),) if piece is not None and piece.is_settled else ()
