"""What a report lacks before it can be filed: three pieces of evidence (tiga alat bukti) and a checked identity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from contracts.vocabulary import EvidenceKind, IdentityLevel, IdentityOutcome, IdentityReason, QuarantineReason

ENOUGH_PIECES = 3


@dataclass(frozen=True)
class Verdict:
    """What the checks of an offered identity said."""

    outcome: IdentityOutcome
    reasons: tuple[IdentityReason, ...]


@dataclass(frozen=True)
class Offer:
    """An identity that was offered; `verdict` is None while its check runs."""

    offer_id: UUID
    verdict: Verdict | None = None

    @property
    def level(self) -> IdentityLevel:
        if self.verdict is None:
            return IdentityLevel.NOT_YET_CHECKED
        consistent = self.verdict.outcome is IdentityOutcome.CONSISTENT
        return IdentityLevel.CONSISTENT if consistent else IdentityLevel.UNSURE


@dataclass(frozen=True)
class Piece:
    """A piece of evidence; `sha256` is that of the sealed file. `is_checked`, and then `fault` if it was refused."""

    evidence_id: UUID
    kind: EvidenceKind
    sha256: str
    is_checked: bool = False
    fault: QuarantineReason | None = None


class Lack(StrEnum):
    IDENTITY_MISSING = "identity_missing"
    IDENTITY_INCONSISTENT = "identity_inconsistent"
    IDENTITY_BEING_CHECKED = "identity_being_checked"
    EVIDENCE_UNKNOWN = "evidence_unknown"
    EVIDENCE_BEING_CHECKED = "evidence_being_checked"
    EVIDENCE_TOO_LITTLE = "evidence_too_little"


# A piece that was sent whole is unknown until `evidence` has sealed it.
_PASSING = frozenset({Lack.IDENTITY_BEING_CHECKED, Lack.EVIDENCE_BEING_CHECKED, Lack.EVIDENCE_UNKNOWN})


@dataclass(frozen=True)
class Missing:
    """One thing that is missing, so that the reporter can mend it. `present` counts pieces, for EVIDENCE_TOO_LITTLE."""

    lack: Lack
    evidence_id: UUID | None = None
    reasons: tuple[IdentityReason, ...] = ()
    present: int | None = None


def missing(
    offer: Offer | None, pieces: Mapping[UUID, Piece], named: Collection[UUID], overdue: Collection[UUID]
) -> tuple[Missing, ...]:
    """`named`: the pieces that the report names; `overdue`: offers and pieces whose check isn't waited for any more."""
    return (*_missing_identity(offer, overdue), *_missing_evidence(pieces, named, overdue))


def may_pass(lacks: Collection[Missing]) -> bool:
    """Whether all of it may be there in a moment without the reporter doing anything."""
    coming = sum(each.lack is Lack.EVIDENCE_UNKNOWN for each in lacks)
    return all(each.lack in _PASSING or _is_coming(each, coming) for each in lacks)


def _is_coming(lack: Missing, coming: int) -> bool:
    return lack.lack is Lack.EVIDENCE_TOO_LITTLE and (lack.present or 0) + coming >= ENOUGH_PIECES


def _missing_identity(offer: Offer | None, overdue: Collection[UUID]) -> tuple[Missing, ...]:
    if offer is None:
        return (Missing(Lack.IDENTITY_MISSING),)
    if offer.verdict is None:
        return () if offer.offer_id in overdue else (Missing(Lack.IDENTITY_BEING_CHECKED),)
    if offer.verdict.outcome is IdentityOutcome.INCONSISTENT:
        return (Missing(Lack.IDENTITY_INCONSISTENT, reasons=offer.verdict.reasons),)
    return ()


def _missing_evidence(
    pieces: Mapping[UUID, Piece], named: Collection[UUID], overdue: Collection[UUID]
) -> tuple[Missing, ...]:
    """A refused piece may be named, and is filed as it is; it doesn't count to the three."""
    unknown = [Missing(Lack.EVIDENCE_UNKNOWN, each) for each in named if each not in pieces]
    known = [pieces[each] for each in set(named) if each in pieces]
    waiting = [each for each in known if not each.is_checked and each.evidence_id not in overdue]
    counted = [each for each in known if each not in waiting and each.fault is None]
    found = unknown + [Missing(Lack.EVIDENCE_BEING_CHECKED, each.evidence_id) for each in waiting]
    if len(counted) + len(waiting) < ENOUGH_PIECES:
        found.append(Missing(Lack.EVIDENCE_TOO_LITTLE, present=len(counted) + len(waiting)))
    return tuple(found)
