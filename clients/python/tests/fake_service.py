"""The public API as far as filing needs it, at HTTP, in this process: keys of its own, and faults at the submission."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import altcha
from contracts.encoding import canonical
from contracts.key_pairs import EncryptionKey, PublicKey, SigningKey
from contracts.keys import KeyList, ListedKey, Status, Use, sign_check_keys, sign_key_set, thumbprint
from contracts.leaves import make_leaf, promise
from contracts.letters import letter_digest

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
INTAKE, CHECKS, PEOPLE = (SigningKey.generate(kid) for kid in ("intake:v1", "check-keys:v1", "people-keys:v1"))
READERS = tuple(EncryptionKey.generate(kid) for kid in ("casework:v1", "kpk:2026", "super-admin:v1"))
CHECK = EncryptionKey.generate("identity-check:v1")
FINGERPRINT = thumbprint(PEOPLE.public.jwk)


def _listed(key: PublicKey, use: Use) -> ListedKey:
    return ListedKey(kid=key.kid, use=use, status=Status.ACTIVE, jwk=key.jwk)


def _keys() -> dict[str, str]:
    people = (
        *(_listed(each.public, Use.ENCRYPTION) for each in READERS),
        *(_listed(each.public, Use.SIGNING) for each in (INTAKE, CHECKS)),
    )
    checks = KeyList(version=1, issued=NOW, keys=(_listed(CHECK.public, Use.ENCRYPTION),))
    return {
        "people": sign_key_set(KeyList(version=1, issued=NOW, keys=people), PEOPLE, PEOPLE.public),
        "checks": sign_check_keys(checks, CHECKS),
    }


Answer = tuple[int, Any] | None


class FakeService:
    """`submission` answers it: a status and a body, or None to hang up. `opening` is what the draft was opened with."""

    def __init__(self) -> None:
        self.url = ""
        self.opening: dict[str, Any] = {}
        self.languages: set[str | None] = set()  # that were asked for
        self.challenge: Any = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=3, hmac_secret="invented").to_dict()
        self.submission: Callable[[dict[str, Any]], Answer] = self.accepted

    def accepted(self, given: dict[str, Any]) -> Answer:
        digest = letter_digest(canonical(given["story"])).hex()
        leaf = make_leaf(UUID(self.opening["report_id"]), NOW, [digest], [])
        return 202, {"promise": promise(leaf, INTAKE)}

    def answer(self, path: str, given: dict[str, Any]) -> Answer:
        match path.rpartition("/")[2]:
            case "challenges":
                return 200, self.challenge
            case "keys":
                return 200, _keys()
            case "reports":
                self.opening = given
                uploads = f"{self.url}/uploads"
                return 201, {"upload_token": "token", "expires_at": NOW.isoformat(), "uploads_url": uploads}
            case "identity":
                return 202, {"offer_id": str(UUID(int=1))}
            case "uploads":
                return 415, {"type": "urn:wbs:problem:kind", "title": "Berkas ditolak"}
            case "submission":
                return self.submission(given)
        return 404, {}


@contextmanager
def served() -> Iterator[FakeService]:
    service = FakeService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.languages.add(self.headers.get("Accept-Language"))
            given = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            answer = service.answer(self.path, given)
            if answer is None:
                self.close_connection = True
                return
            content = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_GET  # noqa: N815  # http.server calls them so

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
