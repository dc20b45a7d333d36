"""Following a report by its receipt code: status, timeline and messages, whose signatures are checked here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.key_pairs import PublicKey
from contracts.letters import About, Expected, LetterError, Purpose, seal_letter
from contracts.receipts import Receipt, ReporterSecrets
from contracts.vocabulary import CaseStatus, Route

from contracts import letters
from wbs_client.public_api import PublicApi
from wbs_client.trust import TrustedKeys


@dataclass(frozen=True)
class Message:
    """A message that opened and whose signature stands. `writer` is a kid: `investigator:v1`, `reporter-sig`."""

    letter_id: UUID
    hour: datetime
    writer: str
    text: str = field(repr=False)

    @property
    def is_mine(self) -> bool:
        return letters.owner_of(self.writer) == "reporter"


@dataclass(frozen=True)
class Event:
    hour: datetime
    what: str
    status: CaseStatus | None


@dataclass(frozen=True)
class Status:
    """`distrusted`: how many letters were not shown, since they don't open or their signature doesn't stand."""

    report_id: UUID
    route: Route
    status: CaseStatus
    timeline: tuple[Event, ...]
    messages: tuple[Message, ...]
    distrusted: int
    promise: str = field(repr=False)


class Mailbox:
    """A report's mailbox. The code itself never leaves this object: the server is asked by the locator made from it."""

    def __init__(self, api: PublicApi, keys: TrustedKeys, receipt: Receipt) -> None:
        self._api = api
        self._keys = keys
        self._receipt = receipt

    def read(self) -> Status:
        answer = self._fetch()
        report_id, route = UUID(answer["report_id"]), Route(answer["route"])
        own = self._receipt.unlock(answer["locked_keys"])
        opened = [self._open(each, report_id, route, own) for each in answer["letters"]]
        return Status(
            report_id=report_id,
            route=route,
            status=CaseStatus(answer["status"]),
            timeline=tuple(_event(each) for each in answer["timeline"]),
            messages=tuple(message for message in opened if message is not None),
            distrusted=opened.count(None),
            promise=answer["promise"],
        )

    def write(self, text: str) -> UUID:
        """Sends a message to whoever works on the report. A repeated send of the same letter changes nothing."""
        answer = self._fetch()
        own = self._receipt.unlock(answer["locked_keys"])
        about = About(UUID(answer["report_id"]), Route(answer["route"]), Purpose.MESSAGE_FROM_REPORTER, uuid.uuid4())
        recipients = self._keys.recipients(own.encryption.public)
        letter = seal_letter(letters.Message(text=text), about, recipients, own.signing)
        self._api.post("/api/v1/receipts/messages", {"locator": self._receipt.locator, "letter": json.loads(letter)})
        return about.letter_id

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
        return Message(opened.about.letter_id, datetime.fromisoformat(stored["hour"]), opened.writer, opened.body.text)


def _event(stored: Mapping[str, Any]) -> Event:
    status = stored["status"]
    return Event(datetime.fromisoformat(stored["hour"]), stored["what"], CaseStatus(status) if status else None)
