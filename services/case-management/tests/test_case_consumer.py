"""case-management as a consumer: what every consumer passes, with its own worker and events."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from chassis.openbao import OpenBao
from chassis.settings import Secret
from chassis.testing.consumer_contract import ConsumerContract
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.wrapper import Wrapper
from contracts.encoding import canonical
from contracts.events import Event, forwarding
from contracts.events.identity import ReportErased
from contracts.events.intake import MessageFromReporter, ReportSubmitted
from contracts.facts import Facts
from contracts.schema import to_json
from contracts.sealed import Sealed
from contracts.vocabulary import Category, ConflictSource, IdentityLevel, LossBand, Role, Route
from wbs_local.ceremony.desk import Desk
from wbs_local.parts import openbao
from wbs_local.system import System

FACTS = Facts(
    category=Category.BRIBERY,
    area="15.04.03",
    skpd="dpmd",
    period_from="2025-01",
    period_to="2025-06",
    loss=LossBand.UNKNOWN,
)


def _conflict(subject: UUID, role: Role) -> forwarding.ConflictDeclared:
    return forwarding.ConflictDeclared(
        report_id=subject, route=Route.INSPEKTORAT, declared_by=ConflictSource.KPK, concerns=(role,)
    )


class TestCaseManagementAsAConsumer(ConsumerContract):
    @pytest.fixture(scope="class")
    @classmethod
    def service(cls, service_under_test: Callable[[str], ServiceUnderTest]) -> ServiceUnderTest:
        return service_under_test("case-management")

    @pytest.fixture(autouse=True)
    def _intakes_hand(self, system: System) -> None:
        """intake alone makes a report's key."""
        self._desk = Desk(system)
        credentials = (
            Secret(system.keep_secret("intake-worker", f"openbao_{name}")) for name in ("role_id", "secret_id")
        )
        self._wrapper = Wrapper(OpenBao(openbao.url(system), *credentials), lambda _: False)

    def first_event(self, subject: UUID) -> Event:
        self._wrapper.make_key(subject)
        return ReportSubmitted(
            report_id=subject,
            route=Route.INSPEKTORAT,
            offer_id=uuid4(),
            evidence_ids=(),
            originals_to_kpk=True,
            identity_level=IdentityLevel.CONSISTENT,
            facts=Sealed(self._wrapper.wrap(subject, "facts", canonical(to_json(FACTS)))),
            story=Sealed("wrapped"),
            receipt=Sealed("wrapped"),
            leaf="0" * 64,
        )

    def later_event(self, subject: UUID) -> Event:
        return MessageFromReporter(
            report_id=subject,
            route=Route.INSPEKTORAT,
            letter_id=uuid4(),
            text=Sealed("wrapped"),
            batch_id=None,
            evidence_ids=(),
            leaf="0" * 64,
        )

    def event_of_an_erased_report(self, service: ServiceUnderTest, subject: UUID) -> Event:
        """The report was erased before its case was opened: two people destroyed the key, and the topic says so."""
        submitted, told = self.first_event(subject), uuid4()
        self._destroy_key(subject)
        service.send((ReportErased(report_id=subject, route=Route.INSPEKTORAT), told))
        with service.worker():
            eventually(lambda: service.has_handled(told))
        return submitted

    def test_a_report_whose_key_is_missing_keeps_no_other_from_being_listed(self, service: ServiceUnderTest) -> None:
        """The key is destroyed and nobody has said yet that the report is erased."""
        first, second = uuid4(), uuid4()
        told = {uuid4(): self.first_event(subject) for subject in (first, second)}
        service.send(*((event, event_id) for event_id, event in told.items()))
        with service.worker():
            eventually(lambda: all(service.has_handled(event_id) for event_id in told))

        self._destroy_key(first)

        assert service.run("rebuild") == 0
        rows = service.rows("SELECT report_id, area FROM read.cases WHERE report_id = ANY(%s)", ([first, second],))
        assert {row["report_id"]: row["area"] for row in rows} == {first: None, second: FACTS.area}

    def test_a_conflict_that_kpk_declares_closes_the_case(self, service: ServiceUnderTest) -> None:
        subject, told = uuid4(), {uuid4(): Role.INSPEKTUR, uuid4(): Role.IRBAN}
        service.send((self.first_event(subject), uuid4()))
        service.send(*((_conflict(subject, role), event_id) for event_id, role in told.items()))

        with service.worker():
            eventually(lambda: all(service.has_handled(event_id) for event_id in told))

        rows = service.rows("SELECT role, declared_by FROM read.conflicts WHERE report_id = %s", (subject,))
        assert {row["role"]: row["declared_by"] for row in rows} == {"inspektur": "kpk", "irban": "kpk"}

    def _destroy_key(self, subject: UUID) -> None:
        key = f"reports/keys/{subject}"
        self._desk.act("superadmin", "pengawas1", "post", f"{key}/config", {"deletion_allowed": "true"})
        self._desk.act("superadmin", "pengawas1", "delete", key)
