"""Submissions: a draft becomes a report, whose promise is given back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.openbao import OpenBao
from chassis.store import EventStore, retry_on_conflict
from chassis.wrapper import Erased, Wrapper
from contracts.encoding import canonical
from contracts.facts import Facts
from contracts.keys import KeySet
from contracts.leaves import make_leaf, promise, verify_promise
from contracts.letters import Expected, Purpose
from contracts.schema import to_json
from contracts.upload_tokens import UploadToken
from contracts.vocabulary import Route

from contracts import letters
from intake.application import receipts, waits
from intake.application.drafts import draft_of
from intake.domain import Report

FACTS = "facts"


class AlreadySubmitted(Exception):
    """With other content than this."""


class FactsDontFitRoute(Exception):
    """Route `inspektorat` needs facts; in route `kpk` they are in the story."""


@dataclass(frozen=True)
class Submission:
    offer_id: UUID
    evidence_ids: tuple[UUID, ...]
    originals_to_kpk: bool
    facts: Facts | None = field(repr=False)
    story: bytes = field(repr=False)


class Submissions:
    """`keys`: the key set that letters are addressed by; `patience`: how long a submission waits for a check."""

    def __init__(
        self, store: EventStore, wrapper: Wrapper, openbao: OpenBao, keys: KeySet, clock: Clock, patience: timedelta
    ) -> None:
        self._store = store
        self._wrapper = wrapper
        self._openbao = openbao
        self._keys = keys
        self._clock = clock
        self._patience = patience

    def submit(self, token: UploadToken, submission: Submission) -> str:
        """The signed promise of the report's leaf in the log. The same submission again gives the same promise."""
        if (submission.facts is None) != (token.route is Route.KPK):
            raise FactsDontFitRoute
        letters.check_letter(
            submission.story,
            Expected(token.report_id, token.route, Purpose.STORY),
            receipts.recipients(self._store, token.report_id, self._keys),
        )
        return self._submit(token.report_id, submission)

    @retry_on_conflict
    def _submit(self, report_id: UUID, submission: Submission) -> str:
        report = draft_of(self._store, report_id)
        if report.submission is not None:
            self._must_be_the_same(report.submission, submission)
            return report.submission.promise
        report.must_be_complete(
            submission.offer_id, submission.evidence_ids, waits.overdue(self._store, report_id, self._patience)
        )
        self._wrapper.make_key(report_id)
        hour = self._clock.hour()
        files = [report.pieces[each].sha256 for each in submission.evidence_ids]
        leaf = make_leaf(report_id, hour, [letters.letter_digest(submission.story).hex()], files)
        signed = promise(leaf, self._openbao.signer("intake"))
        facts = submission.facts
        report.submit(
            event_id=uuid.uuid4(),
            hour=hour,
            offer_id=submission.offer_id,
            evidence_ids=submission.evidence_ids,
            originals_to_kpk=submission.originals_to_kpk,
            identity_level=report.identity_level,
            facts=None if facts is None else self._wrapper.wrap(report_id, FACTS, canonical(to_json(facts))),
            story=self._wrapper.wrap(report_id, Purpose.STORY.value, submission.story),
            receipt=self._wrapper.wrap(report_id, receipts.RECEIPT, receipts.to_bytes(self._store, report_id, signed)),
            leaf=leaf.entry.hex(),
            promise=signed,
        )
        self._store.save(report, also=(waits.end_all(report_id),))
        return signed

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
        return not isinstance(kept, Erased) and kept == canonical(to_json(facts))
