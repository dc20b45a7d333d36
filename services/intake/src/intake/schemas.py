"""The public API's bodies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.events.definition import MOST_PIECES
from contracts.facts import Facts
from contracts.key_pairs import BadKey, p256_members
from contracts.receipts import MOST_LOCKED, are_locked_keys
from contracts.schema import schema_class
from contracts.vocabulary import (
    CaseStatus,
    EvidenceKind,
    IdentityOutcome,
    IdentityReason,
    KpkStatus,
    QuarantineReason,
    Route,
)
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from intake.completeness import Lack

DIGEST = Regexp(r"^[A-Za-z0-9_-]{43}\Z")


class PublicJwk(fields.Dict):
    """A P-256 public key as a JWK; other members (`key_ops`, `ext` of WebCrypto) are dropped, other kinds refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        try:
            return p256_members(given)
        except (BadKey, TypeError):
            raise ValidationError([_l("Bukan kunci publik P-256.")]) from None


def _must_be_random(report_id: UUID) -> None:
    if report_id.version != 4:
        raise ValidationError([_l("Bukan pengenal acak (UUID versi 4).")])


def _each_once(ids: list[UUID]) -> None:
    if len(set(ids)) != len(ids):
        raise ValidationError([_l("Tiap bukti disebut sekali saja.")])


class LockedKeys(fields.String):
    """A compact JWE as `contracts.receipts` makes it, and so ASCII of a bounded length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, validate=Length(max=MOST_LOCKED))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given = super()._deserialize(value, attr, data, **kwargs)
        if not are_locked_keys(given):
            raise ValidationError([_l("Bukan kunci yang terkunci dengan kode tanda terima.")])
        return given


class ChallengeSchema(Schema):
    """As ALTCHA's widget and libraries take it."""

    parameters = fields.Dict(required=True)
    signature = fields.String(required=True)


class KeysSchema(Schema):
    people = fields.String(required=True, metadata={"description": "people-keys.jws, signed; compare the fingerprint"})
    checks = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "the keys that identities are sealed to, signed; null for a while after that was replaced"
        },
    )


class OpeningSchema(Schema):
    # Random, as RFC 9562 has it: the ids of our own aggregates (the public log, check keys) are of another version.
    report_id = fields.UUID(required=True, validate=_must_be_random)
    route = fields.Enum(Route, by_value=True, required=True)
    locator_hash = fields.String(required=True, validate=DIGEST)
    encryption = PublicJwk(required=True)
    signing = PublicJwk(required=True)
    locked_keys = LockedKeys(required=True)
    challenge = fields.String(required=True, validate=Length(max=4000))


class DraftSchema(Schema):
    upload_token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    uploads_url = fields.String(required=True, metadata={"description": "where evidence is uploaded (tus 1.0)"})


class SubmissionSchema(Schema):
    offer_id = fields.UUID(required=True)
    evidence_ids = fields.List(fields.UUID(), required=True, validate=[Length(max=MOST_PIECES), _each_once])
    originals_to_kpk = fields.Boolean(load_default=True)
    facts = fields.Nested(schema_class(Facts), load_default=None, allow_none=True)
    story = fields.Dict(required=True, metadata={"description": "a letter with purpose story (contracts/letters)"})

    @validates_schema
    def _period_runs_forward(self, data: dict[str, Any], **_: Any) -> None:
        facts = data.get("facts")
        if facts is not None and facts.period_from > facts.period_to:
            raise ValidationError([_l("Akhir kurun waktu mendahului awalnya.")], "facts")


class ReviewSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    review = fields.Boolean(load_default=False, metadata={"description": "ask for a person's look"})


class LetterBodySchema(Schema):
    letter = fields.Dict(required=True, metadata={"description": "a letter with purpose identity-offer"})


class OfferAcceptedSchema(Schema):
    offer_id = fields.UUID(required=True)


class OfferSchema(Schema):
    """`outcome` is missing while the check runs."""

    offer_id = fields.UUID(required=True)
    outcome = fields.Enum(IdentityOutcome, by_value=True, attribute="verdict.outcome")
    reasons = fields.List(fields.Enum(IdentityReason, by_value=True), attribute="verdict.reasons")


class PieceSchema(Schema):
    evidence_id = fields.UUID(required=True)
    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    is_checked = fields.Boolean(required=True)
    fault = fields.Enum(QuarantineReason, by_value=True, allow_none=True)


class MissingSchema(Schema):
    """One thing that a report lacks before it can be filed."""

    lack = fields.Enum(Lack, by_value=True, required=True)
    evidence_id = fields.UUID(allow_none=True)
    reasons = fields.List(fields.Enum(IdentityReason, by_value=True))
    present = fields.Integer(allow_none=True)


