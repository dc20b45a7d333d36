"""The evidence of one report: what was received, what the checks said, what the report names, and what is filed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self, cast
from uuid import UUID

from contracts.vocabulary import EvidenceKind, QuarantineReason, Route

from evidence.domain.history import Piece, Place, ReportHistory


class NoMoreUploads(Exception):
    """The report was submitted, its draft has expired, or the batch is over."""


class Report(ReportHistory):
    @classmethod
    def begin(cls, report_id: UUID, route: Route) -> Self:
        return cls._create(cls.Begun, id=report_id, route=route.value)

    # ---- pieces ----

    def must_take_uploads(self, batch_id: UUID | None) -> None:
        """NoMoreUploads once the draft (or the batch of late evidence) is over."""
        over = self.is_submitted or self.is_expired if batch_id is None else batch_id in self.batches_over
        if over or self.is_erased:
            raise NoMoreUploads

    def keeps(self, evidence_id: UUID, batch_id: UUID | None) -> bool:
        """Whether such a piece may still be filed, or is. A draft that has expired may turn out to be submitted."""
        if evidence_id in self.named:
            return not self.is_erased
        return not self.is_submitted if batch_id is None else batch_id not in self.batches_over

    def receive(self, evidence_id: UUID, kind: EvidenceKind, batch_id: UUID | None, original: Place) -> None:
        if evidence_id not in self.pieces:
            self.trigger_event(
                self.PieceReceived,
                route=self.route.value,
                evidence_id=evidence_id,
                kind=kind.value,
                batch_id=batch_id,
                object=original.object,
                version=original.version,
                sha256=original.sha256,
            )

    def clear(self, evidence_id: UUID, copy: Place | None) -> None:
        """The first verdict on a piece stands."""
        if not self.pieces[evidence_id].is_checked:
            self.trigger_event(
                self.PieceCleared,
                route=self.route.value,
                evidence_id=evidence_id,
                copy_object=copy.object if copy else None,
                copy_version=copy.version if copy else None,
                copy_sha256=copy.sha256 if copy else None,
            )

    def quarantine(self, evidence_id: UUID, reason: QuarantineReason) -> None:
        if not self.pieces[evidence_id].is_checked:
            self.trigger_event(
                self.PieceQuarantined, route=self.route.value, evidence_id=evidence_id, reason=reason.value
            )

    # ---- filing ----

    def submit(self, evidence_ids: Collection[UUID], originals_to_kpk: bool) -> None:
        """A second submission is the same one. It beats an expiry, whichever came first."""
        if not self.is_submitted:
            named = [str(each) for each in evidence_ids]
            self.trigger_event(self.Submitted, evidence_ids=named, originals_to_kpk=originals_to_kpk)

    def submit_batch(self, batch_id: UUID | None, evidence_ids: Collection[UUID]) -> None:
        """A message that names nothing and ends no batch changes nothing."""
        if batch_id is not None or evidence_ids:
            # What was dropped (a draft's piece that the report left out) can't be called back.
            named = [str(each) for each in evidence_ids if self._is_there_to_name(each)]
            self.trigger_event(self.BatchSubmitted, batch_id=batch_id, evidence_ids=named)

    def expire(self) -> None:
        if not self.is_submitted and not self.is_expired:
            self.trigger_event(self.Expired)

    def expire_batch(self, batch_id: UUID) -> None:
        if batch_id not in self.batches_over:
            self.trigger_event(self.BatchExpired, batch_id=batch_id)

    @property
    def waiting_to_be_filed(self) -> list[UUID]:
        """Named pieces, received, of which the original or a copy is not filed yet."""
        if self.is_erased:
            return []
        return [each for each in self.pieces if each in self.named and self._is_owed(self.pieces[each])]

    def _is_there_to_name(self, evidence_id: UUID) -> bool:
        piece = self.pieces.get(evidence_id)
        return piece is None or self.keeps(evidence_id, piece.batch_id)

    @staticmethod
    def _is_owed(piece: Piece) -> bool:
        return not piece.is_filed or (piece.copy is not None and not piece.is_copy_filed)

    def file_original(self, evidence_id: UUID, key: str | None, key_for_kpk: str | None) -> None:
        original = self.pieces[evidence_id].original
        self.trigger_event(
            self.OriginalFiled,
            route=self.route.value,
            evidence_id=evidence_id,
            object=original.object,
            version=original.version,
            sha256=original.sha256,
            original_key=key,
            original_key_for_kpk=key_for_kpk,
        )

    def file_copy(self, evidence_id: UUID, key: str) -> None:
        copy = cast(Place, self.pieces[evidence_id].copy)
        self.trigger_event(
            self.CopyFiled,
            route=self.route.value,
            evidence_id=evidence_id,
            object=copy.object,
            version=copy.version,
            sha256=copy.sha256,
            copy_key=key,
        )

    def erase(self) -> None:
        if not self.is_erased:
            self.trigger_event(self.Erased)
