"""`Idempotency-Key`: the same request twice gets the same answer, which nobody can read from the database."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import request

from chassis.clock import Clock
from chassis.store import EventStore, Statement

HEADER = "Idempotency-Key"
CONSTRAINT = "idempotency_pkey"
LIFE = timedelta(days=1)
NONCE_BYTES = 12
# The key seals the answer, so it must be random: a uuid4 or 16 bytes in base64url at least.
FORM = re.compile(r"[A-Za-z0-9_-]{22,128}")


class KeyMissing(Exception):
    """The header is missing, or too short to be random."""


class KeyReused(Exception):
    """The key came before, with other content."""


class Idempotency:
    """Use: `answer_once(key, content, make)`, where `make` saves with `keep(...)` in `also`. `scope` names the
    operation.

    One rule: a key belongs to the content that was saved with it first. The same content gets that answer, other
    content is KeyReused; neither hangs on how close after one another they came.
    """

    def __init__(self, store: EventStore, clock: Clock, scope: str) -> None:
        self._store, self._clock, self._scope = store, clock, scope

    @staticmethod
    def key_of_request() -> str:
        key = request.headers.get(HEADER, "")
        if not FORM.fullmatch(key):
            raise KeyMissing
        return key

    def answer_once(self, key: str, content: bytes, make: Callable[[], bytes]) -> bytes:
        """The answer that was kept, or the one that is made now. `make` may fail in any way because a request with the
        same key was quicker: then the key decides, as if that one had been answered before."""
        known = self.answer(key, content)
        if known is not None:
            return known
        try:
            made = make()
        except Exception:
            known = self.answer(key, content)
            if known is None:
                raise
            return known
        return self.answer(key, content) or made

    def answer(self, key: str, content: bytes) -> bytes | None:
        row = self._store.row(
            "SELECT content_digest, answer FROM held.idempotency WHERE key_digest = %s", (self._digest(key),)
        )
        if row is None:
            return None
        if bytes(row["content_digest"]) != self._content_digest(key, content):
            raise KeyReused
        sealed = bytes(row["answer"])
        return AESGCM(self._seal_key(key)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._scope.encode())

    def keep(self, key: str, content: bytes, answer: bytes) -> Statement:
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(self._seal_key(key)).encrypt(nonce, answer, self._scope.encode())
        return Statement(
            "INSERT INTO held.idempotency (key_digest, content_digest, answer, hour) VALUES (%s, %s, %s, %s)",
            (self._digest(key), self._content_digest(key, content), sealed, self._clock.hour()),
        )

    def sweep(self, now: datetime | None = None) -> None:
        """Forgets answers older than a day; called by a timer."""
        before = (now or self._clock.hour()) - LIFE
        self._store.execute(Statement("DELETE FROM held.idempotency WHERE hour < %s", (before,)))

    def _digest(self, key: str) -> bytes:
        return hashlib.sha256(f"{self._scope}\0{key}".encode()).digest()

    def _content_digest(self, key: str, content: bytes) -> bytes:
        """Keyed: a digest of the content alone could be tried against guesses."""
        return hashlib.sha256(self._seal_key(key) + content).digest()

    def _seal_key(self, key: str) -> bytes:
        return HKDF(SHA256(), 32, None, b"wbs idempotency " + self._scope.encode()).derive(key.encode())
