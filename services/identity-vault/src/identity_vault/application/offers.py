"""Offers: received, checked in a limited child process, sealed anew, answered, removed from the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from chassis.checks import MOST_ENDS, Job, queue
from chassis.object_store import ObjectMissing, StoredObject
from chassis.store import Cause, EventStore, Statement, StoreUnavailable, retry_on_conflict
from chassis.telemetry import log
from contracts.encoding import canonical, strict_json
from contracts.events.intake import IdentityOffered
from contracts.keys import thumbprint
from contracts.letters import Expected, LetterError, OfferedIdentity, Purpose
from contracts.schema import from_json, to_json
from contracts.vocabulary import IdentityReason, Route

from chassis import DependencyDown
from contracts import letters
from identity_vault import held_offers
from identity_vault.application.filing import Filer
from identity_vault.check_key import CheckKey
from identity_vault.civil_registry import CivilRegistry
from identity_vault.domain import Identity, Offer
from identity_vault.held_offers import HeldOffer
from identity_vault.object_store import INBOX, VaultObjects
from identity_vault.sealing import Sealer
from identity_vault.verdicts import Findings, Verdict, judge, unreadable, unsure

JOB = "identity"


@dataclass(frozen=True)
class Asked:
    """A job's input: which offer to check, and where its letter lies."""

    report_id: UUID
    route: Route
    offer_id: UUID
    stored: StoredObject
    review_asked: bool

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Asked:
        return cls(
            UUID(content["report_id"]),
            Route(content["route"]),
            UUID(content["offer_id"]),
            StoredObject(INBOX, content["object"], content["version"]),
            content["review_asked"],
        )


@dataclass(frozen=True)
class Judged:
    """`held` and `reporter_key` (the thumbprint of whoever signed it) are there where the letter opened."""

    verdict: Verdict
    held: HeldOffer | None = None
    reporter_key: str | None = None


