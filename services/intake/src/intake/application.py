"""intake's use cases: drafts are opened, reports submitted, messages exchanged, reporters told what happens."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.clock import Clock
from chassis.openbao import OpenBao
from chassis.store import (
    AggregateNotFound,
    Cause,
    ConstraintViolated,
    EventStore,
    Statement,
    VersionConflict,
    retry_on_conflict,
)
from chassis.wrapper import Erased, Wrapped, Wrapper
from contracts.encoding import canonical, strict_json
from contracts.events.cases import CaseStatusChanged, MessageToReporter
from contracts.events.intake import ReportSubmitted
from contracts.facts import Facts, ReceiptRecord
from contracts.key_pairs import PublicKey
from contracts.keys import KeySet
from contracts.leaves import make_leaf, promise, verify_promise
from contracts.letters import Expected, Purpose
from contracts.receipts import hash_of_locator
from contracts.schema import from_json, to_json
from contracts.upload_tokens import UploadToken
from contracts.vocabulary import IdentityLevel, Route

from contracts import letters, upload_tokens
from intake import read_model
from intake.challenges import Challenges
from intake.domain import Report

FACTS = "facts"
RECEIPT = "receipt"


class ReportIdTaken(Exception):
    """Another draft has this id, or this locator."""


class ChallengeSpent(Exception):
    pass


class NoSuchMailbox(Exception):
    """No report has this locator."""


class NoSuchDraft(Exception):
    pass


class AlreadySubmitted(Exception):
    """With other content than this."""


class FactsDontFitRoute(Exception):
    """Route `inspektorat` needs facts; in route `kpk` they are in the story."""


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


@dataclass(frozen=True)
class Submission:
    offer_id: UUID
    evidence_ids: tuple[UUID, ...]
    originals_to_kpk: bool
    facts: Facts | None = field(repr=False)
    story: bytes = field(repr=False)


@dataclass(frozen=True)
class Letter:
    letter_id: UUID
    purpose: Purpose
    hour: datetime
    letter: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class ReportStatus:
    """`letters` is empty once the report is erased."""

    page: read_model.StatusPage
    locked_keys: str = field(repr=False)
    letters: tuple[Letter, ...]
    is_erased: bool


class Intake:
    """`keys`: the key set that letters are addressed by. Errors of `contracts.letters` and the chassis pass through."""

    def __init__(
        self,
        store: EventStore,
        wrapper: Wrapper,
        openbao: OpenBao,
        challenges: Challenges,
        keys: KeySet,
        clock: Clock,
        draft_days: int,
    ) -> None:
        self._store = store
        self._wrapper = wrapper
        self._openbao = openbao
        self._challenges = challenges
        self._keys = keys
        self._clock = clock
        self._draft_life = timedelta(days=draft_days)

    # ---- the reporter's calls ----

    def issue_challenge(self) -> Mapping[str, Any]:
        return self._challenges.issue()

    def open_draft(self, opening: Opening, solved_challenge: str) -> Draft:
        """Safe to repeat: the same opening of the same draft gives a token again, at no further challenge."""
        if not self._is_open(opening):
            nonce = self._challenges.redeem(solved_challenge)
            self._save_draft(opening, nonce)
        return self._admit(opening.report_id, opening.route)

    def submit_report(self, token: UploadToken, submission: Submission) -> str:
        """The signed promise of the report's leaf in the log. The same submission again gives the same promise."""
        if (submission.facts is None) != (token.route is Route.KPK):
            raise FactsDontFitRoute
        letters.check_letter(
            submission.story, Expected(token.report_id, token.route, Purpose.STORY), self._recipients(token.report_id)
        )
        return self._submit(token.report_id, submission)

    def show_status(self, locator: str) -> ReportStatus:
        mailbox = self._mailbox(locator)
        page = read_model.find_status_page(self._store, mailbox.report_id)
        if page is None:
            raise NoSuchMailbox  # a draft's mailbox is empty and nobody's business yet
        texts = [Wrapped(each.purpose.value, each.text) for each in page.letters]
        opened = self._wrapper.unwrap_all(page.report_id, texts)
        if isinstance(opened, Erased):
            return ReportStatus(page, mailbox.locked_keys, (), is_erased=True)
        shown = tuple(
            Letter(each.letter_id, each.purpose, each.hour, json.loads(text))
            for each, text in zip(page.letters, opened, strict=True)
        )
        return ReportStatus(page, mailbox.locked_keys, shown, is_erased=False)

    def receive_message(self, locator: str, letter: bytes) -> UUID:
        """The id of the letter, which may come again."""
        return self._receive(self._mailbox(locator).report_id, letter)

    # ---- what others tell ----

    @retry_on_conflict
    def take_back_report(self, submitted: ReportSubmitted, event_id: UUID, cause: Cause) -> None:
        """After a restore: a report that the topic has and this database lacks. One that is known changes nothing."""
        report = self._known_or_begun(submitted.report_id, submitted.route)
        if report.is_submitted:
            self._store.save(cause=cause)
            return
        receipt = self._receipt_in(submitted)
        report.submit(
            event_id=event_id,
            offer_id=submitted.offer_id,
            evidence_ids=submitted.evidence_ids,
            originals_to_kpk=submitted.originals_to_kpk,
            identity_level=submitted.identity_level,
            facts=submitted.facts,
            story=submitted.story,
            receipt=submitted.receipt,
            leaf=submitted.leaf,
            promise=receipt.promise if receipt else "",
        )
        known = self._store.row("SELECT 1 FROM held.mailboxes WHERE report_id = %s", (submitted.report_id,))
        also = (_mailbox(submitted.report_id, receipt),) if receipt and not known else ()
        self._store.save(report, cause=cause, also=also)

    @retry_on_conflict
    def change_status(self, changed: CaseStatusChanged, cause: Cause) -> None:
        report = self._known_or_begun(changed.report_id, changed.route)
        report.change_status(changed.status, changed.letter_id, changed.note_to_reporter)
        self._store.save(report, cause=cause)

    @retry_on_conflict
    def deliver_reply(self, reply: MessageToReporter, cause: Cause) -> None:
        report = self._known_or_begun(reply.report_id, reply.route)
        report.deliver_reply(reply.letter_id, reply.text)
        self._store.save(report, cause=cause)

    # ---- steps ----

    def _is_open(self, opening: Opening) -> bool:
        """Whether this very draft is there; ReportIdTaken if another one has its id."""
        row = self._store.row("SELECT * FROM held.mailboxes WHERE report_id = %s", (opening.report_id,))
        if row is None:
            return False
        if Opening(opening.report_id, opening.route, *(row[name] for name in _MAILBOX)) != opening:
            raise ReportIdTaken
        return True

    def _save_draft(self, opening: Opening, nonce: str) -> None:
        mailbox = _mailbox(opening.report_id, opening)
        spent = Statement("INSERT INTO held.spent_challenges VALUES (%s, %s)", (nonce, self._clock.hour()))
        try:
            self._store.save(Report.open_draft(opening.report_id, opening.route), also=(mailbox, spent))
        except ConstraintViolated as error:
            raise (ChallengeSpent if error.constraint == "spent_challenges_nonce" else ReportIdTaken) from None
        except VersionConflict:
            raise ReportIdTaken from None

    def _admit(self, report_id: UUID, route: Route) -> Draft:
        expires = self._clock.next_hour() + self._draft_life
        token = upload_tokens.issue(UploadToken(report_id, route, expires), self._openbao.signer("intake"))
        return Draft(token, expires)

    @retry_on_conflict
    def _submit(self, report_id: UUID, submission: Submission) -> str:
        report = self._draft(report_id)
        if report.submission is not None:
            self._must_be_the_same(report.submission, submission)
            return report.submission.promise
        self._wrapper.make_key(report_id)
        leaf = make_leaf(report_id, self._clock.hour(), [letters.letter_digest(submission.story).hex()], [])
        signed = promise(leaf, self._openbao.signer("intake"))
        facts = submission.facts
        report.submit(
            event_id=uuid.uuid4(),
            offer_id=submission.offer_id,
            evidence_ids=submission.evidence_ids,
            originals_to_kpk=submission.originals_to_kpk,
            identity_level=IdentityLevel.NOT_YET_CHECKED,
            facts=None if facts is None else self._wrapper.wrap(report_id, FACTS, _bytes(facts)),
            story=self._wrapper.wrap(report_id, Purpose.STORY.value, submission.story),
            receipt=self._wrapper.wrap(report_id, RECEIPT, self._receipt_of(report_id, signed)),
            leaf=leaf.entry.hex(),
            promise=signed,
        )
        self._store.save(report)
        return signed

    @retry_on_conflict
    def _receive(self, report_id: UUID, letter: bytes) -> UUID:
        report = self._store.load(Report, report_id)
        expected = Expected(report_id, report.route, Purpose.MESSAGE_FROM_REPORTER)
        about = letters.check_letter(letter, expected, self._recipients(report_id)).about
        leaf = make_leaf(report_id, self._clock.hour(), [letters.letter_digest(letter).hex()], [])
        text = self._wrapper.wrap(report_id, Purpose.MESSAGE_FROM_REPORTER.value, letter)
        report.receive_message(about.letter_id, text, leaf.entry.hex())
        self._store.save(report)
        return about.letter_id

    def _must_be_the_same(self, known: Report.Submitted, again: Submission) -> None:
        """Facts are compared in clear: a kept hash of so few answers would tell them."""
        leaf = verify_promise(known.promise, self._keys.verification_key)
        same = (
            known.offer_id == again.offer_id
            and set(known.evidence_ids) == {str(each) for each in again.evidence_ids}
            and known.originals_to_kpk == again.originals_to_kpk
            and letters.letter_digest(again.story).hex() in leaf.letters
            and self._has_facts(known, again.facts)
        )
        if not same:
            raise AlreadySubmitted

    def _has_facts(self, known: Report.Submitted, facts: Facts | None) -> bool:
        if facts is None or known.facts is None:
            return facts is None and known.facts is None
        kept = self._wrapper.unwrap(known.originator_id, FACTS, known.facts)
        return not isinstance(kept, Erased) and kept == _bytes(facts)

    def _draft(self, report_id: UUID) -> Report:
        try:
            return self._store.load(Report, report_id)
        except AggregateNotFound:
            raise NoSuchDraft from None

    def _known_or_begun(self, report_id: UUID, route: Route) -> Report:
        return self._store.find(Report, report_id) or Report.begin(report_id, route)

    def _mailbox(self, locator: str) -> read_model.Mailbox:
        mailbox = read_model.find_mailbox(self._store, hash_of_locator(locator))
        if mailbox is None:
            raise NoSuchMailbox
        return mailbox

    def _recipients(self, report_id: UUID) -> letters.Recipients:
        """The keys that a letter of this report may be sealed to: everybody's, and the reporter's own."""
        row = self._store.row("SELECT encryption FROM held.mailboxes WHERE report_id = %s", (report_id,))
        if row is None:
            raise NoSuchDraft
        return {**self._keys.recipients(), "reporter": [PublicKey("reporter-enc", row["encryption"])]}

    def _receipt_of(self, report_id: UUID, signed: str) -> bytes:
        """What a restored database needs to give the reporter their mailbox back."""
        row = self._store.row("SELECT * FROM held.mailboxes WHERE report_id = %s", (report_id,))
        if row is None:
            raise NoSuchDraft
        return _bytes(ReceiptRecord(promise=signed, **{name: row[name] for name in _MAILBOX}))

    def _receipt_in(self, submitted: ReportSubmitted) -> ReceiptRecord | None:
        """None once the report is erased."""
        receipt = self._wrapper.unwrap(submitted.report_id, RECEIPT, submitted.receipt)
        return None if isinstance(receipt, Erased) else from_json(ReceiptRecord, strict_json(receipt))


_MAILBOX = ("locator_hash", "encryption", "signing", "locked_keys")


def _bytes(value: Facts | ReceiptRecord) -> bytes:
    return canonical(to_json(value))


def _mailbox(report_id: UUID, kept: Opening | ReceiptRecord) -> Statement:
    keys = (json.dumps(dict(kept.encryption)), json.dumps(dict(kept.signing)))
    return Statement(
        "INSERT INTO held.mailboxes VALUES (%s, %s, %s, %s, %s)",
        (report_id, kept.locator_hash, *keys, kept.locked_keys),
    )
