"""Filing: at submission the named offer becomes history, wrapped under the report's key; all others are removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.store import Cause, EventStore, Statement, retry_on_conflict
from chassis.telemetry import Metrics, Unreadable
from chassis.wrapper import KeyMissing, ReportIsErased, Wrapper
from contracts.encoding import sha256
from contracts.events.cases import CaseClosed
from contracts.events.identity import ReportErased
from contracts.events.intake import DraftExpired, ReportSubmitted
from contracts.letters import Purpose
from contracts.vocabulary import Route

from identity_vault import held_offers
from identity_vault.domain import Identity
from identity_vault.held_offers import HeldOffer
from identity_vault.object_store import FOR_KPK, VaultObjects
from identity_vault.sealing import object_name


class Filer:
    """Files one held offer: what it makes outside the database may be made again, what it removes goes later."""

    def __init__(
        self, wrapper: Wrapper, objects: VaultObjects, clock: Clock, photo_days: int, metrics: Metrics
    ) -> None:
        self._wrapper = wrapper
        self._objects = objects
        self._clock = clock
        self._photo_life = timedelta(days=photo_days)
        self._alarm = Unreadable("filing", metrics.failures)

    def file(self, identity: Identity, held: HeldOffer) -> list[Statement]:
        """The statements that belong to it. Of an erased report nothing is filed; where its key is missing, neither,
        and the offer stays held: nobody has decided that it goes."""
        try:
            wrapped = {
                purpose: self._wrapper.wrap(held.report_id, purpose, letter.encode())
                for purpose, letter in held.letters.items()
            }
        except ReportIsErased:
            return [held_offers.remove_photo(held.report_id, held.photo)]
        except KeyMissing as missing:
            self._alarm.tell(held.report_id, missing)
            return [held.insertion()]
        if identity.route is Route.KPK:
            return self._hand_over(identity, held, wrapped[Purpose.IDENTITY_FOR_KPK.value])
        review = wrapped.pop(Purpose.IDENTITY_REVIEW.value, None)
        self._objects.lock(held.photo, self._clock.next_hour() + self._photo_life)
        identity.file(held.offer_id, wrapped)
        return [
            held_offers.keep_review(held.report_id, held.offer_id, review)
            if review
            else held_offers.remove_review(held.report_id),
            *([held_offers.count_open_report(held.report_id, held.blind_index)] if held.blind_index else []),
        ]

    def _hand_over(self, identity: Identity, held: HeldOffer, letter: str) -> list[Statement]:
        """One object: the wrapped letter, a line feed, the sealed photo. Only KPK opens the letter, and by it the
        photo."""
        parcel = letter.encode() + b"\n" + self._objects.get(held.photo)
        stored = self._objects.put(FOR_KPK, object_name(held.offer_id), parcel)
        identity.hand_over(held.offer_id, stored.name, stored.version, sha256(parcel).hex())
        return [held_offers.remove_photo(held.report_id, held.photo)]


class Filing:
    """What is told about reports: submitted, given up, closed, erased."""

    def __init__(self, store: EventStore, filer: Filer, clock: Clock, wrapper: Wrapper) -> None:
        self._store = store
        self._filer = filer
        self._clock = clock
        self._wrapper = wrapper

    @retry_on_conflict
    def submit(self, submitted: ReportSubmitted, cause: Cause) -> None:
        """An offer that isn't checked yet is filed when it is (`Offers.conclude`)."""
        identity = self._known_or_begun(submitted.report_id, submitted.route)
        if identity.is_submitted:
            self._store.save(cause=cause)
            return
        identity.submit(submitted.offer_id)
        held = held_offers.of_report(self._store, submitted.report_id)
        also = [
            held_offers.keep_draft(submitted.report_id),
            held_offers.forget(submitted.report_id),
            *self._file_named(identity, submitted.offer_id, held),
            *_removals_of_others(identity, submitted.offer_id, held),
        ]
        self._store.save(identity, cause=cause, also=also)

    @retry_on_conflict
    def expire(self, expired: DraftExpired, cause: Cause) -> None:
        """Removed an hour later, unless a submission is heard of by then: it beats the draft's end."""
        identity = self._known_or_begun(expired.report_id, expired.route)
        identity.expire()
        due = held_offers.remove_draft(expired.report_id, self._clock.next_hour() + self._an_hour)
        self._store.save(identity, cause=cause, also=() if identity.is_submitted else (due,))

    def close(self, closed: CaseClosed, cause: Cause) -> None:
        """Only open reports are counted by NIK."""
        self._store.save(cause=cause, also=(held_offers.uncount_report(closed.report_id),))

    @retry_on_conflict
    def erase(self, erased: ReportErased, cause: Cause) -> None:
        """What was filed can't be opened by anybody; what is held besides is forgotten."""
        self._wrapper.must_be_erased(erased.report_id)
        identity = self._known_or_begun(erased.report_id, erased.route)
        identity.erase()
        self._store.save(identity, cause=cause, also=held_offers.drop_all(self._store, identity.id, identity.offers))

    @property
    def _an_hour(self) -> timedelta:
        return timedelta(seconds=self._clock.grain)

    def _file_named(self, identity: Identity, offer_id: UUID, held: Sequence[HeldOffer]) -> list[Statement]:
        named = next((each for each in held if each.offer_id == offer_id), None)
        if named is not None:
            return self._filer.file(identity, named)
        if identity.was_replaced(offer_id) or (offer_id in identity.verdicts and identity.is_expired):
            identity.lose(offer_id)
        return []

    def _known_or_begun(self, report_id: UUID, route: Route) -> Identity:
        return self._store.find(Identity, report_id) or Identity.begin(report_id, route)


def _removals_of_others(identity: Identity, named: UUID, held: Sequence[HeldOffer]) -> list[Statement]:
    """Photos of the offers that were checked, letters of those that were not."""
    report_id = identity.id
    unchecked = [offer_id for offer_id in identity.offers if offer_id not in {named, *identity.verdicts}]
    return [
        *(held_offers.remove_photo(report_id, each.photo) for each in held if each.offer_id != named),
        *held_offers.drop_unchecked(report_id, unchecked),
    ]
