"""granian serves the app: one process, some threads, no access log."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from chassis.settings import Settings
from chassis.telemetry import end_with_parent

# A phone on a poor network keeps a thread for as long as its body takes; a proxy in front reads bodies first.
THREADS = 32


def serve(settings: Settings, load: Callable[[], Flask]) -> int:
    """Returns after SIGTERM or SIGINT. `load` runs in the serving process, so that pools and threads belong to it."""

    def load_in_child() -> Flask:
        """A killed parent would leave a child that serves its port for ever, beside the one that is started next."""
        end_with_parent()
        return load()

    server = Granian(
        target=settings.service,
        address=settings.http_host,
        port=settings.http_port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_enabled=False,
        log_access=False,
        respawn_failed_workers=False,
    )
    server.serve(target_loader=load_in_child, wrap_loader=False)
    return 0
