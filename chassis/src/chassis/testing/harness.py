# ruff: noqa: S101  # asserts are what tests are made of
"""A service under test: its real processes with faults on demand, its database's older states, events sent to it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from contracts.events import Event, encode
from kafka import KafkaProducer
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from chassis.clock import Clock
from chassis.testing.faulty import VARIABLE, Fault
from chassis.testing.forked import Forked

T = TypeVar("T")
PATIENCE_S = 60.0


def eventually(condition: Callable[[], T], patience: float = PATIENCE_S, what: str = "it") -> T:
    """The condition's first true value; AssertionError when patience ends. `what` is awaited, for who reads of that."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen in {patience} s"
        time.sleep(0.05)
    return value


@dataclass
class Running:
    """A process of the service."""

    process: Forked
    log: Path

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.exit_code()

    def exit_code(self) -> int:
        """Waits for its end; negative: the signal that killed it."""
        return self.process.wait(timeout=PATIENCE_S)

    def show_stacks(self) -> None:
        """Prints what the process does and has said, for whoever reads the failure."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)
            time.sleep(0.5)
        print(self.lines)

    @property
    def lines(self) -> str:
        return self.log.read_text()


@dataclass
class ServiceUnderTest:
    """`environment` holds the WBS_* variables of its worker, `admin` what psycopg.connect needs as superuser
    (without dbname),
    `writers` the Kafka client settings of each topic's writer."""

    package: str
    database: str
    environment: Mapping[str, str]
    admin: Mapping[str, Any]
    writers: Mapping[str, Mapping[str, Any]]
    folder: Path
    epoch: int = 1
    _running: list[Running] = field(default_factory=list)

    # -- processes

    def start(self, command: str = "worker", faults: Mapping[UUID, Fault] | None = None) -> Running:
        given = {str(event_id): fault.value for event_id, fault in (faults or {}).items()}
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **self.environment,
            "WBS_EPOCH": str(self.epoch),
            VARIABLE: json.dumps(given),
        }
        log = self.folder / f"{self.database}-{command}-{time.monotonic_ns()}.log"
        log.touch()
        running = Running(Forked(self.package, (command,), environment, log), log)
        self._running.append(running)
        return running

    def run(self, command: str, faults: Mapping[UUID, Fault] | None = None) -> int:
        return self.start(command, faults).exit_code()

    @contextmanager
    def worker(self, faults: Mapping[UUID, Fault] | None = None) -> Iterator[Running]:
        """Runs while the block does, and must then end with exit code 0."""
        running = self.start("worker", faults)
        try:
            eventually(lambda: "worker_started" in running.lines or running.process.poll() is not None)
            yield running
            code = running.stop()
            assert code == 0, running.lines
        except BaseException:
            running.show_stacks()
            raise
        finally:
            self.kill_all()

    def kill_all(self) -> None:
        for running in self._running:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait()

    # -- events

    def send(self, *events: tuple[Event, UUID], causation: UUID | None = None) -> None:
        """Publishes as the topic's writer does: in one transaction."""
        hour = Clock(int(self.environment.get("WBS_GRAIN", "3600"))).round_down(datetime.now(UTC))
        messages = [encode(event, event_id, hour, causation) for event, event_id in events]
        with self._producer(messages[0].topic) as producer:
            for message in messages:
                producer.send(
                    message.topic,
                    key=message.key,
                    value=message.value,
                    headers=list(message.headers),
                    timestamp_ms=message.timestamp_ms,
                )

    def send_bytes(
        self, topic: str, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        with self._producer(topic) as producer:
            producer.send(topic, key=key, value=value, headers=list(headers))

    @contextmanager
    def _producer(self, topic: str) -> Iterator[KafkaProducer]:
        writer = self.writers[topic]
        producer = KafkaProducer(**writer, transactional_id=f"{writer['sasl_plain_username']}.tests", acks="all")
        try:
            producer.init_transactions()
            producer.begin_transaction()
            yield producer
            producer.commit_transaction()
        finally:
            producer.close()

    # -- database

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[DictRow]]:
        with psycopg.Connection[DictRow].connect(
            **self.admin, dbname=self.database, autocommit=True, row_factory=dict_row
        ) as connection:
            yield connection

    def rows(self, query: str, params: Sequence[Any] = ()) -> list[DictRow]:
        with self.connection() as connection:
            return connection.execute(query.encode(), params).fetchall()

    def waits_for_a_lock(self, seconds: float = 0) -> bool:
        """Whether some session of its database has been doing so for so long."""
        waiting = (
            "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE datname = %s"
            " AND NOT granted AND clock_timestamp() - waitstart > make_interval(secs => %s)"
        )
        return self.rows(waiting, (self.database, seconds)) != []

    def has_handled(self, *event_ids: UUID) -> bool:
        found = self.rows("SELECT 1 FROM handled_events WHERE event_id = ANY(%s)", (list(event_ids),))
        return len(found) == len(event_ids)

    def effects(self, event_id: UUID) -> int:
        """How many events the service saved because of this one."""
        return len(
            self.rows(
                "SELECT 1 FROM events WHERE convert_from(state, 'UTF8')::jsonb -> 'causation_id' ->> '_data_' = %s",
                (event_id.hex,),
            )
        )

    def dead_letters(self, subject: UUID) -> list[DictRow]:
        return self.rows("SELECT * FROM held.dead_letters WHERE subject = %s ORDER BY id", (str(subject),))

    def read_model(self) -> dict[str, list[str]]:
        """Every table of schema `read`, as sorted texts of its rows."""
        tables = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'read' AND tablename <> 'built'")
        content = {}
        with self.connection() as connection:
            for name in sorted(row["tablename"] for row in tables):
                query = sql.SQL("SELECT t::text AS row FROM {} t").format(sql.Identifier("read", name))
                content[name] = sorted(row["row"] for row in connection.execute(query))
        return content

    def keep_state(self, name: str) -> None:
        """Copies the database as it is now; no process of the service may run. Sessions that the tests' own process
        holds are cut, since PostgreSQL copies nothing that is in use."""
        with psycopg.connect(**self.admin, dbname="postgres", autocommit=True) as connection:
            _drop(connection, name)
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(others, (self.database,))
            connection.execute(_copy(name, self.database))

    def restore_state(self, name: str) -> None:
        """Puts the copy in place of the database, as a restore from a back-up does; the broker goes on."""
        with psycopg.connect(**self.admin, dbname="postgres", autocommit=True) as connection:
            _drop(connection, self.database)
            owner = sql.Identifier(f"{self.database}_owner")
            connection.execute(_copy(self.database, name))
            for statement in (
                sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(self.database), owner),
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(self.database)),
                sql.SQL("GRANT CONNECT ON DATABASE {0} TO {0}").format(sql.Identifier(self.database)),
            ):
                connection.execute(statement)
            # A copied sequence counts on without a word in the WAL: after a crash it would give numbers out again.
            connection.execute("CHECKPOINT")


def crash_postgres(service: ServiceUnderTest) -> None:
    """Kills one backend by signal 9, whereupon the server cuts all connections, recovers, and empties UNLOGGED
    tables."""
    with service.connection() as connection:
        row = connection.execute("SELECT pg_backend_pid() AS pid").fetchone()
        assert row is not None
        os.kill(_outer_pid(row["pid"], service.admin["port"]), signal.SIGKILL)
    eventually(lambda: _accepts_connections(service))


def _accepts_connections(service: ServiceUnderTest) -> bool:
    try:
        return service.rows("SELECT 1") != []
    except psycopg.OperationalError:
        return False


def _outer_pid(inner: int, port: int) -> int:
    """The server may live in a pid namespace of its own, and other servers may run: found by its pid there and its
    port."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            found = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if found["Name"].strip() != "postgres" or int(found["NSpid"].split()[-1]) != inner:
                continue
            parent = Path("/proc", found["PPid"].strip(), "cmdline").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"port={port}" in parent:
            return int(found["Pid"])
    raise AssertionError("the backend was not found")


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy(new: str, old: str) -> sql.Composed:
    return sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(new), sql.Identifier(old))
