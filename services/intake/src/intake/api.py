"""The public API: HTTP in and out; nothing is decided here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.service import Process
from chassis.web import Blueprint, Idempotency, header, make_api, make_app
from contracts.keys import KeySet
from contracts.letters import canonical_letter
from contracts.upload_tokens import TokenRefused, UploadToken
from flask import Flask, current_app, request

from contracts import upload_tokens
from intake.application import Batch, Draft, DraftState, Intake, NotInLog, Opening, ReportStatus, Submission
from intake.bootstrap import make_challenges, make_idempotency
from intake.challenges import Challenges
from intake.portal import serve_portal
from intake.problems import told
from intake.read_model import ConsistencyProof, InclusionProof
from intake.schemas import (
    AcceptedSchema,
    BatchSchema,
    ChallengeSchema,
    ConsistencyQuerySchema,
    ConsistencySchema,
    DraftSchema,
    DraftStateSchema,
    HeadSchema,
    InclusionSchema,
    KeysSchema,
    LateIdentitySchema,
    LetterBodySchema,
    LocatorSchema,
    MessageSchema,
    OfferAcceptedSchema,
    OpeningSchema,
    PromiseSchema,
    ReviewSchema,
    StatusSchema,
    SubmissionSchema,
)
from intake.settings import IntakeSettings

EXTENSION = "intake"
BEARER = "Bearer "
ENTRY = re.compile(r"[0-9a-f]{64}")
IDEMPOTENCY_KEY = header(
    "Idempotency-Key", "random, 22 to 128 characters of base64url; the same again with the same content", required=True
)

api = Blueprint("public", __name__, url_prefix="/api/v1", description="For reporters and their apps")


@dataclass(frozen=True)
class _Parts:
    intake: Intake
    challenges: Challenges
    keys: KeySet
    signed_keys: str
    idempotency: Idempotency


def create_app(process: Process[IntakeSettings], intake: Intake) -> Flask:
    settings = process.settings
    app = make_app("intake", process, translations=[Path(__file__).with_name("translations")])
    app.extensions[EXTENSION] = _Parts(
        intake,
        make_challenges(settings),
        settings.key_set,
        settings.keys_file.read_text(),
        make_idempotency(process),
    )
    make_api(app, "WBS Batanghari: intake").register_blueprint(api)
    serve_portal(app, settings)
    return app


@api.get("/challenges")
@api.response(200, ChallengeSchema)
@api.documented()
def issue_challenge() -> Mapping[str, Any]:
    """A proof-of-work challenge (ALTCHA), to be solved before a draft is opened."""
    return _parts().challenges.issue()


@api.get("/keys")
@api.response(200, KeysSchema)
@api.documented()
def show_keys() -> Mapping[str, str | None]:
    """The keys that letters are sealed to. Trust them only by the fingerprint on posters and in apps."""
    parts = _parts()
    return {"people": parts.signed_keys, "checks": parts.intake.offers.signed_check_keys()}


@api.post("/reports")
@api.arguments(OpeningSchema)
@api.response(201, DraftSchema)
@api.documented(403, 409, headers=[IDEMPOTENCY_KEY])
def open_draft(given: dict[str, Any]) -> Draft:
    """Opens a draft; the header `Idempotency-Key` makes it safe to repeat.

    The same content again gets the same answer, for a day. A key that came with other content is refused (422),
    whichever of the two was quicker.
    """
    parts, content = _parts(), request.get_data()
    challenge = given.pop("challenge")
    with told():
        key = Idempotency.key_of_request()

        def open_one() -> bytes:
            return _bytes(
                parts.intake.drafts.open_draft(
                    Opening(**given),
                    lambda: parts.challenges.redeem(challenge),
                    lambda draft: parts.idempotency.keep(key, content, _bytes(draft)),
                )
            )

        return _draft_in(parts.idempotency.answer_once(key, content, open_one))


@api.get("/reports/<uuid:report_id>")
@api.response(200, DraftStateSchema)
@api.documented(404, token=True)
def show_draft(report_id: UUID) -> DraftState:
    """What is there of a draft, what its checks said, and what is missing."""
    with told():
        return _parts().intake.drafts.show(_token(report_id))


@api.put("/reports/<uuid:report_id>/identity")
@api.arguments(ReviewSchema, location="query")
@api.arguments(LetterBodySchema)
@api.response(202, OfferAcceptedSchema)
@api.documented(404, 409, 410, 429, token=True)
def offer_identity(asked: dict[str, bool], given: dict[str, Any], report_id: UUID) -> Mapping[str, UUID]:
    """Offers the reporter's identity, sealed to the checks. A further offer replaces the last one."""
    with told():
        token = _token(report_id)
        letter = canonical_letter(given["letter"])
        return {"offer_id": _parts().intake.offers.offer(token, letter, review_asked=asked["review"])}


