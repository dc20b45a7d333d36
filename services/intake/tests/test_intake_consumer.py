"""intake as a consumer: what every consumer passes, and that it takes back what a restored database lacks."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from chassis.testing.consumer_contract import ConsumerContract
from chassis.testing.harness import ServiceUnderTest, eventually
from contracts.events import Event
from contracts.events.cases import CaseStatusChanged, MessageToReporter
from contracts.events.identity import ReportErased
from contracts.sealed import Sealed
from contracts.vocabulary import CaseStatus, Route


class TestIntakeAsAConsumer(ConsumerContract):
    @pytest.fixture(scope="class")
    @classmethod
    def service(cls, service_under_test: Callable[[str], ServiceUnderTest]) -> ServiceUnderTest:
        return service_under_test("intake")

    def first_event(self, subject: UUID) -> Event:
        return CaseStatusChanged(
            report_id=subject,
            route=Route.INSPEKTORAT,
            status=CaseStatus.REVIEW,
            letter_id=None,
            note_to_reporter=None,
        )

    def later_event(self, subject: UUID) -> Event:
        return MessageToReporter(report_id=subject, route=Route.INSPEKTORAT, letter_id=uuid4(), text=Sealed("wrapped"))

    def event_of_an_erased_report(self, service: ServiceUnderTest, subject: UUID) -> Event:
        told = uuid4()
        service.send((ReportErased(report_id=subject, route=Route.INSPEKTORAT), told))
        with service.worker():
            eventually(lambda: service.has_handled(told))
        return self.first_event(subject)
