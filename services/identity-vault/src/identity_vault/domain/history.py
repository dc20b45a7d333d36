"""What can have happened to an identity, and what its history adds up to; what may happen is decided in `identity`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from chassis.store import Aggregate
from contracts.vocabulary import IdentityOutcome, IdentityReason, Route

from identity_vault.verdicts import Verdict


@dataclass(frozen=True)
class Offer:
    """Where the letter lies in the inbox, until it was checked."""

    object_name: str
    version: str
    review_asked: bool


@dataclass(frozen=True)
class Look:
    offer_id: UUID
    by: str


class IdentityHistory(Aggregate):
    """Its id is the report id. It begins with whichever event comes first.

    Until submission several offers may lie side by side; the report names one. A later offer mends what was doubtful.
    The first offer that opened pins the reporter's signing key: what another key signed doesn't count.
    """

    class Begun(Aggregate.Created):
        route: str

    class Offered(Aggregate.Event):
        offer_id: UUID
        object_name: str
        version: str
        review_asked: bool

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.offers[self.offer_id] = Offer(self.object_name, self.version, self.review_asked)
            if identity.is_submitted:
                identity.current = self.offer_id

    class Checked(Aggregate.Event):
        """A second one about the same offer turns *inconsistent* into *unsure*, because the report is in.

        `reporter_key`: the RFC 7638 thumbprint of the reporter's signing key, in the first that knew one (events from
        before it was kept have none).
        """

        route: str
        offer_id: UUID
        outcome: str
        reasons: list[str]
        reporter_key: str | None = None

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            reasons = tuple(IdentityReason(each) for each in self.reasons)
            identity.verdicts[self.offer_id] = Verdict(IdentityOutcome(self.outcome), reasons)
            identity.reporter_key = identity.reporter_key or self.reporter_key

    class Submitted(Aggregate.Event):
        route: str
        offer_id: UUID

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.current = identity.named = self.offer_id
            identity.is_submitted = True

    class DraftEnded(Aggregate.Event):
        """The draft was not submitted in time; a submission beats it."""

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.is_expired = True

    class Filed(Aggregate.Event):
        """`letters`: purpose -> letter, wrapped under the report's key."""

        offer_id: UUID
        letters: dict[str, str]

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.filed.add(self.offer_id)

    class HandedOver(Aggregate.Event):
        """Route `kpk`: letter and photo lie, sealed to KPK, in the bucket of KPK's own."""

        route: str
        offer_id: UUID
        object_name: str
        version: str
        sha256: str

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.filed.add(self.offer_id)

    class LookBegun(Aggregate.Event):
        """Saved before anything is opened: no opening stands in OpenBao's audit log without its look here."""

        review_id: str
        offer_id: UUID
        by: str

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.looks[self.review_id] = Look(self.offer_id, self.by)

    class Reviewed(Aggregate.Event):
        route: str
        review_id: str
        offer_id: UUID
        verdict: str
        reasons: list[str]
        by: str

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.reviewed.add(self.offer_id)

    class Erased(Aggregate.Event):
        """The report's key is destroyed: nothing of its letters can be read any more."""

        def apply(self, aggregate: Aggregate) -> None:
            identity = cast(IdentityHistory, aggregate)
            identity.is_erased = True

    def __init__(self, route: str) -> None:
        self.route = Route(route)
        self.offers: dict[UUID, Offer] = {}
        self.verdicts: dict[UUID, Verdict] = {}
        self.reporter_key: str | None = None
        self.named: UUID | None = None  # by the submission
        self.current: UUID | None = None
        self.is_submitted = False
        self.is_expired = False
        self.is_erased = False
        self.filed: set[UUID] = set()
        self.looks: dict[str, Look] = {}
        self.reviewed: set[UUID] = set()
