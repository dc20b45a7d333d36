"""The toy service passes the consumer contract."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from chassis.openbao import OpenBao
from chassis.settings import Secret
from chassis.testing.consumer_contract import ConsumerContract, NotUtf8
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.testing.toy.events import OrderPlaced
from chassis.wrapper import Wrapper
from contracts.events import Event
from contracts.events.intake import ReportSubmitted
from wbs_local.parts import openbao
from wbs_local.system import System


class TestToy(ConsumerContract):
    @pytest.fixture
    def service(self, toy: ServiceUnderTest, system: System) -> ServiceUnderTest:
        self.system = system
        return toy

    def first_event(self, subject: UUID) -> Event:
        return OrderPlaced(order_id=subject, item="paper", amount=3)

    def later_event(self, subject: UUID) -> Event:
        return OrderPlaced(order_id=subject, item="more paper", amount=2)

    def event_of_an_erased_report(self, service: ServiceUnderTest, subject: UUID) -> Event:
        role_id, secret_id = (
            Secret(self.system.keep_secret("intake-worker", f"openbao_{n}")) for n in ("role_id", "secret_id")
        )
        wrapper = Wrapper(OpenBao(openbao.url(self.system), role_id, secret_id), lambda _: False)
        another = uuid4()
        wrapper.make_key(another)
        service.rows("INSERT INTO held.erased VALUES (%s) RETURNING id", (subject,))
        # To OpenBao a key that was destroyed is one that isn't there.
        return OrderPlaced(order_id=subject, item="paper", amount=1, note=wrapper.wrap(another, "note", b"ink"))

    def test_what_follows_a_message_that_kafka_python_cannot_read_is_read(self, service: ServiceUnderTest) -> None:
        """In one partition, and beside a header whose name PostgreSQL can't hold."""
        subject, later, (bad, worse) = uuid4(), uuid4(), (uuid4().bytes, uuid4().bytes)
        query = "SELECT value FROM held.dead_letters WHERE value IN (%s, %s) ORDER BY id"
        with service.worker():
            for value, name in ((bad, "no\x00name"), (worse, NotUtf8("name"))):
                service.send_bytes(OrderPlaced.topic, str(subject).encode(), value, [(name, b"what")])
            service.send((self.first_event(subject), later))
            eventually(lambda: len(service.dead_letters(subject)) == 3)

        assert [bytes(row["value"]) for row in service.rows(query, (bad, worse))] == [bad, worse]
        reasons = [row["reason"].partition(":")[0] for row in service.dead_letters(subject)]
        assert reasons == ["not_understood", "not_understood", "behind"]
        service.rows("DELETE FROM held.dead_letters WHERE subject = %s RETURNING id", (str(subject),))

    def test_what_nobody_here_handles_is_not_even_read(self, service: ServiceUnderTest) -> None:
        subject, other = uuid4(), uuid4()
        service.send_bytes(
            OrderPlaced.topic, str(subject).encode(), b"\x00", [("ce_type", ReportSubmitted.type.encode())]
        )
        service.send((self.first_event(subject), other))

        with service.worker():
            eventually(lambda: service.has_handled(other))

        assert service.dead_letters(subject) == []
