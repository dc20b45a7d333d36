"""The check of a piece: viruses, type, attachments; and its clean copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from chassis.checks import Job
from chassis.store import EventStore, Statement, UnexpectedRows, retry_on_conflict
from contracts.sealed_files import FileSecret
from contracts.vocabulary import QuarantineReason

from evidence import held
from evidence.application import jobs
from evidence.clamav import Clamav
from evidence.domain import Report
from evidence.draft_keys import DraftKeys, Use
from evidence.held import Upload
from evidence.sandbox import Examination, Sandbox, SandboxEnded, Verdict
from evidence.sealed_objects import COPIES, ORIGINALS, SealedObject, SealedObjects


@dataclass(frozen=True)
class Checked:
    """`copy` is what the sandbox made, sealed."""

    verdict: Verdict
    copy: SealedObject | None = None


class Checking:
    def __init__(self, store: EventStore, sealed: SealedObjects, keys: DraftKeys, clamav: Clamav, largest: int) -> None:
        self._store = store
        self._sealed = sealed
        self._keys = keys
        self._clamav = clamav
        self._largest = largest

    def check(self, job: Job, sandbox: Sandbox) -> None:
        """Raises SandboxEnded or ScanFailed, which count against the file; ClamavDown, which doesn't; or Stopped."""
        upload = held.find(self._store, jobs.evidence_id(job))
        if upload is None or upload.original_key is None:
            self._store.execute(job.done)
            return
        self._conclude(job, upload, self._examine(upload, sandbox))

    def give_up(self, job: Job) -> None:
        """It ended its sandbox, its scan or this process each time: that is the verdict."""
        upload = held.find(self._store, jobs.evidence_id(job))
        if upload is None:
            self._store.execute(job.done)
            return
        self._conclude(job, upload, Checked(Verdict(QuarantineReason.CHECK_FAILED)))

    def _examine(self, upload: Upload, sandbox: Sandbox) -> Checked:
        if upload.size > self._largest:  # more than ClamAV is set to take: it would break off
            return Checked(Verdict(QuarantineReason.TOO_LARGE))
        original = self._original(upload)
        fault = self._clamav.find_fault(self._plain(upload, original))
        if fault is not None:
            return Checked(Verdict(fault))
        with sandbox.examine(self._plain(upload, original)) as examination:
            return self._read(upload, examination)

    def _read(self, upload: Upload, examination: Examination) -> Checked:
        for attachment in examination.attachments():
            fault = self._clamav.find_fault(attachment)
            if fault is not None:
                return Checked(Verdict(fault))
        if not examination.has_copy:
            return Checked(examination.verdict())
        copy = self._sealed.seal(COPIES, upload.report_id, upload.id, examination.copy())
        try:
            verdict = examination.verdict()
        except SandboxEnded:
            self._sealed.remove(COPIES, copy.place)
            raise
        if verdict.reason is not None:
            self._sealed.remove(COPIES, copy.place)
            return Checked(verdict)
        return Checked(verdict, copy)

    def _original(self, upload: Upload) -> SealedObject:
        report = self._store.load(Report, upload.report_id)
        secret = FileSecret(self._keys.unwrap(upload.id, Use.ORIGINAL, upload.original_key or ""))
        return SealedObject(report.pieces[upload.id].original, secret, upload.sealed_size or 0)

    def _plain(self, upload: Upload, original: SealedObject) -> Iterator[bytes]:
        return self._sealed.open(ORIGINALS, upload.report_id, upload.id, original)

    def _conclude(self, job: Job, upload: Upload, checked: Checked) -> None:
        key = self._keys.wrap(upload.id, Use.COPY, checked.copy.secret.secret) if checked.copy else None
        try:
            self._save(job, upload, checked, key)
        except UnexpectedRows:
            # Dropped meanwhile, or checked by another process: the copy is nobody's.
            if checked.copy:
                self._sealed.remove(COPIES, checked.copy.place)
            self._store.execute(Statement("DELETE FROM held.jobs WHERE id = %s", (job.id,)))

    @retry_on_conflict
    def _save(self, job: Job, upload: Upload, checked: Checked, key: str | None) -> None:
        report = self._store.load(Report, upload.report_id)
        if checked.verdict.reason is None:
            report.clear(upload.id, checked.copy.place if checked.copy else None)
        else:
            report.quarantine(upload.id, checked.verdict.reason)
        note = Statement(
            "UPDATE held.uploads SET copy_key = %s, media_type = %s, copy_media_type = %s WHERE id = %s",
            (key, checked.verdict.media_type, checked.verdict.copy_media_type, upload.id),
            expect_rows=1,
        )
        self._store.save(report, also=(note, job.done, *_follows(report, upload.id, checked.copy)))


def _follows(report: Report, evidence_id: UUID, copy: SealedObject | None) -> tuple[Statement, ...]:
    # What earlier attempts left; the copy's name is the piece's id.
    follows: tuple[Statement, ...] = (held.wiping(COPIES, str(evidence_id), copy.place.version if copy else None),)
    if evidence_id in report.named and not report.is_erased:
        return (*follows, jobs.queue_filing(report.id, evidence_id, COPIES))
    return follows
