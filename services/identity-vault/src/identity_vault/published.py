"""What of identity-vault's inside is published: domain events as integration events on wbs.identity.v1."""

from __future__ import annotations

from chassis.store import Event
from contracts.events.identity import CheckKeysPublished, IdentityChecked, IdentityHandedOver, IdentityReviewed
from contracts.vocabulary import IdentityOutcome, IdentityReason, ReviewVerdict, Route

from identity_vault.check_keys import CheckKeys
from identity_vault.domain import Identity

Published = IdentityChecked | IdentityReviewed | IdentityHandedOver | CheckKeysPublished


def publish(event: Event) -> Published | None:
    match event:
        case Identity.Checked():
            return IdentityChecked(
                report_id=event.originator_id,
                route=Route(event.route),
                offer_id=event.offer_id,
                outcome=IdentityOutcome(event.outcome),
                reasons=tuple(IdentityReason(each) for each in event.reasons),
            )
        case Identity.Reviewed():
            return IdentityReviewed(
                report_id=event.originator_id,
                route=Route(event.route),
                offer_id=event.offer_id,
                verdict=ReviewVerdict(event.verdict),
                reasons=tuple(IdentityReason(each) for each in event.reasons),
            )
        case Identity.HandedOver():
            return IdentityHandedOver(
                report_id=event.originator_id,
                route=Route(event.route),
                disclosure_id=None,
                object=event.object_name,
                version=event.version,
                sha256=event.sha256,
            )
        case CheckKeys.Published():
            return CheckKeysPublished(version=event.version, check_keys=event.check_keys)
        case _:
            return None
