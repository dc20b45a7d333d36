"""Reporters' devices: the reference client in processes of their own, so that their work isn't counted as ours."""

from __future__ import annotations

import io
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

from contracts.vocabulary import EvidenceKind, Route
from PIL import Image
from wbs_client import Filing, PublicApi, StoryDraft, fetch_keys
from wbs_local import examples
from wbs_local.examples import Reporter

PIECES = 3
STORY = StoryDraft(examples.STORY)


@dataclass(frozen=True)
class Done:
    """One step of one report: when it began (seconds of the machine's monotonic clock), how long it took, and the
    error's type if it failed."""

    report_id: UUID
    began: float
    took_s: float
    failure: str | None = None


class Device:
    """The far end, in its own process: reports of one client, one after another."""

    def __init__(self, url: str, fingerprint: str) -> None:
        self._api = PublicApi(url)
        self._keys = fetch_keys(self._api, fingerprint)
        self._made: list[tuple[Reporter, list[bytes]]] = []
        self._filings: list[Filing] = []

    def prepare(self, seeds: Sequence[int]) -> None:
        """Draws the cards and pictures, which a phone would have."""
        self._made = [(examples.reporter(seed), _pieces(seed)) for seed in seeds]
        self._filings = [Filing(self._api, self._keys, Route.INSPEKTORAT) for _ in seeds]

    def draft(self) -> list[Done]:
        return [
            _timed(filing, lambda: _draft(filing, *made))  # noqa: B023  # called at once
            for filing, made in zip(self._filings, self._made, strict=True)
        ]

    def submit(self, every_s: float = 0.0, first_at: float = 0.0) -> list[Done]:
        """`every_s`: at least so long from one to the next; `first_at`: of the monotonic clock."""
        done = []
        for number, filing in enumerate(self._filings):
            time.sleep(max(0.0, first_at + number * every_s - time.monotonic()))
            done.append(_timed(filing, lambda: filing.submit(STORY, examples.FACTS)))  # noqa: B023  # called at once
        return done


def _draft(filing: Filing, reporter: Reporter, pieces: Sequence[bytes]) -> None:
    filing.open()
    filing.offer_identity(reporter.person, reporter.ktp_photo)
    for content in pieces:
        filing.add_evidence(io.BytesIO(content), EvidenceKind.PHOTO, "Foto")


def _timed(filing: Filing, step: Callable[[], Any]) -> Done:
    began = time.monotonic()
    try:
        step()
    except Exception as error:  # noqa: BLE001  # counted: a report that fails ends no measuring
        return Done(filing.report_id, began, time.monotonic() - began, type(error).__name__)
    return Done(filing.report_id, began, time.monotonic() - began)


def _pieces(seed: int) -> list[bytes]:
    """Small pictures of noise that no other report has."""
    chance = random.Random(seed)
    return [_noise(chance.randbytes(48 * 48 * 3)) for _ in range(PIECES)]


def _noise(pixels: bytes) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (48, 48), pixels).resize((192, 192)).save(out, "PNG")
    return out.getvalue()


def _serve(connection: Connection, url: str, fingerprint: str) -> None:
    device = Device(url, fingerprint)
    with suppress(EOFError):
        while True:
            step, arguments = connection.recv()
            connection.send(getattr(device, step)(*arguments))


class Clients:
    """Our end of some devices."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._connections = connections

    def __len__(self) -> int:
        return len(self._connections)

    def all(self, step: str, *arguments: Sequence[Any]) -> tuple[list[Any], float]:
        """Each device does the step at the same time (with its own of the `arguments`): answers, and the seconds until
        the last was done."""
        began = time.monotonic()
        self.ask(step, *arguments)
        return self.answers(), time.monotonic() - began

    def ask(self, step: str, *arguments: Sequence[Any]) -> None:
        """As `all`, for who has something else to do until the answers are there."""
        given = list(zip(*arguments, strict=True)) or [()] * len(self)
        for connection, own in zip(self._connections, given, strict=True):
            connection.send((step, own))

    def answers(self) -> list[Any]:
        return [connection.recv() for connection in self._connections]


@contextmanager
def clients(number: int, url: str, fingerprint: str) -> Iterator[Clients]:
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(number)]
    started = [context.Process(target=_serve, args=(theirs, url, fingerprint), daemon=True) for _, theirs in pairs]
    for process, (_, theirs) in zip(started, pairs, strict=True):
        process.start()
        theirs.close()  # so that a device that ended is noticed
    try:
        yield Clients([ours for ours, _ in pairs])
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in started:
            process.join()
