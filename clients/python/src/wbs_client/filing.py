"""Filing a report: ids, keys and the receipt code are made here, on the reporter's device, and so are the letters."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import altcha
from contracts.facts import Facts
from contracts.letters import About, EvidenceNote, Purpose, ReporterKeys, Story, letter_digest, seal_letter
from contracts.receipts import Receipt, ReporterSecrets
from contracts.schema import to_json
from contracts.vocabulary import Route

from contracts import leaves
from wbs_client.public_api import Problem, PublicApi
from wbs_client.trust import TrustedKeys


class PromiseNotAboutThis(Exception):
    """The service signed a promise about something else than what was sent."""


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
        self._offer_id = uuid.uuid4()
        self._token: str | None = None
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
        except Problem:
            # Refused: the next try has another challenge, so other content, and needs another key.
            self._opening, self._idempotency_key = None, str(uuid.uuid4())
            raise
        self._token = answer["upload_token"]

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

    def submit(self, draft: StoryDraft, facts: Facts | None, originals_to_kpk: bool = True) -> str:
        """Gives the promise, checked. The story is sealed once, so that a repeated call submits the same report."""
        if self._token is None:
            raise NotOpened
        if self._story is None:
            self._story = self._seal(draft, ())
        submission = {
            "offer_id": str(self._offer_id),
            "evidence_ids": [],
            "originals_to_kpk": originals_to_kpk,
            "facts": None if facts is None else to_json(facts),
            "story": json.loads(self._story),
        }
        answer = self._api.post(f"/api/v1/reports/{self.report_id}/submission", submission, token=self._token)
        self.promise = self._checked(answer["promise"], self._story)
        return self.promise

    def _seal(self, draft: StoryDraft, evidence: tuple[EvidenceNote, ...]) -> bytes:
        own = self._secrets
        keys = ReporterKeys(encryption=own.encryption.public.jwk, signing=own.signing.public.jwk)
        body = Story(text=draft.text, answers=dict(draft.answers), evidence=evidence, reporter_keys=keys)
        about = About(self.report_id, self.route, Purpose.STORY, uuid.uuid4())
        return seal_letter(body, about, self._keys.recipients(own.encryption.public), own.signing)

    def _checked(self, promise: str, story: bytes) -> str:
        leaf = leaves.verify_promise(promise, self._keys.people.verification_key)
        if leaf.report_id != self.report_id or letter_digest(story).hex() not in leaf.letters:
            raise PromiseNotAboutThis
        return promise


def solve(challenge: Mapping[str, object]) -> str:
    """Solves an ALTCHA challenge; the payload is base64 as the widget sends it."""
    parsed = altcha.Challenge.from_dict(dict(challenge))
    solution = altcha.solve_challenge(parsed)
    if solution is None:
        raise TimeoutError("the challenge took too long")
    # The time it took would tell one device from another.
    payload: str = altcha.Payload(parsed, altcha.Solution(solution.counter, solution.derived_key)).to_base64()
    return payload