class DraftStateSchema(Schema):
    identity = fields.Nested(OfferSchema, attribute="offer", allow_none=True)
    evidence = fields.List(fields.Nested(PieceSchema), attribute="pieces", required=True)
    missing = fields.List(fields.Nested(MissingSchema), required=True)


class PromiseSchema(Schema):
    promise = fields.String(required=True, metadata={"description": "JWS over the report's leaf in the public log"})


class LocatorSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    locator = fields.String(required=True, validate=DIGEST)


class MessageSchema(LocatorSchema):
    letter = fields.Dict(required=True, metadata={"description": "a letter with purpose message-from-reporter"})
    batch_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "late evidence that is filed with this message"}
    )
    evidence_ids = fields.List(fields.UUID(), load_default=list, validate=[Length(max=MOST_PIECES), _each_once])


class LateIdentitySchema(LocatorSchema):
    letter = fields.Dict(required=True, metadata={"description": "a letter with purpose identity-offer"})
    review = fields.Boolean(load_default=False, metadata={"description": "ask for a person's look"})


class BatchSchema(Schema):
    batch_id = fields.UUID(required=True)
    upload_token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    uploads_url = fields.String(required=True, metadata={"description": "where evidence is uploaded (tus 1.0)"})


class AcceptedSchema(Schema):
    letter_id = fields.UUID(required=True)


class TimelineSchema(Schema):
    hour = fields.AwareDateTime(required=True)
    what = fields.String(required=True)
    status = fields.String(
        attribute="status.value",
        dump_default=None,
        allow_none=True,
        validate=OneOf([term.value for terms in (CaseStatus, KpkStatus) for term in terms]),
        metadata={"description": "the case's, or KPK's own where `what` is kpk_status"},
    )


class LetterSchema(Schema):
    letter_id = fields.UUID(required=True)
    purpose = fields.String(required=True, attribute="purpose.value")
    hour = fields.AwareDateTime(required=True)
    letter = fields.Dict(required=True)


class KpkDeliverySchema(Schema):
    reference = fields.String(required=True)
    is_complete = fields.Boolean(required=True)
    status = fields.Enum(KpkStatus, by_value=True, allow_none=True)
    receipts = fields.List(
        fields.String(), required=True, metadata={"description": "JWS by KPK (contracts/parcels), one a parcel"}
    )


class InclusionSchema(Schema):
    """RFC 9162, section 2.1.3; hashes in hex."""

    index = fields.Integer(required=True)
    size = fields.Integer(required=True)
    proof = fields.List(fields.String(), required=True)
    head = fields.String(required=True, metadata={"description": "JWS by intake over size, root and hour"})


class ConsistencySchema(Schema):
    """RFC 9162, section 2.1.4; hashes in hex."""

    first = fields.Integer(required=True)
    size = fields.Integer(required=True)
    proof = fields.List(fields.String(), required=True)
    head = fields.String(required=True)


class ConsistencyQuerySchema(Schema):
    class Meta:
        unknown = EXCLUDE

    first = fields.Integer(required=True, validate=Range(min=1))


class HeadSchema(Schema):
    head = fields.String(required=True, metadata={"description": "JWS by intake over size, root and hour"})


class StatusSchema(Schema):
    report_id = fields.UUID(required=True, attribute="page.report_id")
    route = fields.Enum(Route, by_value=True, required=True, attribute="page.route")
    status = fields.Enum(CaseStatus, by_value=True, required=True, attribute="page.status")
    timeline = fields.List(fields.Nested(TimelineSchema), required=True, attribute="page.timeline")
    promise = fields.String(required=True, attribute="page.promise")
    inclusion = fields.Nested(
        InclusionSchema,
        required=True,
        allow_none=True,
        metadata={"description": "that the promised leaf stands in the public log; null until the hour is over"},
    )
    identity_wanted = fields.List(
        fields.Enum(IdentityReason, by_value=True),
        required=True,
        allow_none=True,
        attribute="page.identity_wanted",
        metadata={"description": "why another identity is asked for (receipts/identity); null when none is"},
    )
    kpk = fields.Nested(KpkDeliverySchema, required=True, allow_none=True, attribute="page.kpk")
    locked_keys = fields.String(required=True)
    letters = fields.List(fields.Nested(LetterSchema), required=True)
    late_evidence = fields.List(
        fields.Nested(PieceSchema),
        required=True,
        metadata={"description": "what messages have filed; their letters have its names"},
    )
    is_erased = fields.Boolean(required=True)
