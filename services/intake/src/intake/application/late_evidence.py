"""Late evidence: a batch that the holder of a receipt uploads, filed with the message that names it, or it expires."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.openbao import OpenBao
from chassis.store import EventStore, retry_on_conflict
from contracts.receipts import hash_of_locator
from contracts.upload_tokens import UploadToken

from contracts import upload_tokens
from intake import read_model
from intake.application.mailboxes import NoSuchMailbox, must_not_be_erased
from intake.domain import Report


@dataclass(frozen=True)
class Batch:
    batch_id: UUID
    upload_token: str = field(repr=False)
    expires_at: datetime
    uploads_url: str


class LateEvidence:
    """`life`: how long a batch waits for its message."""

    def __init__(self, store: EventStore, openbao: OpenBao, clock: Clock, life: timedelta, uploads_url: str) -> None:
        self._store = store
        self._openbao = openbao
        self._clock = clock
        self._life = life
        self._uploads_url = uploads_url

    def open_batch(self, locator: str) -> Batch:
        """The one that is open already, if there is one: asking again does no harm."""
        mailbox = read_model.find_mailbox(self._store, hash_of_locator(locator))
        if mailbox is None:
            raise NoSuchMailbox
        return self._open(mailbox.report_id)

    @retry_on_conflict
    def _open(self, report_id: UUID) -> Batch:
        report = self._store.load(Report, report_id)
        must_not_be_erased(report)
        batch = report.open_batch(uuid.uuid4())
        self._store.save(report)
        expires = self._clock.round_down(batch.opened) + timedelta(seconds=self._clock.grain) + self._life
        token = UploadToken(report_id, report.route, expires, batch.batch_id)
        signed = upload_tokens.issue(token, self._openbao.signer("intake"))
        return Batch(batch.batch_id, signed, expires, self._uploads_url)

    def expire_old(self) -> None:
        """Batches that no message named in time."""
        for report_id in read_model.batches_opened_before(self._store, self._clock.hour() - self._life):
            self._expire(report_id)

    @retry_on_conflict
    def _expire(self, report_id: UUID) -> None:
        report = self._store.load(Report, report_id)
        report.expire_batch()
        self._store.save(report)
