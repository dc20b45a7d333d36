"""What is really there while the public API is fuzzed: drafts, a submitted report, uploads, letters and tokens."""

from __future__ import annotations

import io
import json
import uuid
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import requests
from chassis.testing.harness import eventually
from contracts.facts import Facts
from contracts.leaves import verify_head, verify_promise
from contracts.letters import About, Message, Purpose, seal_letter
from contracts.schema import to_json
from contracts.vocabulary import Category, EvidenceKind, Route
from wbs_client import Filing, Mailbox, StoryDraft
from wbs_client.identity import seal_identity
from wbs_client.proofs import InLog
from wbs_local import examples
from wbs_local.launch import Running
from wbs_local.testing import await_keys

FACTS = Facts(category=Category.EMBEZZLEMENT, area="15.04.03", skpd="dpmd", period_from="2025-01", period_to="2025-06")
STORY = StoryDraft("Cerita rekaan: untuk dicoba-coba.")
KIND = "kind " + b64encode(EvidenceKind.PHOTO.value.encode()).decode()


def address_of(running: Running, service: str) -> str:
    return f"http://{running.system.host}:{running.system.ports[service]}"


@dataclass(frozen=True)
class Draft:
    """One that is open; `opening`: the very request that opened it, with its key."""

    report_id: UUID
    token: str = field(repr=False)
    opening: dict[str, Any] = field(repr=False)
    key: str
    offer: dict[str, Any] = field(repr=False)
    story: dict[str, Any] = field(repr=False)
    pieces: tuple[UUID, ...]

    def make_room(self, address: str) -> None:
        """Gives up what is on its way: an example that was left in the middle leaves its uploads behind."""
        headers = {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0"}
        there = requests.get(f"{address}/api/v1/reports/{self.report_id}/evidence", headers=headers, timeout=30)
        for each in there.json():
            requests.delete(f"{address}/api/v1/uploads/{each['evidence_id']}", headers=headers, timeout=30)


@dataclass(frozen=True)
class Filed:
    """One that was submitted, with a message and an identity that may come again, and a batch."""

    report_id: UUID
    locator: str = field(repr=False)
    message: dict[str, Any] = field(repr=False)
    offer: dict[str, Any] = field(repr=False)
    batch_id: UUID
    batch_token: str = field(repr=False)
    leaf: str


@dataclass
class There:
    """`uploads` grows with what is announced while it is fuzzed; `log_size` is that of a head of the public log."""

    drafts: list[Draft]
    filed: list[Filed]
    uploads: list[str]
    log_size: int

    @property
    def tokens(self) -> list[str]:
        return [*(each.token for each in self.drafts), *(each.batch_token for each in self.filed)]


class Maker:
    """Brings it there by the reference client."""

    def __init__(self, running: Running) -> None:
        self._api, self._keys = await_keys(running.system, 240)

    def make(self) -> There:
        drafts = [self._draft(Route.INSPEKTORAT), self._draft(Route.KPK)]
        filed = [self._file(Route.INSPEKTORAT, 81), self._file(Route.KPK, 82)]
        head = verify_head(self._api.get("/api/v1/log/head")["head"], self._keys.people.verification_key)
        return There(drafts, filed, [str(each) for draft in drafts for each in draft.pieces], head.size)

    def _draft(self, route: Route) -> Draft:
        filing = Filing(self._api, self._keys, route)
        opening, key = filing._make_opening(), filing._idempotency_key
        filing._opening = opening
        filing.open()
        upload = filing.begin_evidence(io.BytesIO(b"x" * 1000), EvidenceKind.PHOTO, "separuh")
        return Draft(
            report_id=filing.report_id,
            token=filing._opened(),
            opening=dict(opening),
            key=key,
            offer=self._offer(filing.report_id, route, filing._secrets),
            story=json.loads(filing._seal(STORY)),
            pieces=(upload.evidence_id,),
        )

    def _file(self, route: Route, seed: int) -> Filed:
        filing, reporter = Filing(self._api, self._keys, route), examples.reporter(seed)
        filing.open()
        filing.offer_identity(reporter.person, reporter.ktp_photo)
        for number in range(3):
            picture = io.BytesIO(examples.photo(f"UJI {seed} {number}"))
            filing.add_evidence(picture, EvidenceKind.PHOTO, f"bukti {number}")
        promise = filing.submit(STORY, FACTS if route is Route.INSPEKTORAT else None)
        mailbox = Mailbox(self._api, self._keys, filing.receipt)
        eventually(lambda: mailbox.read().in_log is InLog.PROVED, 60, "a place in the log")
        batch = self._api.post("/api/v1/receipts/evidence", {"locator": filing.receipt.locator})
        return Filed(
            report_id=filing.report_id,
            locator=filing.receipt.locator,
            message=self._message(filing.report_id, route, filing._secrets),
            offer=self._offer(filing.report_id, route, filing._secrets),
            batch_id=UUID(batch["batch_id"]),
            batch_token=batch["upload_token"],
            leaf=verify_promise(promise, self._keys.people.verification_key).entry.hex(),
        )

    def _offer(self, report_id: UUID, route: Route, secrets: Any) -> dict[str, Any]:
        reporter = examples.reporter(83)
        letter = seal_identity(reporter.person, reporter.ktp_photo, report_id, route, self._keys, secrets)
        offer: dict[str, Any] = json.loads(letter)
        return offer

    def _message(self, report_id: UUID, route: Route, secrets: Any) -> dict[str, Any]:
        about = About(report_id, route, Purpose.MESSAGE_FROM_REPORTER, uuid.uuid4())
        recipients = self._keys.recipients(secrets.encryption.public)
        letter = seal_letter(Message(text="Pesan rekaan."), about, recipients, secrets.signing)
        message: dict[str, Any] = json.loads(letter)
        return message


def facts() -> dict[str, Any]:
    return to_json(FACTS)
