"""The largest of all that a reporter may send still makes an event that every reader takes."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.service import must_be_tellable
from chassis.wrapper import Wrapper
from contracts.encoding import b64u, canonical
from contracts.events import decode, encode
from contracts.events.definition import MOST_PIECES
from contracts.facts import ReceiptRecord
from contracts.key_pairs import SigningKey
from contracts.leaves import make_leaf, promise
from contracts.letters import Purpose, sealed_limit
from contracts.receipts import MOST_LOCKED, Receipt, ReporterSecrets
from contracts.schema import to_json
from contracts.vocabulary import Category, IdentityLevel, LossBand, Route
from intake.application.receipts import RECEIPT
from intake.domain import Report
from intake.published import publish
from intake.schemas import OpeningSchema, SubmissionSchema
from marshmallow import ValidationError

HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)
REPORT = uuid4()


class Transit:
    """Gives data keys as OpenBao does: 32 bytes, wrapped with nonce and tag."""

    def write(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        wrapped = base64.b64encode(os.urandom(12 + 32 + 16)).decode()
        return {"plaintext": base64.b64encode(os.urandom(32)).decode(), "ciphertext": f"vault:v100000:{wrapped}"}


WRAPPER = Wrapper(Transit(), lambda _: False)  # type: ignore[arg-type]


def opening(**other: Any) -> dict[str, Any]:
    receipt, own = Receipt.generate(), ReporterSecrets.generate()
    return {
        "report_id": str(REPORT),
        "route": "inspektorat",
        "locator_hash": receipt.locator_hash,
        "encryption": dict(own.encryption.public.jwk),
        "signing": dict(own.signing.public.jwk),
        "locked_keys": str(receipt.lock(own)),
        "challenge": "solved",
        **other,
    }


def longest_locked() -> str:
    header, _, iv, _, tag = Receipt.generate().lock(ReporterSecrets.generate()).split(".")
    rest = MOST_LOCKED - len(f"{header}..{iv}..{tag}")
    return f"{header}..{iv}.{'A' * rest}.{tag}"


def is_taken(event: Any) -> bool:
    must_be_tellable(publish)(event)
    told = publish(event)
    assert told is not None
    message = encode(told, event.event_id, event.timestamp)
    return decode(message.key, message.value, message.headers).data == told


def largest_facts() -> Any:
    facts = {
        "category": max((term.value for term in Category), key=len),
        "area": "15.04.03.1001",
        "skpd": "a" * 40,
        "period_from": "2025-01",
        "period_to": "2025-12",
        "loss": max((term.value for term in LossBand), key=len),
    }
    ids = [str(uuid4()) for _ in range(MOST_PIECES)]
    return SubmissionSchema().load({"offer_id": str(uuid4()), "evidence_ids": ids, "facts": facts, "story": {}})


@pytest.mark.parametrize("route", list(Route))
def test_the_largest_report_is_understood_by_every_reader(route: Route) -> None:
    given = OpeningSchema().load(opening(locked_keys=longest_locked()))
    submission = largest_facts()
    files = ["f" * 64] * MOST_PIECES
    signed = promise(make_leaf(REPORT, HOUR, ["f" * 64], files), SigningKey.generate("intake:v100000"))
    keys = {name: given[name] for name in ("locator_hash", "encryption", "signing", "locked_keys")}
    receipt = canonical(to_json(ReceiptRecord(promise=signed, **keys)))
    report = Report.open_draft(REPORT, route)
    report.submit(
        event_id=uuid4(),
        hour=HOUR,
        offer_id=submission["offer_id"],
        evidence_ids=tuple(submission["evidence_ids"]),
        originals_to_kpk=True,
        identity_level=IdentityLevel.CONSISTENT,
        facts=WRAPPER.wrap(REPORT, "facts", canonical(to_json(submission["facts"]))),
        story=WRAPPER.wrap(REPORT, Purpose.STORY.value, b"x" * sealed_limit(Purpose.STORY, route)),
        receipt=WRAPPER.wrap(REPORT, RECEIPT, receipt),
        leaf="f" * 64,
        promise=signed,
    )

    assert is_taken(report.pending_events[-1])


@pytest.mark.parametrize("route", list(Route))
def test_the_largest_message_is_understood_by_every_reader(route: Route) -> None:
    purpose, report = Purpose.MESSAGE_FROM_REPORTER, Report.open_draft(REPORT, route)
    report.submit(
        event_id=uuid4(),
        hour=HOUR,
        offer_id=uuid4(),
        evidence_ids=(),
        originals_to_kpk=True,
        identity_level=IdentityLevel.CONSISTENT,
        facts=None,
        story="wrapped",
        receipt="wrapped",
        leaf="f" * 64,
        promise="signed",
    )
    report.receive_message(
        event_id=uuid4(),
        hour=HOUR,
        letter_id=UUID(int=2**128 - 1),
        text=WRAPPER.wrap(REPORT, purpose.value, b"x" * sealed_limit(purpose, route)),
        batch_id=uuid4(),
        evidence_ids=[uuid4() for _ in range(MOST_PIECES)],
        leaf="f" * 64,
    )

    assert is_taken(report.pending_events[-1])


def test_an_identity_offer_is_understood_by_every_reader() -> None:
    report, offer = Report.open_draft(REPORT, Route.KPK), uuid4()

    report.offer_identity(offer, f"{REPORT}/{offer}", "v" * 64, review_asked=True)

    assert is_taken(report.pending_events[-1])


@pytest.mark.parametrize(
    "locked",
    ["", "\N{GRINNING FACE}" * 4000, "A" * 100, f"{longest_locked()}A", longest_locked().replace("A", "Ä", 1)],
)
def test_locked_keys_of_another_form_open_no_draft(locked: str) -> None:
    with pytest.raises(ValidationError) as refused:
        OpeningSchema().load(opening(locked_keys=locked))

    assert set(refused.value.messages_dict) == {"locked_keys"}


@pytest.mark.parametrize("member", ["encryption", "signing"])
def test_a_key_that_is_no_p256_key_opens_no_draft(member: str) -> None:
    good = dict(ReporterSecrets.generate().signing.public.jwk)
    for wrong in ({"kty": "RSA", "n": b64u(b"\xff" * 3000), "e": "AQAB"}, {**good, "x": "A" * 3000 + good["x"]}):
        with pytest.raises(ValidationError) as refused:
            OpeningSchema().load(opening(**{member: wrong}))
        assert set(refused.value.messages_dict) == {member}


def test_other_members_of_a_key_are_dropped() -> None:
    good = dict(ReporterSecrets.generate().signing.public.jwk)

    given = OpeningSchema().load(opening(signing={**good, "ext": True, "junk": "x" * 9000}))

    assert given["signing"] == good
