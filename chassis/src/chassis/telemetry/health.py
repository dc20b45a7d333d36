"""`/healthz`, `/readyz` and `/metrics` of a process, on its metrics port, served by a thread of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import Any, TypeAlias
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app

from chassis import DependencyDown

RETRY_AFTER_S = 5
Check: TypeAlias = Callable[[], Any]
"""Returns when the dependency answers; raises DependencyDown or OSError otherwise."""


def failing(checks: Mapping[str, Check]) -> list[str]:
    """Names of the dependencies that do not answer."""
    down = []
    for name, check in checks.items():
        try:
            check()
        except (DependencyDown, OSError):
            down.append(name)
    return down


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """No access log."""


def serve_health(host: str, port: int, registry: CollectorRegistry, checks: Mapping[str, Check]) -> Callable[[], None]:
    """Starts serving; the function returned stops it. Raises OSError when the port is taken."""
    metrics = make_wsgi_app(registry)

    def answer(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        match environment["PATH_INFO"]:
            case "/metrics":
                return list(metrics(environment, start))
            case "/healthz":
                return _json(start, "200 OK", {"status": "alive"})
            case "/readyz":
                down = failing(checks)
                if down:
                    later = ("Retry-After", str(RETRY_AFTER_S))
                    return _json(start, "503 Service Unavailable", {"down": down}, later)
                return _json(start, "200 OK", {"down": []})
            case _:
                return _json(start, "404 Not Found", {})

    server = make_server(host, port, answer, server_class=_Server, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop


def _json(start: StartResponse, status: str, content: dict[str, Any], *headers: tuple[str, str]) -> list[bytes]:
    start(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers])
    return [json.dumps(content).encode()]
