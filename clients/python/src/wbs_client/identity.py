"""Identities on their way to the checks: sealed here, with the keys that the reporter signs with."""

from __future__ import annotations

import uuid
from uuid import UUID

from contracts.letters import About, OfferedIdentity, Person, Purpose, ReporterKeys, seal_letter
from contracts.receipts import ReporterSecrets
from contracts.vocabulary import Route

from wbs_client.trust import TrustedKeys


def seal_identity(
    person: Person, ktp_photo: bytes, report_id: UUID, route: Route, keys: TrustedKeys, own: ReporterSecrets
) -> bytes:
    """An offer: a letter to `identity-check`, whose id is the offer's. `ktp_photo`: JPEG of at most 400 kB."""
    body = OfferedIdentity(person=person, ktp_photo=ktp_photo, reporter_keys=public_keys(own))
    about = About(report_id, route, Purpose.IDENTITY_OFFER, uuid.uuid4())
    return seal_letter(body, about, keys.recipients(own.encryption.public), own.signing)


def public_keys(own: ReporterSecrets) -> ReporterKeys:
    return ReporterKeys(encryption=own.encryption.public.jwk, signing=own.signing.public.jwk)
