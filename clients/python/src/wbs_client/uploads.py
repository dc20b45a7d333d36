"""Uploads of evidence by tus 1.0 (tus.io/protocols/resumable-upload): in pieces with checksums, gone on with where they
broke off. By hand, since no client library for Python sets a time limit."""

from __future__ import annotations

import io
import math
import os
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import BinaryIO
from urllib.parse import urljoin
from uuid import UUID

from contracts.vocabulary import EvidenceKind
from requests import Response

from wbs_client.public_api import Problem, PublicApi, Unreachable, worth_another_try

# A piece counts once it is whole: on a poor line small ones lose less, on a good one large ones ask less often.
FIRST_PIECE, SMALLEST_PIECE, LARGEST_PIECE = 4 << 20, 256 << 10, 32 << 20
QUICK_S, SLOW_S = 1.0, 10.0
STANDS_ELSEWHERE = (409, 423, 460)  # the offset differs, another request holds it, the checksum differs (tus)
FAILED = (500, 502, 504)


@dataclass(frozen=True)
class Upload:
    """An upload that has begun; `evidence_id` is its name from now on."""

    url: str

    @property
    def evidence_id(self) -> UUID:
        return UUID(self.url.rstrip("/").rpartition("/")[2])


class Uploads:
    """`url`: where uploads are made; `token`: that of the draft. A call raises Problem or Unreachable."""

    def __init__(self, url: str, token: str, api: PublicApi, now: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._now = now
        self._api = api
        self._headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
        self._piece_bytes = FIRST_PIECE

    def begin(self, file: BinaryIO, kind: EvidenceKind) -> Upload:
        """Announces a file, once, however often it has to be tried. Its name is told inside the story only."""
        kind_said = b64encode(kind.value.encode()).decode()
        announced = {
            "Upload-Length": str(_size(file)),
            "Upload-Metadata": f"kind {kind_said}",
            "Idempotency-Key": secrets.token_urlsafe(16),
        }
        answer = self._api.send("POST", self._url, headers={**self._headers, **announced})
        return Upload(urljoin(self._url, _header(answer, "Location")))

    def send(self, upload: Upload, file: BinaryIO) -> None:
        """Sends a file that was announced just now."""
        self._send(upload, file, 0, _size(file))

    def go_on(self, upload: Upload, file: BinaryIO, stop_at: int | None = None) -> None:
        """Sends what the service doesn't have yet; `stop_at`: up to this byte only."""
        size = _size(file)
        self._send(upload, file, self._offset(upload), size if stop_at is None else min(stop_at, size))

    def _send(self, upload: Upload, file: BinaryIO, offset: int, end: int) -> None:
        while offset < end:
            offset = self._send_piece(upload, file, offset, end)

    def _send_piece(self, upload: Upload, file: BinaryIO, offset: int, end: int) -> int:
        """Gives where the upload stands then; that is asked first wherever a try broke off."""
        for attempt in self._api.tries(_may_go_on):
            with attempt:
                if attempt.num > 1:
                    offset = self._offset(upload)
                file.seek(offset)
                piece = file.read(min(self._piece_bytes, end - offset))
                with self._adapting():
                    return self._append(upload, offset, piece)
        raise AssertionError("stamina tries at least once")

    @contextmanager
    def _adapting(self) -> Iterator[None]:
        """The next piece to how this one fares."""
        began, took = self._now(), math.inf
        try:
            yield
            took = self._now() - began
        finally:
            if took < QUICK_S:
                self._piece_bytes = min(2 * self._piece_bytes, LARGEST_PIECE)
            elif took > SLOW_S:
                self._piece_bytes = max(self._piece_bytes // 2, SMALLEST_PIECE)

    def _append(self, upload: Upload, offset: int, piece: bytes) -> int:
        headers = {
            **self._headers,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {b64encode(sha256(piece).digest()).decode()}",
        }
        # As a stream: the time limit is then one for each few kilobytes, which a slow line keeps too.
        return _offset_in(self._api.send_once("PATCH", upload.url, headers=headers, data=io.BytesIO(piece)))

    def _offset(self, upload: Upload) -> int:
        return _offset_in(self._api.send("HEAD", upload.url, headers=self._headers))


def _offset_in(answer: Response) -> int:
    return int(_header(answer, "Upload-Offset"))


def _header(answer: Response, name: str) -> str:
    if name not in answer.headers:
        raise Unreachable("something else answers there", may_pass=False)
    return answer.headers[name]


def _may_go_on(error: Exception) -> bool | timedelta:
    """Where it stands is asked first, so another try does no harm whatever became of the last."""
    if isinstance(error, Problem) and error.status in (*STANDS_ELSEWHERE, *FAILED):
        return True
    return worth_another_try(error)


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
