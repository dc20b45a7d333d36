"""Parcels: only kpk-forwarder packs them, only KPK signs for them, and a receipt is for one parcel."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from contracts.encoding import canonical, strict_json
from contracts.key_pairs import PublicKey, SigningKey
from contracts.letters import Purpose
from contracts.parcels import Item, ItemKind, Manifest, ParcelRefused, Receipt, Statement
from contracts.schema import to_json
from contracts.signatures import sign_text
from contracts.vocabulary import Ground, KpkStatus, ParcelKind, Role, Route

from contracts import parcels

FORWARDER, KPK, INTAKE = (SigningKey.generate(kid) for kid in ("kpk-forwarder:v1", "kpk:sandbox-sig", "intake:v1"))
HOUR = "2026-07-01T09:00:00Z"
REPORT = UUID("6f1c3f7e-8a9b-4f5e-9d55-0a2f1f0a7c11")
STORY = Item(kind=ItemKind.LETTER, sha256="aa" * 32, size=2048, purpose=Purpose.STORY)
MANIFEST = Manifest(
    parcel_id=parcels.parcel_id(REPORT, ParcelKind.REPORT),
    report_id=REPORT,
    route=Route.KPK,
    kind=ParcelKind.REPORT,
    hour=HOUR,
    items=(STORY,),
    ground=Ground.ROUTE,
    evidence_ids=(uuid4(),),
)
STATUS = Statement(statement_id=uuid4(), report_id=REPORT, kpk_reference="KPK-1", status=KpkStatus.IN_REVIEW)


def writers(kid: str) -> PublicKey | None:
    return {key.kid: key.public for key in (FORWARDER, KPK, INTAKE)}.get(kid)


def receipt_for(text: str) -> Receipt:
    return Receipt(
        kpk_reference="KPK-1",
        report_id=REPORT,
        parcel_id=MANIFEST.parcel_id,
        kind=MANIFEST.kind,
        manifest_sha256=parcels.manifest_hash(text),
        items=(STORY.sha256,),
        hour=HOUR,
    )


def test_a_manifest_comes_back_as_it_was_signed() -> None:
    assert parcels.verify_manifest(parcels.sign_manifest(MANIFEST, FORWARDER), writers) == MANIFEST


def test_a_receipt_is_for_one_parcel_only() -> None:
    text = parcels.sign_manifest(MANIFEST, FORWARDER)
    receipt = parcels.verify_receipt(parcels.sign_receipt(receipt_for(text), KPK), writers)
    again = parcels.sign_manifest(MANIFEST, FORWARDER)

    assert parcels.is_for(receipt, text, MANIFEST)
    assert not parcels.is_for(receipt, again, MANIFEST)  # another signature, another text
    assert not parcels.is_for(replace(receipt, items=()), text, MANIFEST)
    assert not parcels.is_for(replace(receipt, report_id=uuid4()), text, MANIFEST)


@pytest.mark.parametrize("signer", [INTAKE, KPK])
def test_a_manifest_by_somebody_else_is_refused(signer: SigningKey) -> None:
    with pytest.raises(ParcelRefused):
        parcels.verify_manifest(parcels.sign_manifest(MANIFEST, signer), writers)


@pytest.mark.parametrize("signer", [INTAKE, FORWARDER])
def test_a_receipt_by_somebody_else_than_kpk_is_refused(signer: SigningKey) -> None:
    with pytest.raises(ParcelRefused):
        parcels.verify_receipt(parcels.sign_receipt(receipt_for("x"), signer), writers)


def test_a_statement_is_no_receipt() -> None:
    with pytest.raises(ParcelRefused):
        parcels.verify_receipt(parcels.sign_statement(STATUS, KPK), writers)


@pytest.mark.parametrize("said", [{"status": None}, {"concerns": (Role.INSPEKTUR,)}])
def test_a_statement_says_one_thing(said: dict[str, object]) -> None:
    with pytest.raises(ParcelRefused):
        parcels.verify_statement(parcels.sign_statement(replace(STATUS, **said), KPK), writers)  # type: ignore[arg-type]


def test_a_parcel_keeps_its_id_however_often_it_is_packed() -> None:
    evidence = str(uuid4())

    assert parcels.parcel_id(REPORT, ParcelKind.COPY, evidence) == parcels.parcel_id(REPORT, ParcelKind.COPY, evidence)
    assert parcels.parcel_id(REPORT, ParcelKind.COPY, evidence) != parcels.parcel_id(
        REPORT, ParcelKind.ORIGINAL, evidence
    )


@pytest.mark.parametrize(
    "said",
    [
        {"kpk_reference": "KPK-\ud800"},
        {"kpk_reference": "KPK-\x00"},
        {"kpk_reference": "KPK\n1"},
        {"status": None, "letter": {"protected": 1.5}},
        {"status": None, "letter": {"protected": "\ud800"}},
        {"status": None, "letter": {"pr\u00f6t": "x"}},
        {"more": 0.5},
    ],
)
def test_what_can_be_stored_or_published_nowhere_is_refused(said: dict[str, object]) -> None:
    members = strict_json(canonical(to_json(STATUS)))
    text = sign_text(json.dumps({**members, **said}).encode(), KPK, parcels.STATEMENT_TYPE)

    with pytest.raises(ParcelRefused):
        parcels.verify_statement(text, writers)


def test_a_receipt_that_no_event_could_carry_is_refused() -> None:
    members = strict_json(canonical(to_json(receipt_for("a manifest"))))
    text = sign_text(json.dumps({**members, "more": "x" * 8000}).encode(), KPK, parcels.RECEIPT_TYPE)

    with pytest.raises(ParcelRefused):
        parcels.verify_receipt(text, writers)
