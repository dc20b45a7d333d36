"""Drafts: opened at the price of a challenge, looked at, and gone when their time is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from chassis.clock import Clock
from chassis.openbao import OpenBao
from chassis.store import (
    ConstraintViolated,
    EventStore,
    Statement,
    VersionConflict,
    retry_on_conflict,
)
from contracts.upload_tokens import UploadToken
from contracts.vocabulary import Route

from contracts import upload_tokens
from intake import read_model
from intake.application import receipts, waits
from intake.challenges import LIFETIME
from intake.completeness import Missing, Offer, Piece
from intake.domain import Report


class ReportIdTaken(Exception):
    """Another draft has this id, or this locator."""


class ChallengeSpent(Exception):
    pass


class NoSuchDraft(Exception):
    pass


@dataclass(frozen=True)
class Opening:
    """What a client opens a draft with. `locked_keys` are the private keys, locked under the receipt code."""

    report_id: UUID
    route: Route
    locator_hash: str = field(repr=False)
    encryption: Mapping[str, str] = field(repr=False)
    signing: Mapping[str, str] = field(repr=False)
    locked_keys: str = field(repr=False)


@dataclass(frozen=True)
class Draft:
    upload_token: str = field(repr=False)
    expires_at: datetime
    uploads_url: str


@dataclass(frozen=True)
class DraftState:
    """What is there of a draft, and what it lacks to be filed with all its pieces."""

    offer: Offer | None
    pieces: tuple[Piece, ...]
    missing: tuple[Missing, ...]


Keep: TypeAlias = Callable[[Draft], Statement]


class Drafts:
    """`life`: of a draft; `patience`: how long a submission waits for a check."""

    def __init__(
        self,
        store: EventStore,
        openbao: OpenBao,
        clock: Clock,
        life: timedelta,
        patience: timedelta,
        uploads_url: str,
    ) -> None:
        self._store = store
        self._openbao = openbao
        self._clock = clock
        self._life = life
        self._patience = patience
        self._uploads_url = uploads_url

    def open_draft(self, opening: Opening, redeem: Callable[[], str], keep: Keep | None = None) -> Draft:
        """Safe to repeat: the same opening of the same draft gives a token again, at no further challenge.

        `redeem` gives the nonce of the challenge that was solved for this draft; `keep`: what is saved with it.
        """
        known = self._same_draft(opening)
        return self._again(known, keep) if known is not None else self._open(opening, redeem(), keep)

    def show(self, token: UploadToken) -> DraftState:
        report = draft_of(self._store, token.report_id)
        lacks = report.missing(report.pieces, waits.overdue(self._store, report.id, self._patience))
        return DraftState(report.offer, tuple(report.pieces.values()), lacks)

    def _same_draft(self, opening: Opening) -> Report | None:
        """This very draft, if it is open already. That another one has its id is told for a solved challenge only."""
        row = self._store.row("SELECT * FROM held.mailboxes WHERE report_id = %s", (opening.report_id,))
        if row is None or any(row[name] != getattr(opening, name) for name in receipts.COLUMNS):
            return None
        try:
            report = draft_of(self._store, opening.report_id)
        except NoSuchDraft:  # it has expired since its row was read: its id stays taken
            return None
        return report if report.route is opening.route else None

    def _again(self, report: Report, keep: Keep | None) -> Draft:
        draft = self._admit(report)
        if keep is not None:
            self._store.save(also=(keep(draft),))
        return draft

    def _admit(self, report: Report) -> Draft:
        """The token ends with the draft: counted from the hour after the one it was opened in."""
        expires = self._clock.round_down(report.created_on) + timedelta(seconds=self._clock.grain) + self._life
        token = UploadToken(report.id, report.route, expires)
        return Draft(upload_tokens.issue(token, self._openbao.signer("intake")), expires, self._uploads_url)

    def _open(self, opening: Opening, nonce: str, keep: Keep | None) -> Draft:
        report = Report.open_draft(opening.report_id, opening.route)
        draft = self._admit(report)
        kept = (keep(draft),) if keep is not None else ()
        try:
            self._spend(nonce, report, receipts.insertion(opening.report_id, opening), *kept)
        except VersionConflict:
            return self._taken(opening, nonce, keep)
        except ConstraintViolated as error:
            if error.constraint not in receipts.CONSTRAINTS:
                raise
            return self._taken(opening, nonce, keep)
        return draft

    def _taken(self, opening: Opening, nonce: str, keep: Keep | None) -> Draft:
        """The same request, sent twice, was quicker; otherwise the id or the locator is another draft's, and the
        challenge has paid for learning that."""
        twin = self._same_draft(opening)
        if twin is None:
            self._spend(nonce)
            raise ReportIdTaken
        return self._again(twin, keep)

    def _spend(self, nonce: str, report: Report | None = None, *also: Statement) -> None:
        spent = Statement("INSERT INTO held.spent_challenges VALUES (%s, %s)", (nonce, self._clock.hour()))
        try:
            self._store.save(*([report] if report else []), also=(*also, spent))
        except ConstraintViolated as error:
            if error.constraint == "spent_challenges_nonce":
                raise ChallengeSpent from None
            raise

    def expire_old(self) -> None:
        """Drafts whose time is over; a submission that comes at the same moment wins or loses as a whole."""
        for report_id in read_model.drafts_opened_before(self._store, self._clock.hour() - self._life):
            self._expire(report_id)

    @retry_on_conflict
    def _expire(self, report_id: UUID) -> None:
        report = draft_of(self._store, report_id)
        report.expire()
        if not report.is_submitted:
            self._store.save(report, also=(receipts.removal(report_id), waits.end_all(report_id)))

    def forget_spent_challenges(self) -> None:
        """Those that have expired."""
        before = self._clock.hour() - timedelta(seconds=self._clock.grain) - LIFETIME
        self._store.execute(Statement("DELETE FROM held.spent_challenges WHERE hour < %s", (before,)))


def draft_of(store: EventStore, report_id: UUID) -> Report:
    """One that may still be submitted, or was. Raises NoSuchDraft."""
    report = store.find(Report, report_id)
    if report is None or (report.is_expired and not report.is_submitted):
        raise NoSuchDraft
    return report
