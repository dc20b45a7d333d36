"""What a service's worker class is written with: `@consume`, `@every`, `HandedIn`."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import eventlet
import eventlet.event
from contracts.events import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint

from chassis import DependencyDown
from chassis.consume.messages import Parts, call, wait_for_end
from chassis.consume.stream import EventStream

F = TypeVar("F", bound=Callable[..., None])


class Consume(Entrypoint):  # type: ignore[misc]
    """Calls the method with (envelope, cause) for each event of a class; the method saves with that cause."""

    stream = EventStream()

    def __init__(self, event_class: type[Event], **kwargs: Any) -> None:
        self.event_class = event_class
        super().__init__(expected_exceptions=(Exception,), **kwargs)

    def setup(self) -> None:
        self.stream.add(self.event_class, self)

    def stop(self) -> None:
        """Returns when the message in hand is done."""
        self.stream.finish()
        self.stream.unregister_provider(self)


class Every(Entrypoint):  # type: ignore[misc]
    """Calls the method at once and then every so many seconds, in one process of the service at a time."""

    def __init__(self, seconds: float, **kwargs: Any) -> None:
        self.seconds = seconds
        self._stopping = eventlet.event.Event()
        self._thread: Any = None
        super().__init__(expected_exceptions=(Exception,), **kwargs)

    @property
    def parts(self) -> Parts:
        return self.container.config["chassis"]  # type: ignore[no-any-return]

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        self.kill()
        wait_for_end(self._thread)

    def kill(self) -> None:
        """The container may be killing because of this very thread's error, from inside it: it must not be ended
        here."""
        if not self._stopping.ready():
            self._stopping.send(None)

    def _run(self) -> None:
        while not self._stopping.ready():
            try:
                self.parts.patience.retry(self._tick)
            except ContainerBeingKilled:
                return
            except DependencyDown:
                if not self.parts.patience.stopping.is_set():
                    raise
            with eventlet.Timeout(self.seconds, False):
                self._stopping.wait()

    def _tick(self) -> None:
        with self._alone() as alone:
            if alone:
                call(self.container, self, ())

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """A session lock: it goes with the process, however that ends."""
        key = timer_lock(self.method_name)
        with self.parts.store.database.connection() as connection:
            row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (key,)).fetchone()
            mine = bool(row and row["mine"])
            try:
                yield mine
            finally:
                if mine:
                    connection.execute("SELECT pg_advisory_unlock(%s)", (key,))


def timer_lock(method: str) -> int:
    """The advisory lock of the timer on this method, in the service's own database."""
    return zlib.crc32(f"timer:{method}".encode())


class HandedIn(DependencyProvider):  # type: ignore[misc]
    """Stands in the worker class for the application that `run_worker` is given."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.container.config["chassis"].application


def consume(event_class: type[Event]) -> Callable[[F], F]:
    return Consume.decorator(event_class)  # type: ignore[no-any-return]


def every(seconds: float) -> Callable[[F], F]:
    return Every.decorator(seconds)  # type: ignore[no-any-return]
