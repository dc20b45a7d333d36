"""The reporter's mailbox: found by the locator, which only the receipt code gives."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.clock import Clock
from chassis.store import EventStore, retry_on_conflict
from chassis.telemetry import log
from chassis.wrapper import Erased, KeyMissing, ReportIsErased, Wrapped, Wrapper
from contracts.encoding import strict_json
from contracts.keys import KeySet
from contracts.leaves import make_leaf
from contracts.letters import Expected, Purpose
from contracts.receipts import hash_of_locator

from contracts import letters
from intake import read_model
from intake.application import receipts
from intake.completeness import Piece
from intake.domain import Bounds, NotSubmitted, Report


class NoSuchMailbox(Exception):
    """No report has this locator."""


class LetterIdTaken(Exception):
    """Another letter of the report has this id, or the same one came with other evidence or another question."""


def must_not_be_erased(report: Report) -> None:
    """ReportIsErased: nothing can be added to it, and nobody could read it."""
    if report.is_erased:
        raise ReportIsErased(report.id)


@dataclass(frozen=True)
class Letter:
    letter_id: UUID
    purpose: Purpose
    hour: datetime
    letter: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class ReportStatus:
    """`letters` and `late_evidence` are empty once the report is erased; `inclusion` is None until a head of the log
    has the leaf."""

    page: read_model.StatusPage
    inclusion: read_model.InclusionProof | None
    locked_keys: str = field(repr=False)
    letters: tuple[Letter, ...]
    late_evidence: tuple[Piece, ...]
    is_erased: bool


def _letter_in(text: bytes | None) -> Mapping[str, Any]:
    """An empty one where what came over the bus isn't a letter: the reader's device says that it can't trust it."""
    try:
        letter = strict_json(text or b"")
    except ValueError:
        log.error("letter_not_shown")
        return {}
    return letter if isinstance(letter, dict) else {}


class Mailboxes:
    """`keys`: the key set that letters are addressed by."""

    def __init__(self, store: EventStore, wrapper: Wrapper, keys: KeySet, clock: Clock, bounds: Bounds) -> None:
        self._store = store
        self._wrapper = wrapper
        self._keys = keys
        self._clock = clock
        self._bounds = bounds

    def show_status(self, locator: str) -> ReportStatus:
        mailbox = self._mailbox(locator)
        page = read_model.find_status_page(self._store, mailbox.report_id)
        if page is None:
            raise NoSuchMailbox  # a draft's mailbox is empty and nobody's business yet
        inclusion = read_model.find_inclusion(self._store, page.leaf)
        texts = [Wrapped(each.purpose.value, each.text) for each in page.letters]
        opened = self._opened(page.report_id, texts)
        if isinstance(opened, Erased):
            return ReportStatus(page, inclusion, mailbox.locked_keys, (), (), is_erased=True)
        shown = tuple(
            Letter(each.letter_id, each.purpose, each.hour, _letter_in(text))
            for each, text in zip(page.letters, opened, strict=False)
        )
        late = self._store.load(Report, page.report_id).late_evidence if page.has_late_evidence else ()
        return ReportStatus(page, inclusion, mailbox.locked_keys, shown, late, is_erased=page.is_erased)

    def _opened(self, report_id: UUID, texts: Sequence[Wrapped]) -> list[bytes | None] | Erased:
        """None of them where the key is lost: the journey, the promise and its proof are shown all the same."""
        try:
            return self._wrapper.unwrap_each(report_id, texts)
        except KeyMissing:
            log.error("key_missing", report_id=str(report_id))
            return []

    def receive_message(
        self, locator: str, letter: bytes, batch_id: UUID | None = None, evidence_ids: Collection[UUID] = ()
    ) -> UUID:
        """The id of the letter, which may come again; LetterIdTaken for other content under its id. Late evidence of a
        batch is filed with it."""
        return self._receive(self._mailbox(locator).report_id, letter, batch_id, evidence_ids)

    @retry_on_conflict
    def _receive(self, report_id: UUID, letter: bytes, batch_id: UUID | None, evidence_ids: Collection[UUID]) -> UUID:
        report = self._store.load(Report, report_id)
        if not report.is_submitted:
            raise NotSubmitted
        must_not_be_erased(report)
        expected = Expected(report_id, report.route, Purpose.MESSAGE_FROM_REPORTER)
        about = letters.check_letter(letter, expected, receipts.recipients(self._store, report_id, self._keys)).about
        if about.letter_id in report.letter_ids:
            self._must_be_the_same(report.messages.get(about.letter_id), letter, batch_id, evidence_ids)
            return about.letter_id
        hour = self._clock.hour()
        self._bounds.must_take_message(report, hour)
        report.must_be_in_batch(batch_id, evidence_ids)
        files = [report.late_pieces[each].sha256 for each in evidence_ids]
        leaf = make_leaf(report_id, hour, [letters.letter_digest(letter).hex()], files)
        report.receive_message(
            event_id=uuid.uuid4(),
            hour=hour,
            letter_id=about.letter_id,
            text=self._wrapper.wrap(report_id, Purpose.MESSAGE_FROM_REPORTER.value, letter),
            batch_id=batch_id,
            evidence_ids=evidence_ids,
            leaf=leaf.entry.hex(),
        )
        self._store.save(report)
        return about.letter_id

    def _must_be_the_same(
        self,
        known: Report.MessageReceived | None,
        letter: bytes,
        batch_id: UUID | None,
        evidence_ids: Collection[UUID],
    ) -> None:
        """`known` is None where the id is that of a letter to the reporter."""
        if (
            known is None
            or known.batch_id != batch_id
            or set(known.evidence_ids) != {str(each) for each in evidence_ids}
        ):
            raise LetterIdTaken
        kept = self._wrapper.unwrap(known.originator_id, Purpose.MESSAGE_FROM_REPORTER.value, known.text)
        if isinstance(kept, Erased):
            raise ReportIsErased(known.originator_id)
        if kept != letter:
            raise LetterIdTaken

    @retry_on_conflict
    def withdraw(self, locator: str) -> None:
        """Noted and told to KPK; it stops nothing."""
        report = self._store.load(Report, self._mailbox(locator).report_id)
        must_not_be_erased(report)
        report.withdraw()
        self._store.save(report)

    def _mailbox(self, locator: str) -> read_model.Mailbox:
        mailbox = read_model.find_mailbox(self._store, hash_of_locator(locator))
        if mailbox is None:
            raise NoSuchMailbox
        return mailbox
