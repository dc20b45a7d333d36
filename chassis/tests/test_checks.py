"""The queue of checks on a real PostgreSQL, and real child processes that misbehave."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest
from chassis.checks import CheckKind, Job, Limits, nursery, queue
from chassis.checks.child import Children, Ended, run_in_child
from chassis.checks.jobs import take
from chassis.checks.runner import Runner
from chassis.clock import Clock
from chassis.openbao import TooManyCalls
from chassis.settings import Secret
from chassis.store import Database, EventStore
from chassis.telemetry import Metrics
from chassis.testing.harness import ServiceUnderTest, eventually
from wbs_local.system import REPOSITORY, System

from chassis import DependencyDown

JOBS = "chassis.testing.jobs"
SMALL = Limits(memory_bytes=500_000_000, cpu_seconds=20, wall_seconds=60)  # with the loading, on a busy machine


@pytest.fixture
def store(toy: ServiceUnderTest, system: System) -> Iterator[EventStore]:
    password = Secret(system.keep_secret("toy-worker", "postgres_password"))
    opened = EventStore(Database(system.host, system.ports["postgres"], "toy", "toy", password))
    yield opened
    opened.close()


def run(function: str, content: bytes = b"", limits: Limits = SMALL) -> bytes | Ended:
    return run_in_child(f"{JOBS}:{function}", content, limits, threading.Event())


def test_a_child_gets_bytes_and_gives_bytes() -> None:
    assert run("shout", b"a word" * 100_000) == b"A WORD" * 100_000


@pytest.mark.parametrize("function", ["die", "swell"])
def test_a_child_that_is_killed_or_grows_too_large_ends_without_an_answer(function: str) -> None:
    assert isinstance(run(function), Ended)


def test_a_child_that_hangs_or_spins_is_ended_in_time() -> None:
    assert isinstance(run("hang", limits=Limits(wall_seconds=1.5)), Ended)
    assert isinstance(run("spin", limits=Limits(cpu_seconds=5, wall_seconds=60)), Ended)


def test_a_child_that_answers_more_than_it_may_is_killed_while_it_writes() -> None:
    assert run("flood", limits=Limits(memory_bytes=500_000_000, answer_bytes=1_000_000)) == Ended(-signal.SIGKILL)


def test_a_child_that_ends_before_it_has_read_everything_is_no_error_of_ours() -> None:
    assert isinstance(run("no_such_function", bytes(10_000_000)), Ended)


def test_a_child_sees_no_variable_of_ours_and_leaves_no_core() -> None:
    answer = run("look_around")

    assert isinstance(answer, bytes)
    assert b"WBS_" not in answer
    assert answer.endswith(b"(0, 0)")


def test_a_child_sees_no_file_of_ours_no_process_of_ours_and_no_network(system: System) -> None:
    files = [REPOSITORY / "Makefile", system.root / "system.json", Path("/etc/passwd"), Path(__file__)]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        asked = {"files": [str(path) for path in files], "port": listening.getsockname()[1]}
        seen = run("spy", json.dumps(asked).encode())

    assert all(path.exists() for path in files)
    assert seen == b"files: [], processes of others: 0, connected: False"


@contextmanager
def children(function: str, limits: Limits = SMALL) -> Iterator[Callable[[bytes], bytes | Ended]]:
    """Runs jobs in one sandbox."""
    made = Children(f"{JOBS}:{function}", limits)
    try:
        yield lambda content: made.run(content, threading.Event())
    finally:
        made.close()


def test_a_sandbox_stays_for_the_next_job() -> None:
    with children("nursery") as run_next:
        assert len({run_next(b"") for _ in range(3)}) == 1


def test_a_child_gives_way_to_whoever_waits_for_an_answer() -> None:
    niceness, _, session = cast(bytes, run("rank")).decode().partition(" ")

    assert niceness == "5"
    assert session.endswith("nice 5") or not Path("/proc/self/autogroup").exists()


def test_a_job_meets_no_process_of_the_last_one() -> None:
    with children("lurk") as run_next:
        assert [run_next(b"") for _ in range(3)] == [b"0"] * 3


def test_a_job_meets_no_file_of_the_last_one() -> None:
    with children("litter") as run_next:
        assert [run_next(b"x") for _ in range(3)] == [b"[]"] * 3


def test_a_job_can_leave_nothing_but_in_its_room() -> None:
    """What is code for the next job least of all: its loader, its libraries, its devices."""
    assert run("foul", b"x") == b"[]"


def test_a_job_that_ended_its_sandbox_leaves_the_next_one_another() -> None:
    with children("die") as run_next:
        assert [run_next(b"") for _ in range(2)] == [Ended(-signal.SIGKILL)] * 2


def test_a_nursery_outside_of_a_sandbox_refuses_to_serve() -> None:
    """It ends whatever it finds beside itself."""
    with pytest.raises(nursery.NotInSandbox):
        nursery.main(f"{JOBS}:shout", "0")


@dataclass
class ToyCheck:
    job: Job
    concluded: Callable[[Job, bytes | None], None]

    def prepare(self) -> bytes:
        return str(self.job.input["text"]).encode()

    def conclude(self, answer: bytes | None) -> None:
        self.concluded(self.job, answer)


@dataclass
class Outcomes:
    """Runs checks in a thread until all jobs are concluded."""

    store: EventStore
    answers: dict[UUID, bytes | None] = field(default_factory=dict)

    def kind(self, function: str, conclude: Callable[[Job, bytes | None], None] | None = None) -> CheckKind:
        return CheckKind(function, f"{JOBS}:{function}", lambda job: ToyCheck(job, conclude or self._conclude), SMALL)

    def run_until(self, condition: Callable[[], object], *kinds: CheckKind) -> None:
        stopping = threading.Event()
        runner = Runner(self.store, Metrics("toy", Clock()), {kind.name: kind for kind in kinds}, stopping, 0.0)
        thread = threading.Thread(target=self._run, args=(runner,))
        thread.start()
        try:
            eventually(lambda: condition() or not thread.is_alive())
        finally:
            stopping.set()
            thread.join()

    def _run(self, runner: Runner) -> None:
        with self.store.database.own_connection() as connection:
            runner.run(connection)

    def _conclude(self, job: Job, answer: bytes | None) -> None:
        self.store.save(also=[job.done])
        self.answers[job.id] = answer


def test_a_queued_job_is_done_once_and_leaves_the_queue(store: EventStore) -> None:
    outcomes, job_id = Outcomes(store), uuid4()

    store.save(also=[queue("shout", job_id, {"text": "hello"})])
    store.save(also=[queue("shout", job_id, {"text": "hello"})])
    outcomes.run_until(lambda: job_id in outcomes.answers, outcomes.kind("shout"))

    assert outcomes.answers[job_id] == b"HELLO"
    assert store.rows("SELECT 1 FROM held.jobs WHERE id = %s", (job_id,)) == []


def test_a_job_queued_while_the_process_waits_is_noticed(store: EventStore) -> None:
    outcomes, job_id = Outcomes(store), uuid4()
    queueing = threading.Timer(0.5, lambda: store.save(also=[queue("shout", job_id, {"text": "late"})]))
    queueing.start()

    outcomes.run_until(lambda: job_id in outcomes.answers, outcomes.kind("shout"))

    assert outcomes.answers[job_id] == b"LATE"


def test_a_job_that_killed_its_child_three_times_gets_its_final_outcome(store: EventStore) -> None:
    outcomes, deadly, other = Outcomes(store), uuid4(), uuid4()

    store.save(also=[queue("die", deadly, {"text": ""}), queue("shout", other, {"text": "x"})])
    outcomes.run_until(lambda: len(outcomes.answers) == 2, outcomes.kind("die"), outcomes.kind("shout"))

    assert outcomes.answers == {deadly: None, other: b"X"}


def test_two_processes_never_have_the_same_job_in_hand(store: EventStore) -> None:
    ids = {uuid4() for _ in range(20)}
    store.save(also=[queue("counted", job_id, {}) for job_id in ids])
    taken: list[UUID] = []

    def take_all() -> None:
        while job := take(store.database, ["counted"], 60):
            taken.append(job.id)

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(ids)


def test_a_job_whose_lease_ended_is_taken_over(store: EventStore) -> None:
    job_id = uuid4()
    store.save(also=[queue("leased", job_id, {})])

    first = take(store.database, ["leased"], 0.0)
    second = take(store.database, ["leased"], 60)
    third = take(store.database, ["leased"], 60)

    assert first is not None
    assert second is not None
    assert (first.id, second.id, second.attempts) == (job_id, job_id, 2)
    assert third is None


class Poisoned(Exception):
    """What the content of a job may make of a conclusion."""


@pytest.mark.parametrize("fault", ["raises", "forgets to save"])
def test_a_job_whose_conclusion_fails_three_times_gets_its_final_outcome(store: EventStore, fault: str) -> None:
    outcomes, poison, other, failed = Outcomes(store), uuid4(), uuid4(), list[int]()

    def conclude(job: Job, answer: bytes | None) -> None:
        if job.id == other or answer is None:
            return outcomes._conclude(job, answer)
        failed.append(job.attempts)
        if fault == "raises":
            raise Poisoned
        return None

    store.save(also=[queue("shout", poison, {"text": "x"}), queue("shout", other, {"text": "y"})])
    outcomes.run_until(lambda: len(outcomes.answers) == 2, outcomes.kind("shout", conclude))

    assert failed == [1, 2, 3]
    assert outcomes.answers == {other: b"Y", poison: None}


def test_what_fails_before_the_child_counts_too(store: EventStore) -> None:
    outcomes, poison = Outcomes(store), uuid4()

    store.save(also=[queue("shout", poison, {"no text": ""})])
    outcomes.run_until(lambda: poison in outcomes.answers, outcomes.kind("shout"))

    assert outcomes.answers == {poison: None}


def test_a_job_whose_final_outcome_fails_is_put_off_and_the_others_go_on(store: EventStore) -> None:
    outcomes, poison, other = Outcomes(store), uuid4(), uuid4()

    def conclude(job: Job, answer: bytes | None) -> None:
        if job.id == poison:
            raise Poisoned
        outcomes._conclude(job, answer)

    store.save(also=[queue("shout", poison, {"text": "x"})])
    put_off = "SELECT 1 FROM held.jobs WHERE id = %s AND leased_until > clock_timestamp() + interval '30 minutes'"
    outcomes.run_until(lambda: store.rows(put_off, (poison,)), outcomes.kind("shout", conclude))
    store.save(also=[queue("shout", other, {"text": "y"})])
    outcomes.run_until(lambda: outcomes.answers, outcomes.kind("shout", conclude))

    assert outcomes.answers == {other: b"Y"}


class Down(DependencyDown):
    """Something that a preparation needs."""


def test_a_job_that_a_quota_holds_back_has_its_turn_again_and_ends_no_process(store: EventStore) -> None:
    outcomes, held_back, other = Outcomes(store), uuid4(), uuid4()
    refusals = [TooManyCalls()] * 5  # more than a job may fail

    def conclude(job: Job, answer: bytes | None) -> None:
        if job.id == held_back and refusals:
            raise refusals.pop()
        outcomes._conclude(job, answer)

    store.save(also=[queue("shout", held_back, {"text": "x"}), queue("shout", other, {"text": "y"})])
    outcomes.run_until(lambda: len(outcomes.answers) == 2, outcomes.kind("shout", conclude))

    assert outcomes.answers == {other: b"Y", held_back: b"X"}


def test_an_outage_is_nobodys_fault_and_others_have_their_turn_meanwhile(store: EventStore) -> None:
    outcomes, waiting, other = Outcomes(store), uuid4(), uuid4()

    def conclude(job: Job, answer: bytes | None) -> None:
        if job.id == waiting:
            raise Down("openbao")
        outcomes._conclude(job, answer)

    store.save(also=[queue("shout", waiting, {"text": "x"}), queue("shout", other, {"text": "y"})])
    kinds = {"shout": outcomes.kind("shout", conclude)}
    runner = Runner(store, Metrics("toy", Clock()), kinds, threading.Event(), again_after=600.0)
    with store.database.own_connection() as connection, pytest.raises(DependencyDown):
        runner.run(connection)
    (row,) = store.rows("SELECT attempts FROM held.jobs WHERE id = %s", (waiting,))
    outcomes.run_until(lambda: outcomes.answers, outcomes.kind("shout", conclude))

    assert row["attempts"] == 0
    assert outcomes.answers == {other: b"Y"}
