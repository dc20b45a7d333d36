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
from contracts.letters import Purpose, letter_digest, read_header
from contracts.vocabulary import CaseStatus

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
INTAKE, CHECKS, PEOPLE = (SigningKey.generate(kid) for kid in ("intake:v1", "check-keys:v1", "people-keys:v1"))
READERS = tuple(EncryptionKey.generate(kid) for kid in ("casework:v1", "kpk:2026", "super-admin:v1"))
CHECK = EncryptionKey.generate("identity-check:v1")
FINGERPRINT = thumbprint(PEOPLE.public.jwk)


def _listed(key: PublicKey, use: Use) -> ListedKey:
    return ListedKey(kid=key.kid, use=use, status=Status.ACTIVE, jwk=key.jwk)


def _keys() -> dict[str, str | None]:
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
    """`submission`, `opened` and `answering(kind)` answer: a status and a body, or None to hang up, once it was kept.

    `opening` is what the draft was opened with; `letters` what came, by kind and id, as intake keeps them: each once.
    """

    def __init__(self) -> None:
        self.url = ""
        self.opening: dict[str, Any] = {}
        self.languages: set[str | None] = set()  # that were asked for
        self.idempotency_keys: list[str] = []
        self.challenge: Any = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=3, hmac_secret="invented").to_dict()
        self.submission: Callable[[dict[str, Any]], Answer] = self.accepted
        self.answering: Callable[[str], Answer] = lambda _: (202, {})
        self.letters: dict[str, dict[str, Any]] = {"identity": {}, "messages": {}}
        self.late_evidence: list[dict[str, Any]] = []
        self.promise = ""
        self.keys = _keys()
        self.opened: Callable[[], Answer] = self.draft

    def accepted(self, given: dict[str, Any]) -> Answer:
        digest = letter_digest(canonical(given["story"])).hex()
        leaf = make_leaf(UUID(self.opening["report_id"]), NOW, [digest], [])
        self.promise = promise(leaf, INTAKE)
        return 202, {"promise": self.promise}

    def draft(self) -> Answer:
        uploads = f"{self.url}/uploads"
        return 201, {"upload_token": "token", "expires_at": NOW.isoformat(), "uploads_url": uploads}

    def keep(self, kind: str, given: dict[str, Any]) -> Answer:
        """A letter: the same one again changes nothing."""
        letter_id = str(read_header(canonical(given["letter"])).about.letter_id)
        kept = self.letters[kind].setdefault(letter_id, given["letter"])
        if kept != given["letter"]:
            return 409, {"type": "urn:wbs:problem:letter-id-taken"}
        answer = self.answering(kind)
        return (answer[0], {"letter_id": letter_id, "offer_id": letter_id, **answer[1]}) if answer else None

    def status(self) -> dict[str, Any]:
        messages = [
            {"letter_id": each, "purpose": Purpose.MESSAGE_FROM_REPORTER, "hour": NOW.isoformat(), "letter": letter}
            for each, letter in self.letters["messages"].items()
        ]
        return {
            **{name: self.opening[name] for name in ("report_id", "route", "locked_keys")},
            "promise": self.promise,
            "inclusion": None,
            "kpk": None,
            "identity_wanted": None,
            "status": CaseStatus.RECEIVED,
            "timeline": [],
            "letters": messages,
            "late_evidence": self.late_evidence,
            "is_erased": False,
        }

    def answer(self, path: str, given: dict[str, Any]) -> Answer:
        match path.partition("?")[0].rpartition("/")[2]:
            case "challenges":
                return 200, self.challenge
            case "keys":
                return 200, self.keys
            case "reports":
                self.opening = given
                return self.opened()
            case "status":
                return 200, self.status()
            case "identity" | "messages" as kind:
                return self.keep(kind, given)
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
            if key := self.headers.get("Idempotency-Key"):
                service.idempotency_keys.append(key)
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
