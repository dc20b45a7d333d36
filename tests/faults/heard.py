"""All that the system answers its clients while things break: what it may say, and what it said in a while."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from hands import until

PATIENCE_S = 120.0
TITLES = {
    "id": "Layanan sedang tidak tersedia, coba lagi sebentar",
    "en": "The service is not available at the moment, try again shortly",
}


@dataclass(frozen=True)
class Answer:
    """`language`: that the client asked for; `body` of a failure only."""

    method: str
    path: str
    language: str
    status: int
    retry_after: str | None
    content_type: str
    body: str

    def fault(self) -> str | None:
        """What is wrong with how a failure was told, if anything is."""
        if self.status < 500:
            return None
        if self.status != 503:
            return f"{self.method} {self.path}: {self.status} {self.body[:200]}"
        told = json.loads(self.body) if self.content_type == "application/problem+json" else {}
        if not (self.retry_after or "").isdigit() or told.get("title") != TITLES[self.language]:
            return f"{self.method} {self.path}: 503, Retry-After {self.retry_after}, {self.body[:200]}"
        return None


class Ear:
    """Hears every answer that a client of this process gets from the public API."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._lock = threading.Lock()
        self._answers: list[Answer] = []
        send = requests.Session.send

        def hear(session: requests.Session, request: requests.PreparedRequest, **given: Any) -> requests.Response:
            answer = send(session, request, **given)
            self._note(request, answer)
            return answer

        patch.setattr(requests.Session, "send", hear)

    def _note(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        if not str(request.path_url).startswith("/api/"):
            return  # staff's pages
        noted = Answer(
            method=str(request.method),
            path=str(request.path_url),
            language=str(request.headers.get("Accept-Language", "id")),
            status=answer.status_code,
            retry_after=answer.headers.get("Retry-After"),
            content_type=answer.headers.get("Content-Type", "").partition(";")[0],
            body=answer.text if answer.status_code >= 500 else "",
        )
        with self._lock:
            self._answers.append(noted)

    def faults(self) -> list[str]:
        with self._lock:
            return sorted({fault for answer in self._answers if (fault := answer.fault())})

    def count(self) -> int:
        with self._lock:
            return len(self._answers)

    def since(self, mark: int) -> list[Answer]:
        with self._lock:
            return self._answers[mark:]

    def await_service(self) -> None:
        """Until a client is answered again: with what it asked for, or that a check isn't done yet."""
        mark = self.count()
        until(lambda: any(each.status < 500 for each in self.since(mark)), PATIENCE_S, "an answer but 503")