@api.post("/reports/<uuid:report_id>/submission")
@api.arguments(SubmissionSchema)
@api.response(202, PromiseSchema)
@api.documented(404, 409, 410, token=True)
def submit_report(given: dict[str, Any], report_id: UUID) -> Mapping[str, str]:
    """Files the report. The answer is the promise that it stands in the public log; the same content may come again."""
    given["evidence_ids"] = tuple(given["evidence_ids"])
    with told():
        token = _token(report_id)
        story = canonical_letter(given.pop("story"))
        return {"promise": _parts().intake.submissions.submit(token, Submission(story=story, **given))}


@api.post("/receipts/status")
@api.arguments(LocatorSchema)
@api.response(200, StatusSchema)
@api.documented(404)
def show_status(given: dict[str, str]) -> ReportStatus:
    """Status, timeline and messages of a report, by the locator that its receipt code gives."""
    with told():
        return _parts().intake.mailboxes.show_status(given["locator"])


@api.post("/receipts/messages")
@api.arguments(MessageSchema)
@api.response(202, AcceptedSchema)
@api.documented(404, 409, 410, 429)
def receive_message(given: dict[str, Any]) -> Mapping[str, UUID]:
    """A letter from the reporter to whoever works on the report. The same letter may come again."""
    with told():
        letter = canonical_letter(given.pop("letter"))
        return {"letter_id": _parts().intake.mailboxes.receive_message(letter=letter, **given)}


@api.post("/receipts/evidence")
@api.arguments(LocatorSchema)
@api.response(201, BatchSchema)
@api.documented(404, 409, 410)
def open_batch(given: dict[str, str]) -> Batch:
    """A token to upload late evidence with; the message that names the batch files it. One batch is open at a time."""
    with told():
        return _parts().intake.late_evidence.open_batch(given["locator"])


@api.post("/receipts/identity")
@api.arguments(LateIdentitySchema)
@api.response(202, OfferAcceptedSchema)
@api.documented(404, 409, 410, 429)
def offer_late_identity(given: dict[str, Any]) -> Mapping[str, UUID]:
    """Another identity for a submitted report, e.g. when the first was found doubtful."""
    with told():
        letter = canonical_letter(given["letter"])
        return {"offer_id": _parts().intake.offers.offer_late(given["locator"], letter, given["review"])}


@api.post("/receipts/withdrawal")
@api.arguments(LocatorSchema)
@api.response(204)
@api.documented(404, 409, 410)
def withdraw_report(given: dict[str, str]) -> None:
    """Notes that the reporter withdraws; KPK is told, and nothing is stopped by it. Safe to repeat."""
    with told():
        _parts().intake.mailboxes.withdraw(given["locator"])


@api.get("/log/head")
@api.response(200, HeadSchema)
@api.documented(404)
def show_log_head() -> Mapping[str, str]:
    """The newest signed head of the public log, which grows by the hour."""
    with told():
        return {"head": _parts().intake.log.head()}


@api.get("/log/proofs/<string:leaf>")
@api.response(200, InclusionSchema)
@api.documented(404)
def prove_inclusion(leaf: str) -> InclusionProof:
    """That a leaf (SHA-256 in hex) stands in the public log."""
    with told():
        if not ENTRY.fullmatch(leaf):
            raise NotInLog
        return _parts().intake.log.prove_inclusion(leaf)


@api.get("/log/consistency")
@api.arguments(ConsistencyQuerySchema, location="query")
@api.response(200, ConsistencySchema)
@api.documented(404)
def prove_consistency(given: dict[str, int]) -> ConsistencyProof:
    """That the newest log extends the one that had `first` leaves."""
    with told():
        return _parts().intake.log.prove_consistency(given["first"])


def _bytes(draft: Draft) -> bytes:
    return json.dumps({**asdict(draft), "expires_at": draft.expires_at.isoformat()}).encode()


def _draft_in(answer: bytes) -> Draft:
    kept = json.loads(answer)
    return Draft(**{**kept, "expires_at": datetime.fromisoformat(kept["expires_at"])})


def _parts() -> _Parts:
    parts: _Parts = current_app.extensions[EXTENSION]
    return parts


def _token(report_id: UUID) -> UploadToken:
    """The draft's token; another draft's, or one for late evidence, is as good as none."""
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        raise TokenRefused
    token = upload_tokens.verify(header[len(BEARER) :], _parts().keys.verification_key, datetime.now(UTC))
    if token.report_id != report_id or token.batch_id is not None:
        raise TokenRefused
    return token
