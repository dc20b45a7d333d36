"""evidence as a consumer: what every consumer passes, with its own worker and events."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from chassis.testing.consumer_contract import ConsumerContract
from chassis.testing.harness import ServiceUnderTest, eventually
from contracts.events import Event
from contracts.events.identity import ReportErased
from contracts.events.intake import MessageFromReporter
from contracts.sealed import Sealed
from contracts.vocabulary import Route
from evidence_tools import Draft


class TestEvidenceAsAConsumer(ConsumerContract):
    @pytest.fixture(scope="class")
    @classmethod
    def service(cls, service_under_test: Callable[[str], ServiceUnderTest]) -> ServiceUnderTest:
        return service_under_test("evidence")

    def first_event(self, subject: UUID) -> Event:
        return Draft(subject).submission(uuid4())

    def later_event(self, subject: UUID) -> Event:
        return MessageFromReporter(
            report_id=subject,
            route=Route.INSPEKTORAT,
            letter_id=uuid4(),
            text=Sealed("wrapped"),
            batch_id=uuid4(),
            evidence_ids=(uuid4(),),
            leaf="0" * 64,
        )

    def event_of_an_erased_report(self, service: ServiceUnderTest, subject: UUID) -> Event:
        """Nothing is unwrapped here; what would be wrapped for it isn't."""
        told = uuid4()
        service.send((ReportErased(report_id=subject, route=Route.INSPEKTORAT), told))
        with service.worker():
            eventually(lambda: service.has_handled(told))
        return self.first_event(subject)
