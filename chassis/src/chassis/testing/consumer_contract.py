# ruff: noqa: S101  # asserts are what tests are made of
"""The tests that every consumer passes, on its real worker process, Kafka and PostgreSQL.

A service subclasses `ConsumerContract` in its tests and gives the fixture `service` and the events.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from contracts.events import Event

from chassis.testing.faulty import Fault
from chassis.testing.harness import ServiceUnderTest, crash_postgres, eventually

KILLED = -9


class NotUtf8(str):
    """A header's name that is sent as bytes which are no text."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:  # str's
        return b"\xff\xfe"


class ConsumerContract(ABC):
    """`first_event` and `later_event` are of one topic and subject; each, when handled, makes the service save an
    event."""

    @pytest.fixture
    @abstractmethod
    def service(self) -> ServiceUnderTest: ...

    @abstractmethod
    def first_event(self, subject: UUID) -> Event: ...

    @abstractmethod
    def later_event(self, subject: UUID) -> Event: ...

    @abstractmethod
    def event_of_an_erased_report(self, service: ServiceUnderTest, subject: UUID) -> Event:
        """One whose handler unwraps something, of a report whose key was destroyed and which counts as erased."""

    @pytest.fixture(autouse=True)
    def _nothing_runs_on(self, service: ServiceUnderTest) -> Iterator[None]:
        yield
        service.kill_all()

    def test_an_event_delivered_twice_has_one_effect(self, service: ServiceUnderTest) -> None:
        subject, event_id, other_id = uuid4(), uuid4(), uuid4()
        event = self.first_event(subject)

        service.send((event, event_id), (event, event_id))
        service.send((self.later_event(subject), other_id))
        with service.worker():
            eventually(lambda: service.has_handled(event_id, other_id))
            effects = service.effects(event_id)
            service.send((event, event_id))
            last = self._pass_by(service, subject)

        assert effects >= 1
        assert service.effects(event_id) == effects
        assert service.has_handled(last)

    def test_a_crash_between_commit_and_bookmark_has_one_effect(self, service: ServiceUnderTest) -> None:
        subject, event_id = uuid4(), uuid4()
        service.send((self.first_event(subject), event_id))

        assert service.run("worker", {event_id: Fault.DIES_AFTER_SAVING}) == KILLED
        effects = service.effects(event_id)
        with service.worker():
            self._pass_by(service, subject)

        assert effects >= 1
        assert service.effects(event_id) == effects

    def test_a_message_that_is_not_understood_waits_with_what_follows_it_until_it_is_replayed(
        self, service: ServiceUnderTest
    ) -> None:
        subject, first, later, other = uuid4(), uuid4(), uuid4(), uuid4()
        service.send((self.first_event(subject), first), (self.later_event(subject), later))
        service.send((self.first_event(uuid4()), other))

        with service.worker({first: Fault.IS_NOT_UNDERSTOOD}):
            eventually(lambda: service.has_handled(other) and len(service.dead_letters(subject)) == 2)
        parked = service.dead_letters(subject)
        handled_early = service.has_handled(first) or service.has_handled(later)
        replay = service.run("replay-dead-letters")

        assert [row["reason"].partition(":")[0] for row in parked] == ["not_understood", "behind"]
        assert not handled_early
        assert replay == self._left_over(service, subject)
        assert service.has_handled(first, later)
        assert service.effects(first) >= 1
        assert service.dead_letters(subject) == []

    def test_bytes_that_are_no_event_are_kept_as_they_came(self, service: ServiceUnderTest) -> None:
        subject, other = uuid4(), uuid4()
        topic = self.first_event(subject).topic
        service.send_bytes(topic, str(subject).encode(), b"\x00 not an event", [("ce_type", b"what")])
        service.send((self.first_event(uuid4()), other))

        with service.worker():
            eventually(lambda: service.has_handled(other) and service.dead_letters(subject))

        (letter,) = service.dead_letters(subject)
        assert bytes(letter["value"]) == b"\x00 not an event"
        assert letter["topic"] == topic
        service.rows("DELETE FROM held.dead_letters WHERE id = %s RETURNING id", (letter["id"],))

    def test_names_that_are_no_text_stop_nobody(self, service: ServiceUnderTest) -> None:
        """PostgreSQL has no text with a NUL, and kafka-python reads no header's name but UTF-8."""
        value, other, topic = uuid4().bytes, uuid4(), self.first_event(uuid4()).topic
        query = "SELECT * FROM held.dead_letters WHERE value = %s"
        service.send_bytes(topic, b"\x00 no key", value, [(NotUtf8("name"), b"what")])
        service.send((self.first_event(uuid4()), other))

        with service.worker():
            eventually(lambda: service.has_handled(other) and service.rows(query, (value,)))

        (letter,) = service.rows(query, (value,))
        assert bytes(letter["key"]) == b"\x00 no key"
        service.rows("DELETE FROM held.dead_letters WHERE id = %s RETURNING id", (letter["id"],))

    def test_an_event_that_ended_the_process_three_times_is_parked_and_the_others_go_on(
        self, service: ServiceUnderTest
    ) -> None:
        subject, deadly, other = uuid4(), uuid4(), uuid4()
        faults = {deadly: Fault.DIES_BEFORE_SAVING}
        service.send((self.first_event(subject), deadly))

        ends = [service.run("worker", faults) for _ in range(3)]
        service.send((self.first_event(uuid4()), other))
        with service.worker(faults):
            eventually(lambda: service.has_handled(other) and service.dead_letters(subject))
        (letter,) = service.dead_letters(subject)
        replay = service.run("replay-dead-letters")

        assert ends == [KILLED] * 3
        assert letter["reason"] == "ended_the_process"
        assert replay == self._left_over(service, subject)
        assert service.has_handled(deadly)
        assert service.dead_letters(subject) == []

    def test_a_handlers_bug_stops_the_process_and_skips_nothing(self, service: ServiceUnderTest) -> None:
        subject, event_id = uuid4(), uuid4()
        service.send((self.first_event(subject), event_id))

        code = service.run("worker", {event_id: Fault.HAS_A_BUG})
        handled = service.has_handled(event_id)
        with service.worker():
            eventually(lambda: service.has_handled(event_id))

        assert code == 1
        assert not handled
        assert service.dead_letters(subject) == []

    def test_a_stop_in_the_middle_of_a_batch_ends_with_the_message_in_hand(self, service: ServiceUnderTest) -> None:
        subject, first, later = uuid4(), uuid4(), uuid4()
        service.send((self.first_event(subject), first), (self.later_event(subject), later))

        code = service.run("worker", {first: Fault.IS_STOPPED})
        handled = service.has_handled(first), service.has_handled(later)
        effects = service.effects(first)
        with service.worker():
            eventually(lambda: service.has_handled(later))

        assert code == 0
        assert handled == (True, False)
        assert service.effects(first) == effects >= 1

    def test_a_restored_database_with_a_new_epoch_reads_everything_again(self, service: ServiceUnderTest) -> None:
        before, after = uuid4(), uuid4()
        service.send((self.first_event(uuid4()), before))
        with service.worker():
            eventually(lambda: service.has_handled(before))
        effects = service.effects(before)
        service.keep_state(f"{service.database}_kept")
        service.send((self.first_event(uuid4()), after))
        with service.worker():
            eventually(lambda: service.has_handled(after))

        service.restore_state(f"{service.database}_kept")
        lost = not service.has_handled(after)
        service.epoch += 1
        with service.worker():
            eventually(lambda: service.has_handled(after))

        assert lost
        assert service.effects(after) >= 1
        assert service.effects(before) == effects

    def test_a_handler_whose_report_was_erased_goes_on(self, service: ServiceUnderTest) -> None:
        subject, erased, later = uuid4(), uuid4(), uuid4()
        service.send((self.event_of_an_erased_report(service, subject), erased), (self.later_event(subject), later))

        with service.worker():
            eventually(lambda: service.has_handled(erased, later))

        assert service.dead_letters(subject) == []

    def test_a_rebuilt_read_model_equals_the_live_one(self, service: ServiceUnderTest) -> None:
        self._fill(service)
        live, marker = service.read_model(), service.rows("TABLE read.built")

        assert service.run("rebuild") == 0

        assert any(live.values())
        assert service.read_model() == live
        assert service.rows("TABLE read.built") != marker

    def test_a_read_model_emptied_by_the_death_of_a_backend_is_made_anew(self, service: ServiceUnderTest) -> None:
        self._fill(service)
        live = service.read_model()

        crash_postgres(service)
        emptied = service.rows("TABLE read.built") == []
        with service.worker():
            eventually(lambda: service.rows("TABLE read.built"))
            rebuilt = service.read_model()

        assert emptied
        assert rebuilt == live

    def _fill(self, service: ServiceUnderTest) -> None:
        subject, first, later = uuid4(), uuid4(), uuid4()
        service.send((self.first_event(subject), first), (self.later_event(subject), later))
        with service.worker():
            eventually(lambda: service.has_handled(first, later))

    def _pass_by(self, service: ServiceUnderTest, subject: UUID) -> UUID:
        """Sends a later event of the subject and waits for it: what was sent before it has been seen by then."""
        last = uuid4()
        service.send((self.later_event(subject), last))
        eventually(lambda: service.has_handled(last))
        return last

    def _left_over(self, service: ServiceUnderTest, subject: UUID) -> int:
        """The exit code of a replay that handled all of this subject: 1 if letters of another test are there still,
        which a redelivery may park again after that test."""
        others = service.rows("SELECT 1 FROM held.dead_letters WHERE subject IS DISTINCT FROM %s", (str(subject),))
        return 1 if others else 0
