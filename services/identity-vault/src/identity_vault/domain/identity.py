"""An identity: what became of what a reporter offered. Ids, outcomes, letters that stay wrapped; no plaintext."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self
from uuid import UUID

from contracts.vocabulary import IdentityOutcome, IdentityReason, ReviewVerdict, Route

from identity_vault.domain.history import IdentityHistory, Look, Offer
from identity_vault.verdicts import Verdict, unreadable, unsure


class NotWaiting(Exception):
    """Nothing of this report waits for a person's look, or another offer has come since."""


class NotLookedAt(Exception):
    """A decision names the look that it follows: by the same person, of the same offer."""


class ReasonMissing(Exception):
    """Who finds an identity doubtful says why, so that the reporter can mend it."""


class Identity(IdentityHistory):
    @classmethod
    def begin(cls, report_id: UUID, route: Route) -> Self:
        return cls._create(cls.Begun, id=report_id, route=route.value)

    # ---- what is asked of it ----

    def is_named(self, offer_id: UUID) -> bool:
        """Whether this is the offer that counts for the submitted report."""
        return self.is_submitted and self.current == offer_id

    def is_to_be_filed(self, offer_id: UUID) -> bool:
        """The offer that counts; and the submission's own, replaced before its check was done, while none is filed:
        what replaced it may turn out to be no identity at all."""
        return self.is_named(offer_id) or (self.is_submitted and self.named == offer_id and not self.filed)

    def is_signed_by(self, reporter_key: str) -> bool:
        """Whether an offer by this key (a thumbprint) is by the reporter of the first one. Any, until one opened."""
        return self.reporter_key in (None, reporter_key)

    def was_replaced(self, offer_id: UUID) -> bool:
        """Whether a newer offer came before its check was done: that check is given up."""
        return offer_id in list(self.offers)[:-1] and offer_id not in self.verdicts

    @property
    def is_dropped(self) -> bool:
        return self.is_expired and not self.is_submitted

    @property
    def waits_for_a_look(self) -> bool:
        """Route `kpk` is none of the Inspektorat's business."""
        verdict = self.verdicts.get(self.current) if self.current else None
        return (
            self.is_submitted
            and not self.is_erased
            and self.route is Route.INSPEKTORAT
            and verdict is not None
            and verdict.outcome is IdentityOutcome.UNSURE
            and self.current not in self.reviewed
        )

    # ---- what happens to it ----

    def receive_offer(self, offer_id: UUID, offer: Offer) -> None:
        if offer_id not in self.offers:
            self.trigger_event(self.Offered, offer_id=offer_id, **vars(offer))

    def conclude(self, offer_id: UUID, verdict: Verdict, reporter_key: str | None = None) -> None:
        """The first verdict on an offer holds. `reporter_key` (a thumbprint) if it opened: another one than that of
        the first offer ends as what does not open."""
        if offer_id in self.verdicts:
            return
        if reporter_key is not None and not self.is_signed_by(reporter_key):
            verdict = unreadable()
        pinned = reporter_key if self.reporter_key is None else None
        self._tell(offer_id, verdict.looked_at_by_a_person() if self.is_submitted else verdict, pinned)

    def submit(self, offer_id: UUID) -> None:
        """After this nothing is inconsistent any more: nobody can keep a true reporter out."""
        if self.is_submitted:
            return
        self.trigger_event(self.Submitted, route=self.route.value, offer_id=offer_id)
        verdict = self.verdicts.get(offer_id)
        if verdict is not None and verdict.outcome is IdentityOutcome.INCONSISTENT:
            self._tell(offer_id, verdict.looked_at_by_a_person())

    def lose(self, offer_id: UUID) -> None:
        """What was checked, or was to be, is not there any more (a draft's end or a newer offer was heard of first):
        people must know."""
        self._tell(offer_id, unsure(IdentityReason.CHECK_FAILED))

    def expire(self) -> None:
        if not self.is_submitted and not self.is_expired:
            self.trigger_event(self.DraftEnded)

    def file(self, offer_id: UUID, letters: Mapping[str, str]) -> None:
        if offer_id not in self.filed:
            self.trigger_event(self.Filed, offer_id=offer_id, letters=dict(letters))

    def hand_over(self, offer_id: UUID, object_name: str, version: str, sha256: str) -> None:
        if offer_id not in self.filed:
            self.trigger_event(
                self.HandedOver,
                route=self.route.value,
                offer_id=offer_id,
                object_name=object_name,
                version=version,
                sha256=sha256,
            )

    def begin_look(self, review_id: str, by: str) -> None:
        if not self.waits_for_a_look:
            raise NotWaiting
        self.trigger_event(self.LookBegun, review_id=review_id, offer_id=self.current, by=by)

    def decide(self, review_id: str, verdict: ReviewVerdict, reasons: Sequence[IdentityReason], by: str) -> None:
        if not self.waits_for_a_look or self.current is None:
            raise NotWaiting
        if self.looks.get(review_id) != Look(self.current, by):
            raise NotLookedAt
        if verdict is ReviewVerdict.DOUBTFUL and not reasons:
            raise ReasonMissing
        self.trigger_event(
            self.Reviewed,
            route=self.route.value,
            review_id=review_id,
            offer_id=self.current,
            verdict=verdict.value,
            reasons=[reason.value for reason in reasons],
            by=by,
        )

    def erase(self) -> None:
        if not self.is_erased:
            self.trigger_event(self.Erased)

    def _tell(self, offer_id: UUID, verdict: Verdict, reporter_key: str | None = None) -> None:
        """Of an erased report nobody waits for a verdict."""
        if self.is_erased:
            return
        self.trigger_event(
            self.Checked,
            route=self.route.value,
            offer_id=offer_id,
            outcome=verdict.outcome.value,
            reasons=[reason.value for reason in verdict.reasons],
            reporter_key=reporter_key,
        )
