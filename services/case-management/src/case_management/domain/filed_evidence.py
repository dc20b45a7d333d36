"""What becomes known of a case's pieces of evidence, each thing once, in any order."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import QuarantineReason

from case_management.domain.history import CaseHistory


class FiledEvidence(CaseHistory):
    """Originals, clean copies and the verdicts on both."""

    def file_evidence(
        self, evidence_id: UUID, *, object_name: str, version: str, sha256: str, original_key: str | None
    ) -> None:
        if evidence_id not in self.filed:
            self.trigger_event(
                self.EvidenceFiled,
                evidence_id=evidence_id,
                object=object_name,
                version=version,
                sha256=sha256,
                original_key=original_key,
            )

    def file_copy(self, evidence_id: UUID, *, object_name: str, version: str, sha256: str, copy_key: str) -> None:
        if evidence_id not in self.copies:
            self.trigger_event(
                self.CopyFiled,
                evidence_id=evidence_id,
                object=object_name,
                version=version,
                sha256=sha256,
                copy_key=copy_key,
            )

    def quarantine_evidence(self, evidence_id: UUID, fault: QuarantineReason) -> None:
        if evidence_id not in self.quarantined:
            self.trigger_event(self.EvidenceQuarantined, evidence_id=evidence_id, fault=fault.value)

    def note_no_copy(self, evidence_id: UUID) -> None:
        if evidence_id not in self.without_copy:
            self.trigger_event(self.EvidenceWithoutCopy, evidence_id=evidence_id)
