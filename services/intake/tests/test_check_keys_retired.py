"""A new key set retires the key that signed the check keys: until they are signed anew, offers have to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from chassis.clock import Clock
from chassis.store import Cause
from chassis.web import Problem
from contracts.events.identity import CheckKeysPublished
from contracts.key_pairs import EncryptionKey, PublicKey, SigningKey
from contracts.keys import KeyList, KeySet, ListedKey, Status, Use, sign_check_keys
from contracts.letters import About, OfferedIdentity, Purpose, seal_letter
from contracts.receipts import ReporterSecrets
from contracts.upload_tokens import UploadToken
from contracts.vocabulary import Route
from intake.application import Offers
from intake.domain import Report
from intake.problems import told
from wbs_client.identity import public_keys
from wbs_local import examples

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
FIRST, SECOND = (SigningKey.generate(f"check-keys:v{version}") for version in (1, 2))
CHECK = EncryptionKey.generate("identity-check:v1")
REPORT = Report.open_draft(uuid4(), Route.INSPEKTORAT)
TOKEN = UploadToken(REPORT.id, REPORT.route, NOW)


def listed(key: PublicKey, use: Use, status: Status = Status.ACTIVE) -> ListedKey:
    return ListedKey(kid=key.kid, use=use, status=status, jwk=key.jwk)


def published(version: int, signer: SigningKey) -> CheckKeysPublished:
    keys = KeyList(version=version, issued=NOW, keys=(listed(CHECK.public, Use.ENCRYPTION),))
    return CheckKeysPublished(version=version, check_keys=sign_check_keys(keys, signer))


BEFORE = KeySet(KeyList(version=1, issued=NOW, keys=(listed(FIRST.public, Use.SIGNING),)))
AFTER = KeySet(
    KeyList(
        version=2,
        issued=NOW,
        keys=(listed(SECOND.public, Use.SIGNING), listed(FIRST.public, Use.SIGNING, Status.RETIRED)),
    )
)


class Store:
    """A draft, and the check keys that came last."""

    def __init__(self) -> None:
        self.signed: str | None = None

    def row(self, *_: object) -> dict[str, str] | None:
        return {"signed": self.signed} if self.signed else None

    def find(self, *_: object) -> Report:
        return REPORT

    def save(self, *_: Report, cause: Cause | None = None, also: Any = ()) -> None:
        if cause is not None:
            self.signed = also[0].params[1]


class Bounds:
    def must_take_offer(self, *_: object) -> None:
        return None


def offers(store: Any, keys: KeySet) -> Offers:
    """Of a process that was started with these keys."""
    bounds: Any = Bounds()
    return Offers(store, lambda *_: "version", keys, Clock(), bounds)


def take(store: Store, keys: KeySet, event: CheckKeysPublished) -> None:
    offers(store, keys).take_check_keys(event, Cause("wbs.identity.v1", uuid4()))


def letter() -> bytes:
    own = ReporterSecrets.generate()
    body = OfferedIdentity(person=examples.reporter(5).person, ktp_photo=b"x", reporter_keys=public_keys(own))
    about = About(REPORT.id, REPORT.route, Purpose.IDENTITY_OFFER, uuid4())
    known = {"identity-check": [CHECK.public], "reporter": [own.encryption.public]}
    return seal_letter(body, about, known, own.signing)


def test_an_offer_waits_until_the_check_keys_are_signed_by_a_key_that_still_may() -> None:
    store, offered = Store(), letter()
    take(store, BEFORE, published(1, FIRST))

    with pytest.raises(Problem) as refused, told():
        offers(store, AFTER).offer(TOKEN, offered, review_asked=False)

    assert (refused.value.status, refused.value.type) == (503, "not-yet")
    assert refused.value.retry_after is not None

    take(store, AFTER, published(2, SECOND))

    assert offers(store, AFTER).offer(TOKEN, offered, review_asked=False) in REPORT.offers


def test_clients_are_given_no_check_keys_that_they_would_take_for_an_attack() -> None:
    store = Store()
    take(store, BEFORE, published(1, FIRST))

    assert offers(store, BEFORE).signed_check_keys() == store.signed
    assert offers(store, AFTER).signed_check_keys() is None
