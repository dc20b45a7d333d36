"""kpk-forwarder as a consumer: what every consumer passes, with its own worker and events."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from chassis.testing.consumer_contract import ConsumerContract
from chassis.testing.harness import ServiceUnderTest, eventually
from contracts.events import Event
from contracts.events.identity import ReportErased
from contracts.events.intake import MessageFromReporter, ReportSubmitted
from contracts.sealed import Sealed
from contracts.vocabulary import IdentityLevel, Route


class TestForwarderAsAConsumer(ConsumerContract):
    @pytest.fixture(scope="class")
    @classmethod
    def service(cls, service_under_test: Callable[[str], ServiceUnderTest]) -> ServiceUnderTest:
        return service_under_test("kpk-forwarder")

    def first_event(self, subject: UUID) -> Event:
        return ReportSubmitted(
            report_id=subject,
            route=Route.KPK,
            offer_id=uuid4(),
            evidence_ids=(uuid4(),),
            originals_to_kpk=True,
            identity_level=IdentityLevel.NOT_YET_CHECKED,
            facts=None,
            story=Sealed("wrapped"),
            receipt=Sealed("wrapped"),
            leaf="0" * 64,
        )

    def later_event(self, subject: UUID) -> Event:
        return MessageFromReporter(
            report_id=subject,
            route=Route.KPK,
            letter_id=uuid4(),
            text=Sealed("wrapped"),
            batch_id=None,
            evidence_ids=(),
            leaf="0" * 64,
        )

    def event_of_an_erased_report(self, service: ServiceUnderTest, subject: UUID) -> Event:
        """Nothing is unwrapped before it is sent, and of an erased report nothing is sent."""
        told = uuid4()
        service.send((ReportErased(report_id=subject, route=Route.KPK), told))
        with service.worker():
            eventually(lambda: service.has_handled(told))
        return self.first_event(subject)
