"""The public API's bodies."""

from __future__ import annotations

from contracts.vocabulary import EvidenceKind, QuarantineReason
from marshmallow import Schema, fields

from evidence.read_model import PieceState


class PieceSchema(Schema):
    """`reason` says what the checks found; quarantined, a piece doesn't count to the three."""

    evidence_id = fields.UUID(required=True)
    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    state = fields.Enum(PieceState, by_value=True, required=True)
    reason = fields.Enum(QuarantineReason, by_value=True, allow_none=True)
