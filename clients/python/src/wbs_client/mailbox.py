"""Following a report by its receipt code: what is shown was verified here, signatures, promise and KPK's receipts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import stamina
from contracts.key_pairs import PublicKey
from contracts.letters import (
    About,
    Expected,
    LetterError,
    Person,
    Purpose,
    seal_letter,
)
from contracts.receipts import Receipt, ReporterSecrets
from contracts.vocabulary import CaseStatus, EvidenceKind, IdentityReason, KpkStatus, QuarantineReason, Route

from contracts import letters
from wbs_client.evidence import Batch
from wbs_client.identity import seal_identity
from wbs_client.proofs import InLog, KpkDelivery, check_delivery, check_inclusion, promised_leaf
from wbs_client.public_api import PublicApi, wait_for_checks
from wbs_client.trust import TrustedKeys
from wbs_client.unsent import Unsent
from wbs_client.uploads import Uploads

CHECKS_S = 180.0


@dataclass(frozen=True)
class Message:
    """A message that opened and whose signature stands. `writer` is a kid: `investigator:v1`, `reporter-sig`."""

    letter_id: UUID
    hour: datetime
    writer: str
    text: str = field(repr=False)
    evidence: tuple[letters.EvidenceNote, ...] = ()

    @property
    def is_mine(self) -> bool:
        return letters.owner_of(self.writer) == "reporter"


@dataclass(frozen=True)
class LatePiece:
    """Evidence that a message has filed; `name` is empty where that message can't be read. `fault`: why the checks
    refused it, None where they found nothing wrong, or haven't ended (`is_checked`)."""

    evidence_id: UUID
    kind: EvidenceKind
    name: str = field(repr=False)
    is_checked: bool
    fault: QuarantineReason | None


@dataclass(frozen=True)
class Event:
    """`status` is that of the case; KPK's own where `what` is `kpk_status`."""

    hour: datetime
    what: str
    status: CaseStatus | KpkStatus | None


@dataclass(frozen=True)
class Status:
    """`distrusted`: how many letters were not shown, since they don't open or their signature doesn't stand.

    `in_log` and `kpk` are what this client has verified itself. `identity_wanted`: why another identity is asked for.
    `is_erased`: its messages can't be read any more, and it takes no new ones.
    """

    report_id: UUID
    route: Route
    status: CaseStatus
    timeline: tuple[Event, ...]
    messages: tuple[Message, ...]
    late_evidence: tuple[LatePiece, ...]
    distrusted: int
    in_log: InLog
    kpk: KpkDelivery | None
    identity_wanted: tuple[IdentityReason, ...] | None
    is_erased: bool
    promise: str = field(repr=False)


