"""A daemon that speaks clamd's protocol (PING and INSTREAM) and answers each scan as a test wants it to."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SILENT = "silent"  # takes the content and never answers
CLOSES = "closes"  # ends the connection in the middle of the content


class ClamdDouble(socketserver.ThreadingTCPServer):
    """`answer`: the line that follows each scan, or one of the above; `port` 0: any free one."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.answer = answer
        self.over = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Connection(socketserver.StreamRequestHandler):
    server: ClamdDouble

    def handle(self) -> None:
        if self.rfile.readline() == b"nPING\n":
            self.wfile.write(b"PONG\n")
            return
        while length := self._length():
            self.rfile.read(length)
            if self.server.answer == CLOSES:
                return
        if self.server.answer == SILENT:
            self.server.over.wait()
        else:
            self.wfile.write(f"{self.server.answer}\n".encode())

    def _length(self) -> int:
        head = self.rfile.read(4)
        return int(struct.unpack("!L", head)[0]) if len(head) == 4 else 0


@contextmanager
def clamd_that_says(answer: str, port: int = 0) -> Iterator[ClamdDouble]:
    with ClamdDouble(answer, port) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            serving.join()