class Offers:
    def __init__(
        self,
        store: EventStore,
        objects: VaultObjects,
        check_key: CheckKey,
        sealer: Sealer,
        filer: Filer,
        registry: CivilRegistry,
    ) -> None:
        self._store = store
        self._objects = objects
        self._check_key = check_key
        self._sealer = sealer
        self._filer = filer
        self._registry = registry

    @retry_on_conflict
    def receive_offer(self, offered: IdentityOffered, cause: Cause) -> None:
        """Writes down that it is there to be checked; the check processes do the rest. The one that it replaces isn't
        checked any more, unless the submission names it."""
        identity = self._store.find(Identity, offered.report_id) or Identity.begin(offered.report_id, offered.route)
        if identity.is_erased:
            self._store.save(cause=cause, also=(held_offers.remove_from_inbox(identity.id, offered.offer_id),))
            return
        if offered.offer_id in identity.offers:
            self._store.save(cause=cause)
            return
        identity.receive_offer(offered.offer_id, Offer(offered.object, offered.version, offered.review_asked))
        check = queue(JOB, held_offers.check_of(identity.id, offered.offer_id), to_json(offered))
        before = [
            each for each in list(identity.offers)[-2:-1] if each != identity.named and identity.was_replaced(each)
        ]
        self._store.save(identity, cause=cause, also=(check, *held_offers.drop_unchecked(identity.id, before)))

    def check(self, job: Job) -> OfferCheck:
        return OfferCheck(self, job)

    def open(self, asked: Asked) -> OfferedIdentity | None:
        """Each opening is a line in OpenBao's audit log. None where the letter does not open as it must."""
        expected = Expected(asked.report_id, asked.route, Purpose.IDENTITY_OFFER, asked.offer_id)
        try:
            raw = self._objects.get(asked.stored)
            kid = letters.read_header(raw).to[0]
            body = letters.open_introduction(raw, expected, self._check_key.opener(kid)).body
        except (ObjectMissing, LetterError, ValueError) as error:  # ValueError: keys in it that are none
            log.warning("offer_unreadable", report_id=str(asked.report_id), reason=type(error).__name__)
            return None
        return body if isinstance(body, OfferedIdentity) and self._is_by_the_reporter(asked, body) else None

    def judge(self, asked: Asked, offered: OfferedIdentity | None, answer: bytes) -> Judged:
        """`answer`: of the child, b"" where there is none."""
        if offered is None:
            return Judged(unreadable())
        findings = from_json(Findings, strict_json(answer)) if answer else None
        verdict = judge(offered.person, findings, self._registry.knows(offered.person), asked.review_asked)
        held = self._sealer.seal(asked.report_id, asked.route, asked.offer_id, offered, verdict)
        return Judged(verdict, held, thumbprint(offered.reporter_keys.signing))

    def save(self, asked: Asked, judged: Judged, done: Statement) -> None:
        try:
            outcome = self._save(asked, judged, done)
        except StoreUnavailable:  # perhaps it was saved all the same
            raise
        except Exception:
            if judged.held is not None:
                self._sealer.discard(judged.held.photo)
            raise
        log.info("identity_checked", report_id=str(asked.report_id), outcome=outcome)

    @retry_on_conflict
    def _save(self, asked: Asked, judged: Judged, done: Statement) -> str:
        """First the verdict; then what was sealed is filed, held until submission, or not wanted any more."""
        identity = self._store.load(Identity, asked.report_id)
        identity.conclude(asked.offer_id, judged.verdict, judged.reporter_key)
        also = [done, held_offers.remove_from_inbox(asked.report_id, asked.offer_id)]
        if judged.held is not None and asked.offer_id not in identity.filed:
            also += self._placed(identity, judged.held, judged.reporter_key)
        self._store.save(identity, also=also)
        return identity.verdicts[asked.offer_id].outcome.value

    def _placed(self, identity: Identity, held: HeldOffer, reporter_key: str | None) -> list[Statement]:
        """Another check of the same report may have been quicker, and its offer by another key."""
        is_by_another = reporter_key is not None and not identity.is_signed_by(reporter_key)
        if not is_by_another and identity.is_to_be_filed(held.offer_id):
            return self._filer.file(identity, held)
        if is_by_another or identity.is_submitted or identity.is_dropped:
            return [held_offers.remove_photo(held.report_id, held.photo)]
        return [held.insertion()]

    def _is_by_the_reporter(self, asked: Asked, body: OfferedIdentity) -> bool:
        """Whether the first offer's key signed it: who can bring an offer by the receipt's locator, or writes to the
        topic, must not become somebody else in the reporter's place."""
        identity = self._store.find(Identity, asked.report_id)
        if identity is None or identity.is_signed_by(thumbprint(body.reporter_keys.signing)):
            return True
        log.warning("offer_unreadable", report_id=str(asked.report_id), reason="OtherReporterKey")
        return False


class OfferCheck:
    """One attempt at checking one offer, and the identity in it, opened once: no other check sees it."""

    def __init__(self, offers: Offers, job: Job) -> None:
        self._offers, self._job, self._asked = offers, job, Asked.of(job.input)

    @cached_property
    def _offered(self) -> OfferedIdentity | None:
        return self._offers.open(self._asked)

    def prepare(self) -> bytes:
        """What the child process gets: the opened offer, or nothing when it doesn't open."""
        return canonical(to_json(self._offered)) if self._offered is not None else b""

    def conclude(self, answer: bytes | None) -> None:
        """`answer` None: it failed three times. Its words are only the closed sets of `Findings`."""
        judged = self._given_up() if answer is None else self._offers.judge(self._asked, self._offered, answer)
        self._offers.save(self._asked, judged, self._job.done)

    def _given_up(self) -> Judged:
        """The identity is kept for a person to look at if it can be: tried once, the outcome must not hang on it."""
        nothing_kept = Judged(unsure(IdentityReason.CHECK_FAILED))
        if self._job.attempts > MOST_ENDS + 1:
            return nothing_kept
        try:
            return self._offers.judge(self._asked, self._offered, b"")
        except DependencyDown:
            raise
        except Exception as error:  # noqa: BLE001  # texts of exceptions are not shown
            log.error("identity_not_kept", report_id=str(self._asked.report_id), exc_info=error)
            return nothing_kept