class Mailbox:
    """A report's mailbox. The code itself never leaves this object: the server is asked by the locator made from it."""

    def __init__(self, api: PublicApi, keys: TrustedKeys, receipt: Receipt) -> None:
        self._api = api
        self._keys = keys
        self._receipt = receipt
        self._messages, self._offers = Unsent(), Unsent()

    def read(self) -> Status:
        answer = self._fetch()
        report_id, route = UUID(answer["report_id"]), Route(answer["route"])
        own = self._receipt.unlock(answer["locked_keys"])
        opened = [self._open(each, report_id, route, own) for each in answer["letters"]]
        messages = tuple(message for message in opened if message is not None)
        leaf, wanted = promised_leaf(answer["promise"], report_id, self._keys.people), answer["identity_wanted"]
        return Status(
            report_id=report_id,
            route=route,
            status=CaseStatus(answer["status"]),
            timeline=tuple(_event(each) for each in answer["timeline"]),
            messages=messages,
            late_evidence=tuple(_late_piece(each, messages) for each in answer["late_evidence"]),
            distrusted=opened.count(None),
            in_log=check_inclusion(leaf, answer["inclusion"], self._keys.people),
            kpk=check_delivery(answer["kpk"], report_id, leaf, self._keys.people),
            identity_wanted=None if wanted is None else tuple(IdentityReason(each) for each in wanted),
            is_erased=answer["is_erased"],
            promise=answer["promise"],
        )

    def write(self, text: str, batch: Batch | None = None) -> UUID:
        """Sends a message to whoever works on the report, and files the batch of late evidence with it.

        Called again after a failure, it sends the same letter: the message arrives once. Gives the letter's id.
        """
        body = letters.Message(text=text, evidence=batch.notes if batch else ())
        batch_id = str(batch.batch_id) if batch else None
        letter = self._messages.letter((body, batch_id), lambda: self._sealed(body))
        evidence_ids = [str(note.evidence_id) for note in body.evidence]
        answer = self._send({"letter": json.loads(letter), "batch_id": batch_id, "evidence_ids": evidence_ids})
        self._messages.was_sent()
        return UUID(answer["letter_id"])

    def _sealed(self, message: letters.Message) -> bytes:
        answer = self._fetch()
        own = self._receipt.unlock(answer["locked_keys"])
        about = About(UUID(answer["report_id"]), Route(answer["route"]), Purpose.MESSAGE_FROM_REPORTER, uuid.uuid4())
        return seal_letter(message, about, self._keys.recipients(own.encryption.public), own.signing)

    def _send(self, message: Mapping[str, Any]) -> Any:
        """A piece that was sent whole a moment ago may still be on its way."""
        for attempt in stamina.retry_context(on=wait_for_checks, attempts=None, timeout=CHECKS_S):
            with attempt:
                return self._api.post("/api/v1/receipts/messages", {"locator": self._receipt.locator, **message})
        raise AssertionError("stamina tries at least once")

    def open_batch(self) -> Batch:
        """For late evidence. There is one at a time: the one that is open already, if no message has filed it."""
        opened = self._api.post("/api/v1/receipts/evidence", {"locator": self._receipt.locator})
        uploads = Uploads(opened["uploads_url"], opened["upload_token"], self._api)
        return Batch(UUID(opened["batch_id"]), uploads)

    def offer_identity(self, person: Person, ktp_photo: bytes, ask_for_review: bool = False) -> UUID:
        """Another identity, e.g. since the first was found doubtful. Called again after a failure: the same offer."""
        content = (person, ktp_photo, ask_for_review)
        letter = self._offers.letter(content, lambda: self._sealed_identity(person, ktp_photo))
        offer = {"locator": self._receipt.locator, "letter": json.loads(letter), "review": ask_for_review}
        offer_id = UUID(self._api.post("/api/v1/receipts/identity", offer)["offer_id"])
        self._offers.was_sent()
        return offer_id

    def _sealed_identity(self, person: Person, ktp_photo: bytes) -> bytes:
        answer = self._fetch()
        own = self._receipt.unlock(answer["locked_keys"])
        return seal_identity(person, ktp_photo, UUID(answer["report_id"]), Route(answer["route"]), self._keys, own)

    def withdraw(self) -> None:
        """Notes that the reporter withdraws. It stops nothing."""
        self._api.post("/api/v1/receipts/withdrawal", {"locator": self._receipt.locator})

    def _fetch(self) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._api.post("/api/v1/receipts/status", {"locator": self._receipt.locator})
        return answer

    def _open(self, stored: Mapping[str, Any], report_id: UUID, route: Route, own: ReporterSecrets) -> Message | None:
        """None for a letter that can't be trusted: a forged question is the cheapest way to unmask a reporter."""

        def writers(kid: str) -> PublicKey | None:
            return own.signing.public if kid == own.signing.kid else self._keys.people.verification_key(kid)

        expected = Expected(report_id, route, Purpose(stored["purpose"]), UUID(stored["letter_id"]))
        try:
            opened = letters.open_letter(json.dumps(stored["letter"]).encode(), expected, own.encryption, writers)
        except LetterError:
            return None
        hour, body = datetime.fromisoformat(stored["hour"]), opened.body
        return Message(opened.about.letter_id, hour, opened.writer, body.text, body.evidence)


def _late_piece(stored: Mapping[str, Any], messages: Iterable[Message]) -> LatePiece:
    """Its name is what the reporter's own letter says."""
    evidence_id, fault = UUID(stored["evidence_id"]), stored["fault"]
    notes = (note for message in messages if message.is_mine for note in message.evidence)
    name = next((note.name for note in notes if note.evidence_id == evidence_id), "")
    kind, is_checked = EvidenceKind(stored["kind"]), stored["is_checked"]
    return LatePiece(evidence_id, kind, name, is_checked, QuarantineReason(fault) if fault else None)


def _event(stored: Mapping[str, Any]) -> Event:
    status = stored["status"]
    terms: type[CaseStatus | KpkStatus] = KpkStatus if stored["what"] == "kpk_status" else CaseStatus
    return Event(datetime.fromisoformat(stored["hour"]), stored["what"], terms(status) if status else None)
