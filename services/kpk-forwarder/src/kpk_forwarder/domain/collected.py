"""What is known of a report, which parcels follow from it, and what KPK lacks; the order in which it came is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from contracts.vocabulary import CaseOutcome, CaseStatus, Notice, ParcelKind, Route

from contracts import parcels


@dataclass(frozen=True)
class Parcel:
    """`about`: which evidence, letter, object or notice it carries; empty for the report itself."""

    id: UUID
    kind: ParcelKind
    about: str


@dataclass(frozen=True)
class Filed:
    """A sealed object: name, version, SHA-256 of what lies there; `key`: the wrapped letter that opens it for KPK."""

    object: str
    version: str
    sha256: str
    key: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        return f"{self.object}/{self.version}"


@dataclass(frozen=True)
class Told:
    """What a notice says beyond the report that it is about."""

    notice: Notice
    status: CaseStatus | None = None
    outcome: CaseOutcome | None = None
    evidence_id: UUID | None = None


@dataclass(repr=False)
class Collected:
    """Story, facts, messages and keys are wrapped under the report's key. `named`: evidence that belongs to the
    report or to a later message; what isn't named stays a draft's and is none of KPK's business."""

    route: Route
    story: str | None = None
    facts: str | None = None
    evidence_ids: tuple[UUID, ...] = ()
    named: set[UUID] = field(default_factory=set)
    originals: dict[UUID, Filed] = field(default_factory=dict)
    copies: dict[UUID, Filed] = field(default_factory=dict)
    quarantined: set[UUID] = field(default_factory=set)
    uncopied: set[UUID] = field(default_factory=set)  # cleared, and of a type that no copy is made of
    messages: dict[UUID, str] = field(default_factory=dict)
    identities: dict[str, Filed] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)

    @property
    def notices(self) -> dict[str, Told]:
        """A piece is told of once it is filed too: by then it is sure what KPK can have of it."""
        filed = self.named & self.originals.keys()
        withheld = {each for each in filed & self.uncopied if self.originals[each].key is None}
        of_pieces = {Notice.EVIDENCE_QUARANTINED: filed & self.quarantined, Notice.EVIDENCE_WITHHELD: withheld}
        about = {
            f"{notice.value}/{each}": Told(notice, evidence_id=each)
            for notice, pieces in of_pieces.items()
            for each in pieces
        }
        return {**self.told, **about}

    def parcels(self, report_id: UUID) -> Iterator[Parcel]:
        """All that KPK is to get of a report that it is to have; nothing before the report is here."""
        if self.story is None:
            return
        for kind, about in self._contents():
            yield Parcel(parcels.parcel_id(report_id, kind, about), kind, about)

    def _contents(self) -> Iterator[tuple[ParcelKind, str]]:
        yield ParcelKind.REPORT, ""
        yield from ((ParcelKind.IDENTITY, each) for each in self.identities)
        yield from ((ParcelKind.ORIGINAL, str(each)) for each, filed in self.originals.items() if filed.key)
        yield from ((ParcelKind.COPY, str(each)) for each in self.copies)
        yield from ((ParcelKind.MESSAGE, str(each)) for each in self.messages)
        yield from ((ParcelKind.NOTICE, each) for each in sorted(self.notices))

    def is_complete(self, delivered: Collection[Parcel]) -> bool:
        """Whether KPK has story, evidence as submitted and, in route `kpk`, the identity. What comes later, follows."""
        has = {(parcel.kind, parcel.about) for parcel in delivered}
        kinds = {kind for kind, _ in has}
        return (
            ParcelKind.REPORT in kinds
            and (self.route is not Route.KPK or ParcelKind.IDENTITY in kinds)
            and all(self._has_piece(each, has) for each in self.evidence_ids)
        )

    def _has_piece(self, evidence_id: UUID, has: Collection[tuple[ParcelKind, str]]) -> bool:
        filed = self.originals.get(evidence_id)
        if filed is None:
            return False
        if filed.key is not None:
            return (ParcelKind.ORIGINAL, str(evidence_id)) in has
        # The reporter gives clean copies only: of some pieces there will never be one.
        never = evidence_id in self.quarantined | self.uncopied and evidence_id not in self.copies
        return never or (ParcelKind.COPY, str(evidence_id)) in has
