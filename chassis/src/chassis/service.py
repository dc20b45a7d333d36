"""The entry point of every service: `python -m <package> web | worker | check | migrate | rebuild | …`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from contracts.events import encode

from chassis import DependencyDown
from chassis.clock import Clock
from chassis.settings import SecretExposed, SecretMissing, SettingInvalid, SettingMissing, Settings
from chassis.store import Event, EventStore, Projection, Tables, migrate
from chassis.telemetry import Check, Metrics, configure_logs, harden_process, log, serve_health

if TYPE_CHECKING:
    from flask import Flask

    from chassis.checks import CheckKind

S = TypeVar("S", bound=Settings)
COMMANDS = ("web", "worker", "check", "migrate", "rebuild", "replay-dead-letters", "relay")
Runner: TypeAlias = Callable[["Process[Any]", Any], int]


@dataclass(frozen=True)
class Process(Generic[S]):
    """What every process of a service stands on; a service's `bootstrap` makes its application of it."""

    kind: str
    settings: S
    store: EventStore
    metrics: Metrics

    @property
    def clock(self) -> Clock:
        return self.settings.clock

    @property
    def dependencies(self) -> Mapping[str, Check]:
        """What `/readyz` asks for: while another part is away, this process is still the one to say so."""
        return {"postgres": lambda: self.store.row("SELECT 1")}


def _nothing(_: Any) -> None:
    return None


