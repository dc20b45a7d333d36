"""identity-vault passes the consumer contract."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from chassis.object_store import StoredObject
from chassis.object_versions import ObjectVersions
from chassis.store import Database, EventStore
from chassis.testing.consumer_contract import ConsumerContract
from chassis.testing.harness import ServiceUnderTest
from contracts.events import Event
from contracts.events.intake import IdentityOffered
from contracts.vocabulary import IdentityOutcome, Route
from identity_vault.domain import Identity, Offer
from identity_vault.held_offers import HeldOffer
from identity_vault.object_store import PHOTOS
from identity_vault.read_model import Waiting
from identity_vault.settings import IdentityVaultSettings
from identity_vault.verdicts import Verdict
from vault_tools import Reporter, service_under_test
from wbs_local import launch
from wbs_local.drawn_cards import invent
from wbs_local.system import System

CARD = invent(21)


def offered(subject: UUID) -> IdentityOffered:
    offer_id = uuid4()
    return IdentityOffered(
        report_id=subject,
        route=Route.INSPEKTORAT,
        offer_id=offer_id,
        object=f"{subject}/{offer_id}",
        version="1",
        review_asked=False,
    )


@pytest.fixture(scope="module")
def alone(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceUnderTest]:
    """The worker, with nobody else at its database: it is copied, which needs that."""
    launch.migrate(system, "identity-vault")
    made = service_under_test(system, "worker", tmp_path_factory.mktemp("identity-vault"))
    made.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = 'identity_vault' AND pid <> pg_backend_pid()"
    )
    yield made
    # Offers that were never put: no check of a later test has to look for them.
    made.rows("DELETE FROM held.jobs RETURNING id")


class TestIdentityVault(ConsumerContract):
    @pytest.fixture
    def service(self, alone: ServiceUnderTest) -> ServiceUnderTest:
        return alone

    def first_event(self, subject: UUID) -> Event:
        return offered(subject)

    def later_event(self, subject: UUID) -> Event:
        return offered(subject)

    def event_of_an_erased_report(self, service: ServiceUnderTest, subject: UUID) -> Event:
        """To OpenBao a key that was destroyed is one that isn't there."""
        reporter, offer_id = Reporter(report_id=subject), uuid4()
        identity = Identity.begin(subject, Route.INSPEKTORAT)
        identity.receive_offer(offer_id, Offer("object", "1", review_asked=False))
        identity.conclude(offer_id, Verdict(IdentityOutcome.CONSISTENT))
        identity.erase()
        settings = IdentityVaultSettings.load("identity-vault", service.environment)
        version = ObjectVersions(settings.secret("s3_version_key")).told(PHOTOS, "x", "1")
        photo = StoredObject(PHOTOS, "x", version)
        held = HeldOffer(subject, offer_id, {"identity-filed": "{}"}, photo, "00" * 32, None)
        store = EventStore(Database.of(settings), (Waiting(),))
        store.save(identity, also=(held.insertion(),))
        store.close()
        return reporter.submission(offer_id)
