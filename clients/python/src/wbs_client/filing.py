"""Filing a report: ids, keys, receipt code and letters are made here, on the reporter's device."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

import altcha
import stamina
from contracts.facts import Facts
from contracts.letters import (
    About,
    Person,
    Purpose,
    Story,
    letter_digest,
    seal_letter,
)
from contracts.receipts import Receipt, ReporterSecrets
from contracts.schema import to_json
from contracts.vocabulary import EvidenceKind, Route

from contracts import leaves
from wbs_client.evidence import Pieces
from wbs_client.identity import public_keys, seal_identity
from wbs_client.public_api import Problem, PublicApi, wait_for_checks
from wbs_client.trust import TrustedKeys
from wbs_client.unsent import Unsent
from wbs_client.uploads import Upload, Uploads

CHECKS_S = 180.0


class PromiseNotAboutThis(Exception):
    """The service signed a promise about something else than what was sent."""


class ChallengeTooHard(Exception):
    """The proof of work took this device too long; the next challenge may be easier."""


class NotOpened(Exception):
    """The draft has to be opened first."""


@dataclass(frozen=True)
class StoryDraft:
    """`answers`: those to the guide's questions, by the question's name."""

    text: str = field(repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Filing:
    """One report, from draft to promise. Each step may be repeated after a failure: nothing is filed twice."""

    def __init__(self, api: PublicApi, keys: TrustedKeys, route: Route) -> None:
        self._api = api
        self._keys = keys
        self.route = route
        self.report_id = uuid.uuid4()
        self.receipt = Receipt.generate()
        self._secrets = ReporterSecrets.generate()
        self._locked_keys = self.receipt.lock(self._secrets)
        self._opening: dict[str, object] | None = None
        self._idempotency_key = str(uuid.uuid4())
        self._token: str | None = None
        self._pieces: Pieces | None = None
        self._offers = Unsent()
        self._offer_id: UUID | None = None
        self._story: bytes | None = None
        self.promise: str | None = None

    def open(self) -> None:
        """Opens the draft, at the price of a proof of work (about a second on a phone)."""
        if self._opening is None:
            self._opening = self._make_opening()
        try:
            answer = self._api.post(
                "/api/v1/reports", self._opening, headers={"Idempotency-Key": self._idempotency_key}
            )
        except Problem as problem:
            if problem.is_refusal:  # the next try has another challenge, so other content, and needs another key
                self._opening, self._idempotency_key = None, str(uuid.uuid4())
            raise
        self._token = answer["upload_token"]
        if self._pieces is None:
            self._pieces = Pieces(Uploads(answer["uploads_url"], answer["upload_token"], self._api))

    def _make_opening(self) -> dict[str, object]:
        return {
            "report_id": str(self.report_id),
            "route": self.route.value,
            "locator_hash": self.receipt.locator_hash,
            "encryption": self._secrets.encryption.public.jwk,
            "signing": self._secrets.signing.public.jwk,
            "locked_keys": str(self._locked_keys),
            "challenge": solve(self._api.get("/api/v1/challenges")),
        }

    def offer_identity(self, person: Person, ktp_photo: bytes, ask_for_review: bool = False) -> UUID:
        """Sends the identity, sealed to the checks. Another offer replaces it, as long as the checks find a fault."""
        letter = self._offers.letter(
            (person, ktp_photo, ask_for_review),
            lambda: seal_identity(person, ktp_photo, self.report_id, self.route, self._keys, self._secrets),
        )
        path = f"/api/v1/reports/{self.report_id}/identity{'?review=true' if ask_for_review else ''}"
        answer = self._api.put(path, {"letter": json.loads(letter)}, token=self._opened())
        self._offers.was_sent()
        self._offer_id = UUID(answer["offer_id"])
        return self._offer_id

    def add_evidence(self, file: BinaryIO, kind: EvidenceKind, name: str, description: str = "") -> UUID:
        """Uploads a piece, or goes on with what a failed call before had sent of this file.

        Its name and description go into the story alone.
        """
        self._story = None  # it names the pieces
        return self._bringing().add(file, kind, name, description)

    def begin_evidence(self, file: BinaryIO, kind: EvidenceKind, name: str, description: str = "") -> Upload:
        """Announces a piece, to be sent by `go_on_with`."""
        self._story = None
        return self._bringing().begin(file, kind, name, description)

    def go_on_with(self, upload: Upload, file: BinaryIO, stop_at: int | None = None) -> None:
        """Sends what the service lacks of an upload that broke off; `stop_at`: up to this byte only."""
        self._bringing().go_on_with(upload, file, stop_at)

    def drop_evidence(self, evidence_id: UUID) -> None:
        """Leaves a piece out of the report, e.g. one that was refused."""
        self._story = None
        self._bringing().drop(evidence_id)

    def state(self) -> Mapping[str, Any]:
        """What the service has of the draft: identity, evidence, and what is missing."""
        state: Mapping[str, Any] = self._api.get(f"/api/v1/reports/{self.report_id}", token=self._opened())
        return state

    def submit(
        self, draft: StoryDraft, facts: Facts | None, originals_to_kpk: bool = True, patience_s: float = CHECKS_S
    ) -> str:
        """Gives the promise, checked. Waits for checks that run; raises Problem `incomplete` for what is missing.

        The story is sealed once, so that a repeated call submits the same report.
        """
        if self._story is None:
            self._story = self._seal(draft)
        submission = {
            "offer_id": str(self._offer_id or uuid.UUID(int=0)),
            "evidence_ids": [str(note.evidence_id) for note in self._bringing().notes],
            "originals_to_kpk": originals_to_kpk,
            "facts": None if facts is None else to_json(facts),
            "story": json.loads(self._story),
        }
        answer = self._submit(submission, patience_s)
        self.promise = self._checked(answer["promise"], self._story)
        return self.promise

    def _submit(self, submission: Mapping[str, Any], patience_s: float) -> Any:
        path = f"/api/v1/reports/{self.report_id}/submission"
        for attempt in stamina.retry_context(on=wait_for_checks, attempts=None, timeout=patience_s):
            with attempt:
                return self._api.post(path, submission, token=self._opened())
        raise AssertionError("stamina tries at least once")

    def _opened(self) -> str:
        if self._token is None:
            raise NotOpened
        return self._token

    def _bringing(self) -> Pieces:
        if self._pieces is None:
            raise NotOpened
        return self._pieces

    def _seal(self, draft: StoryDraft) -> bytes:
        own = self._secrets
        body = Story(
            text=draft.text,
            answers=dict(draft.answers),
            evidence=self._bringing().notes,
            reporter_keys=public_keys(own),
        )
        about = About(self.report_id, self.route, Purpose.STORY, uuid.uuid4())
        return seal_letter(body, about, self._keys.recipients(own.encryption.public), own.signing)

    def _checked(self, promise: str, story: bytes) -> str:
        leaf = leaves.verify_promise(promise, self._keys.people.verification_key)
        if leaf.report_id != self.report_id or letter_digest(story).hex() not in leaf.letters:
            raise PromiseNotAboutThis
        return promise


def solve(challenge: Mapping[str, object]) -> str:
    """Solves an ALTCHA challenge, or raises ChallengeTooHard; the payload is base64 as the widget sends it."""
    parsed = altcha.Challenge.from_dict(dict(challenge))
    solution = altcha.solve_challenge(parsed)
    if solution is None:
        raise ChallengeTooHard
    # The time it took would tell one device from another.
    payload: str = altcha.Payload(parsed, altcha.Solution(solution.counter, solution.derived_key)).to_base64()
    return payload
