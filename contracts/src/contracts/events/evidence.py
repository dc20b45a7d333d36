"""What `evidence` publishes on wbs.evidence.v1: pieces received, checked, filed, and their clean copies."""

from dataclasses import dataclass
from uuid import UUID

from contracts.events.definition import (
    EVIDENCE,
    ObjectName,
    ObjectVersion,
    ReportEvent,
    SealedKey,
    Sha256,
    define,
)
from contracts.vocabulary import EvidenceKind, QuarantineReason


@dataclass(frozen=True, kw_only=True)
class EvidenceReceived(ReportEvent):
    """A piece is whole and sealed; `sha256` is that of the ciphertext. `batch_id` names a batch of late evidence."""

    evidence_id: UUID
    kind: EvidenceKind
    sha256: Sha256
    batch_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class EvidenceCleared(ReportEvent):
    """The checks found nothing wrong. `has_copy`: a clean copy is made of this type of file, and follows."""

    evidence_id: UUID
    has_copy: bool


@dataclass(frozen=True, kw_only=True)
class EvidenceQuarantined(ReportEvent):
    """The checks found something wrong; submitted, the piece stays filed without a copy."""

    evidence_id: UUID
    reason: QuarantineReason


@dataclass(frozen=True, kw_only=True)
class EvidenceFiled(ReportEvent):
    """An original is locked. Its key: for casework through the Super Admin (not in route `kpk`), and for KPK.

    `original_key_for_kpk` is missing when the reporter gives KPK clean copies only.
    """

    evidence_id: UUID
    object: ObjectName
    version: ObjectVersion
    sha256: Sha256
    original_key: SealedKey | None
    original_key_for_kpk: SealedKey | None


@dataclass(frozen=True, kw_only=True)
class CopyFiled(ReportEvent):
    """A clean copy of a filed piece exists."""

    evidence_id: UUID
    object: ObjectName
    version: ObjectVersion
    sha256: Sha256
    copy_key: SealedKey


for _event in (EvidenceReceived, EvidenceCleared, EvidenceQuarantined, EvidenceFiled, CopyFiled):
    define(EVIDENCE, _event)
