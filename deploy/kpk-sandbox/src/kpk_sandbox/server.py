"""Two listeners in one process: the API over mutual TLS, and plain pages.

cheroot (CherryPy's server) serves both: well kept, verifies client certificates, gives bodies as they arrive, and runs
embedded, so that both listeners share one state. (gunicorn would need a process for each; granian hides the connection,
which a fault on demand has to cut.)
"""

from __future__ import annotations

import json
import logging
import signal
import ssl
import sys
import threading
from typing import Any

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Gateway_10, Server
from flask import Flask

from kpk_sandbox.api import CONNECTION
from kpk_sandbox.settings import Settings

NAME = "kpk-sandbox"
THREADS = 8
SILENCE_S = 30  # a client that sends nothing for so long has gone


class _Server(Server):
    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """cheroot's own words name addresses and may quote what was sent: told is the class of the error alone. That
        somebody connected and went away, as a probe does, is no news."""
        if level < logging.WARNING:
            return
        error = sys.exc_info()[0]
        line = {"service": NAME, "level": logging.getLevelName(level).lower(), "event": "connection_failed"}
        print(json.dumps({**line, "error": error.__name__ if error else None}), flush=True)


class _Gateway(Gateway_10):
    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # cheroot's stub says None
        environment: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        return {**environment, CONNECTION: self.req.conn.socket}


def serve(settings: Settings, api: Flask, pages: Flask) -> None:
    """Returns after SIGTERM or SIGINT."""
    servers = [_server(settings, settings.api_port, api), _server(settings, settings.pages_port, pages)]
    servers[0].ssl_adapter = _mutual_tls(settings)
    for each in servers:
        each.prepare()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _, __: ended.set())
    for each in servers:
        threading.Thread(target=each.serve, daemon=True).start()
    ended.wait()
    for each in servers:
        each.stop()


def _server(settings: Settings, port: int, app: Flask) -> Server:
    server = _Server((settings.host, port), app, numthreads=THREADS, timeout=SILENCE_S, server_name=NAME)
    server.gateway = _Gateway
    return server


def _mutual_tls(settings: Settings) -> BuiltinSSLAdapter:
    folder = settings.secrets
    adapter = BuiltinSSLAdapter(
        str(folder / "server.crt"), str(folder / "server.key"), certificate_chain=str(settings.client_ca)
    )
    adapter.context.verify_mode = ssl.CERT_REQUIRED
    adapter.context.minimum_version = ssl.TLSVersion.TLSv1_3
    return adapter
