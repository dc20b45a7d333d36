"""A stream of small reports that goes on while things break, by clients that repeat each call until it is answered."""

from __future__ import annotations

import io
import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from contracts.vocabulary import EvidenceKind, Route
from hands import until
from PIL import Image
from wbs_client import Filing, Mailbox, Problem, PublicApi, StoryDraft, TrustedKeys, Unreachable
from wbs_local import examples
from wbs_local.examples import Reporter

T = TypeVar("T")
CLIENTS = 4  # at once
TO_KPK = 5  # every fifth goes straight to KPK
CARDS = 6  # drawing one takes longer than filing with it
PIECES = 3
REPEAT_AFTER_S = 1.0
PATIENCE_S = 300.0
PASSING = ("incomplete", "challenge-expired")  # a check runs; a challenge was solved for too long
STORY = "Cerita rekaan, sekali saja: jembatan itu tidak pernah dibangun."


@dataclass(frozen=True)
class Filed:
    """A report that got its 202."""

    filing: Filing
    mailbox: Mailbox

    @property
    def subject(self) -> str:
        return str(self.filing.report_id)


@dataclass
class Repeats:
    """How often a client had to ask again, by what it was told; what should never have been answered, apart."""

    told: dict[str, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)

    def insist(self, step: Callable[[], T]) -> T:
        """Repeats `step` while the service is away or says so; anything else is noted and raised."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return step()
            except Unreachable:
                kind = "unreachable"
            except Problem as problem:
                kind = f"{problem.status} {problem.kind}"
                if problem.status not in (429, 503) and problem.kind not in PASSING:
                    self.unexpected.append(f"{kind}: {problem.title}")
                    raise
            self.told[kind] = self.told.get(kind, 0) + 1
            assert time.monotonic() < deadline, f"never answered: {kind}"
            threading.Event().wait(REPEAT_AFTER_S)


class Stream:
    """Clients, some at a time, half of them in each language. `wanted`: reports at least."""

    def __init__(self, url: str, keys: TrustedKeys, wanted: int) -> None:
        self._url = url
        self._keys = keys
        self._wanted = wanted
        self._numbers = itertools.count()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.filed: list[Filed] = []
        self.failures: list[str] = []
        self.repeats = Repeats()

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._client, args=(n,), daemon=True) for n in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def await_another(self, patience_s: float) -> None:
        """Until a report got its 202 that was begun from now on: one more than there are clients."""
        wanted = len(self.filed) + CLIENTS + 1
        until(lambda: len(self.filed) >= wanted or self.failures, patience_s, "another report")
        assert self.failures == []

    def finish(self) -> list[Filed]:
        """Once nothing breaks any more: all that got their 202."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return self.filed

    def _client(self, number: int) -> None:
        api = PublicApi(self._url, ("id", "en")[number % 2])
        while not (self._over.is_set() and len(self.filed) >= self._wanted):
            try:
                self.filed.append(file_one(api, self._keys, next(self._numbers), self.repeats))
            except Exception as error:  # noqa: BLE001  # the test tells it, not a thread's traceback
                self.failures.append(f"{type(error).__name__}: {error}")
                return


def file_one(api: PublicApi, keys: TrustedKeys, number: int, repeats: Repeats) -> Filed:
    """Each step is repeated by itself, as a person does who presses the button again."""
    reporter, insist = reporter_of(number), repeats.insist
    filing = Filing(api, keys, Route.KPK if number % TO_KPK == 0 else Route.INSPEKTORAT)
    insist(filing.open)
    insist(lambda: filing.offer_identity(reporter.person, reporter.ktp_photo))
    for piece in pieces(number):
        file = io.BytesIO(piece)
        upload = insist(lambda file=file: filing.begin_evidence(file, EvidenceKind.PHOTO, "Foto rekaan"))  # type: ignore[misc]
        insist(lambda upload=upload, file=file: filing.go_on_with(upload, file))  # type: ignore[misc]
    facts = examples.FACTS if filing.route is Route.INSPEKTORAT else None
    insist(lambda: filing.submit(StoryDraft(STORY), facts))
    return Filed(filing, Mailbox(api, keys, filing.receipt))


def reporter_of(number: int) -> Reporter:
    return _drawn(700 + number % CARDS)


@cache
def _drawn(seed: int) -> Reporter:
    return examples.reporter(seed)


def pieces(number: int) -> list[bytes]:
    """Small pictures of noise that no other report has."""
    chance = random.Random(number)
    return [_noise(chance.randbytes(16 * 16 * 3)) for _ in range(PIECES)]


def _noise(pixels: bytes) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (16, 16), pixels).resize((64, 64)).save(out, "PNG")
    return out.getvalue()