@dataclass(frozen=True)
class Service(Generic[S]):
    """A service, as its `__main__` declares it: `SERVICE = Service(...)`, then `sys.exit(SERVICE.main())`.

    `bootstrap(process)` makes the application (use cases with their adapters). What one command alone needs is named
    by a string, "package.module:name", and loaded for that command only (a web process then has no consumer in
    memory, nor a worker a web server): `worker`, a class whose `HandedIn()` gets the application;
    `create_app(process, application)`; `checks(process, application)`, kinds of jobs; by command, a service's own
    `runners`, which go on until they are stopped, and `tasks`, which end by themselves: `run(process, application)`
    gives the exit code. `before_worker(application)` runs before the first message and the first timer.
    """

    name: str
    settings: type[S]
    tables: Tables
    bootstrap: Callable[[Process[S]], Any]
    worker: str
    publish: Callable[[Event], Any | None]
    create_app: str | None = None
    checks: str | None = None
    projections: Callable[[S], Sequence[Projection]] = lambda _: ()
    before_worker: Callable[[Any], None] = _nothing
    store: type[EventStore] = EventStore
    decode: Callable[..., Any] | None = None
    runners: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """The exit code of the process."""
        harden_process()
        given = _parse(self.name, arguments, self.commands)
        try:
            settings = self.settings.load(self.name)
            configure_logs(self.name, given.command, settings.clock)
            return self._run(given, settings)
        except (SettingMissing, SettingInvalid, SecretMissing, SecretExposed) as error:
            print(f"{self.name}: {error}", file=sys.stderr)
            return 2
        except Exception as error:  # noqa: BLE001  # the process ends here; texts of exceptions are not shown
            log.error("process_failed", exc_info=error)
            return 1

    @property
    def commands(self) -> Sequence[str]:
        """Only what this service has."""
        lacking = {name for name, has in (("web", self.create_app), ("check", self.checks)) if has is None}
        own = (*self.runners, *self.tasks)
        return [name for name in dict.fromkeys((*COMMANDS, *own)) if name not in lacking.difference(own)]

    def _run(self, given: argparse.Namespace, settings: S) -> int:
        match given.command:
            case command if command in self.runners:
                run: Runner = resolve_name(self.runners[command])
                with self._running(command, settings) as (process, application):
                    return run(process, application)
            case command if command in self.tasks:
                task: Runner = resolve_name(self.tasks[command])
                process = self._process(command, settings)
                return task(process, self.bootstrap(process))
            case "migrate":
                migrate(settings, self.tables)
            case "web":
                return self._web(settings)
            case "worker":
                return self._worker(settings)
            case "check":
                return self._check(settings)
            case "rebuild":
                self._open("rebuild", settings).store.rebuild()
            case "replay-dead-letters":
                return self._replay(settings)
            case "relay":
                self._republish(settings, given.from_position)
        return 0

    def _process(self, kind: str, settings: S) -> Process[S]:
        """Once its read models are there. Nothing is in hand until then: a signal ends the process at once."""
        process = self._open(kind, settings)
        process.store.database.wait()
        return process

    @contextmanager
    def _running(
        self, kind: str, settings: S, before: Callable[[Any], None] = _nothing
    ) -> Iterator[tuple[Process[S], Any]]:
        """A process that goes on until it is stopped, with its application. Operators see it from the first moment, and
        that it isn't ready before the block begins."""
        process, begun = self._open(kind, settings), threading.Event()
        stop_health = self._serve_health(process, {"beginning": lambda: _must_be_set(begun)})
        try:
            process.store.database.wait()
            application = self.bootstrap(process)
            before(application)
            begun.set()
            yield process, application
        finally:
            stop_health()

    def _serve_health(self, process: Process[S], more: Mapping[str, Check] | None = None) -> Callable[[], None]:
        settings, checks = process.settings, {**process.dependencies, **(more or {})}
        return serve_health(settings.http_host, settings.metrics_port, process.metrics.registry, checks)

    def _open(self, kind: str, settings: S) -> Process[S]:
        store = self.store.open(settings, self.projections(settings), check=must_be_tellable(self.publish))
        return Process(kind, settings, store, Metrics(self.name, settings.clock))

    def _web(self, settings: S) -> int:
        from chassis.web import serve

        def load() -> Flask:
            create_app: Callable[[Process[S], Any], Flask] = resolve_name(str(self.create_app))
            process = self._open("web", settings)  # it serves at once: 503 until the read models are there
            application = self.bootstrap(process)
            self._serve_health(process)
            return create_app(process, application)

        return serve(settings, load)

    def _worker(self, settings: S) -> int:
        from chassis.consume import run_worker, worker_parts
        from chassis.relay import Relay

        with self._running("worker", settings, self.before_worker) as (process, application):
            parts = worker_parts(settings, process.store, application, process.metrics, **self._decoding())
            relay = Relay(settings, process.store.database, self.publish, process.metrics)
            return run_worker(resolve_name(self.worker), parts, relay)

    def _check(self, settings: S) -> int:
        from chassis.checks import run_checks

        checks: Callable[[Process[S], Any], Sequence[CheckKind]] = resolve_name(str(self.checks))
        with self._running("check", settings) as (process, application):
            return run_checks(process.store, process.metrics, checks(process, application))

    def _replay(self, settings: S) -> int:
        """0 when no dead letter is left."""
        from chassis.consume import replay_dead_letters, worker_parts

        process = self._process("replay-dead-letters", settings)
        parts = worker_parts(settings, process.store, self.bootstrap(process), process.metrics, **self._decoding())
        replayed = replay_dead_letters(resolve_name(self.worker), parts)
        print(f"{replayed.handled} handled, {replayed.left} left")
        return 1 if replayed.left else 0

    def _republish(self, settings: S, position: int) -> None:
        from chassis.relay import republish

        republish(self._process("relay", settings).store.database, position)
        print(f"the worker publishes again from position {position}")

    def _decoding(self) -> dict[str, Any]:
        return {} if self.decode is None else {"decode": self.decode}


def _must_be_set(begun: threading.Event) -> None:
    if not begun.is_set():
        raise DependencyDown("beginning")


def must_be_tellable(publish: Callable[[Event], Any | None]) -> Callable[[Event], None]:
    """The check that a store makes before it saves. What readers would refuse fails there, where somebody gets an
    answer: the relay would stop at it for ever. NotUnderstood, EventTooLarge."""

    def check(event: Event) -> None:
        content = publish(event)
        if content is not None:
            encode(content, event.event_id, event.timestamp, event.causation_id)

    return check


def _parse(name: str, arguments: Sequence[str] | None, offered: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=name)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in offered:
        sub = commands.add_parser(command)
        if command == "relay":
            sub.add_argument("--from", dest="from_position", type=int, required=True, metavar="N")
    return parser.parse_args(arguments)
