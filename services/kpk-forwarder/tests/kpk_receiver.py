"""KPK's receiving end for tests: the real protocol over mutual TLS, with faults on demand."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

from contracts.key_pairs import Signer
from contracts.parcels import Manifest, Receipt, Statement
from contracts.signatures import Writers
from contracts.vocabulary import ParcelKind

from contracts import parcels

REFERENCE = "KPK-1"
_PATH = re.compile(r"/api/v1/(?:parcels/([0-9a-f-]{36})(?:/items/([0-9a-f]{64}))?|(statements)\?after=(\d+))")


@dataclass
class Received:
    """A parcel as KPK has it: the first manifest, what came of each item, every manifest text that was sent."""

    text: str
    manifest: Manifest
    items: dict[str, bytearray]
    announced: list[str] = field(default_factory=list)
    pieces: list[tuple[str, int, int]] = field(default_factory=list)  # as they came: item, offset, length
    receipt: str | None = None

    @property
    def missing(self) -> list[str]:
        sizes = {item.sha256: item.size for item in self.manifest.items}
        return [sha256 for sha256, content in self.items.items() if len(content) < sizes[sha256]]


class CutOff(Exception):
    """The connection is to break without an answer."""


@dataclass
class Faults:
    """What goes wrong, for parcels of which report; each but `closed` goes wrong once."""

    closed: set[UUID] = field(default_factory=set)  # 503 until taken out again
    cut_at: dict[UUID, int] = field(default_factory=dict)  # breaks in the middle of an item, at this byte
    spoilt: set[UUID] = field(default_factory=set)  # an item arrives changed
    no_receipt: set[UUID] = field(default_factory=set)  # breaks when it would give the receipt
    receipts: dict[UUID, Callable[[Receipt], str]] = field(default_factory=dict)  # another text in its place


class Kpk:
    """`signer`: KPK's own; `writers`: the key set's lookup."""

    def __init__(self, certificate: Path, key: Path, authority: Path, signer: Signer, writers: Writers):
        self.signer, self.writers, self.faults = signer, writers, Faults()
        self.parcels: dict[UUID, Received] = {}
        self.statements: list[tuple[int, str]] = []
        self.tries: list[UUID] = []  # the report of each announcement, also of those that failed
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"kpk": self}))
        self._server.daemon_threads = True
        self._server.handle_error = _show_mistakes  # type: ignore[method-assign]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ---- what tests ask and say ----

    def of(self, report_id: UUID) -> list[Received]:
        """Parcels of the report that KPK has whole, in the order in which they began."""
        with self._lock:
            return [each for each in self.parcels.values() if each.receipt and each.manifest.report_id == report_id]

    def parcel(self, report_id: UUID, kind: ParcelKind, about: str = "") -> Received | None:
        return self.parcels.get(parcels.parcel_id(report_id, kind, about))

    def say(self, statement: Statement | str) -> int:
        """Says it; the number it gets. A text is said as it is."""
        text = statement if isinstance(statement, str) else parcels.sign_statement(statement, self.signer)
        with self._lock:
            number = (self.statements[-1][0] if self.statements else 0) + 3
            self.statements.append((number, text))
        return number

    # ---- the protocol ----

    def announce(self, parcel_id: UUID, text: str) -> Mapping[str, Any]:
        with self._lock:
            manifest = parcels.verify_manifest(text, self.writers)
            self.tries.append(manifest.report_id)
            if manifest.report_id in self.faults.closed:
                raise Busy
            assert manifest.parcel_id == parcel_id
            items = {item.sha256: bytearray() for item in manifest.items}
            received = self.parcels.setdefault(parcel_id, Received(text, manifest, items))
            received.announced.append(text)
            if received.missing:
                return {"missing": received.missing, "receipt": None}
            return {"missing": [], "receipt": self._receipt(received)}

    def _receipt(self, received: Received) -> str:
        manifest = received.manifest
        if manifest.report_id in self.faults.no_receipt:
            self.faults.no_receipt.discard(manifest.report_id)
            raise CutOff
        receipt = Receipt(
            kpk_reference=REFERENCE,
            report_id=manifest.report_id,
            parcel_id=manifest.parcel_id,
            kind=manifest.kind,
            manifest_sha256=parcels.manifest_hash(received.text),
            items=tuple(item.sha256 for item in manifest.items),
            hour=manifest.hour,
        )
        if manifest.report_id in self.faults.receipts:
            return self.faults.receipts.pop(manifest.report_id)(receipt)
        received.receipt = received.receipt or parcels.sign_receipt(receipt, self.signer)
        return received.receipt

    def append(self, parcel_id: UUID, sha256: str, offset: int, read: Callable[[int], bytes], length: int) -> int:
        received = self.parcels[parcel_id]
        content = received.items[sha256]
        if offset != len(content):
            raise Wrong("offset-differs", 409, len(content))
        cut = self.faults.cut_at.get(received.manifest.report_id, -1)
        if offset <= cut < offset + length:
            del self.faults.cut_at[received.manifest.report_id]
            content += read(cut - offset)
            received.pieces.append((sha256, offset, cut - offset))
            raise CutOff
        content += read(length)
        received.pieces.append((sha256, offset, length))
        self._look_at(received, sha256)
        return len(content)

    def _look_at(self, received: Received, sha256: str) -> None:
        content, report_id = received.items[sha256], received.manifest.report_id
        if report_id in self.faults.spoilt:
            self.faults.spoilt.discard(report_id)
            content[0] ^= 1
        size = next(item.size for item in received.manifest.items if item.sha256 == sha256)
        if len(content) > size:
            raise Wrong("too-large", 413, size)
        if len(content) == size and hashlib.sha256(content).hexdigest() != sha256:
            content.clear()
            raise Wrong("hash-differs", 422, 0)


def _show_mistakes(*_: Any) -> None:
    """Broken connections are its purpose; what else goes wrong is a mistake of the test."""
    if not isinstance(sys.exc_info()[1], OSError):
        traceback.print_exc()


class Busy(Exception):
    pass


class Wrong(Exception):
    def __init__(self, slug: str, status: int, offset: int) -> None:
        self.slug, self.status, self.offset = slug, status, offset


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    kpk: Kpk

    def log_message(self, format: str, *args: Any) -> None:
        """No lines of its own."""

    def do_PUT(self) -> None:
        self._answer(lambda parcel_id, _: self._json(200, self.kpk.announce(parcel_id, self._body()["manifest"])))

    def do_HEAD(self) -> None:
        self._answer(lambda parcel_id, sha256: self._offset(200, len(self.kpk.parcels[parcel_id].items[sha256])))

    def do_PATCH(self) -> None:
        offset, length = (int(self.headers[name]) for name in ("Upload-Offset", "Content-Length"))
        self._answer(
            lambda parcel_id, sha256: self._offset(
                204, self.kpk.append(parcel_id, sha256, offset, self.rfile.read, length)
            )
        )

    def do_GET(self) -> None:
        found = _PATH.fullmatch(self.path)
        assert found is not None
        after = int(found[4])
        stated = [{"number": each[0], "statement": each[1]} for each in self.kpk.statements if each[0] > after][:100]
        self._json(200, {"statements": stated})

    def _answer(self, act: Callable[[UUID, str], None]) -> None:
        found = _PATH.fullmatch(self.path)
        assert found is not None
        try:
            act(UUID(found[1]), found[2] or "")
        except CutOff:
            self.close_connection = True
        except Busy:
            self._json(503, {"type": "urn:wbs:problem:busy"}, {"Retry-After": "0"})
        except Wrong as wrong:
            self._json(wrong.status, {"type": f"urn:wbs:problem:{wrong.slug}"}, {"Upload-Offset": str(wrong.offset)})
            self.close_connection = True

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _offset(self, status: int, offset: int) -> None:
        self.send_response(status)
        self.send_header("Upload-Offset", str(offset))
        self.end_headers()

    def _json(self, status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def kinds(received: Sequence[Received]) -> list[ParcelKind]:
    return [each.manifest.kind for each in received]
