"""Uploads of evidence by tus 1.0: in pieces with checksums, gone on with where they broke off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from contracts.vocabulary import EvidenceKind
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from wbs_client.public_api import Problem, Unreachable

PIECE_BYTES = 4 << 20
RETRIES = 5
RETRY_DELAY_S = 1


@dataclass(frozen=True)
class Upload:
    """An upload that has begun; `evidence_id` is its name from now on."""

    url: str

    @property
    def evidence_id(self) -> UUID:
        return UUID(self.url.rstrip("/").rpartition("/")[2])


class Uploads:
    """`url`: where uploads are made; `token`: that of the draft; `language`: for what the service says to people."""

    def __init__(self, url: str, token: str, language: str = "id") -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language, "User-Agent": ""}
        self._client = TusClient(url, headers=headers)

    def begin(self, file: BinaryIO, kind: EvidenceKind) -> Upload:
        """Announces a file. Its name is told inside the story only, never here."""
        uploader = self._client.uploader(file_stream=file, metadata={"kind": kind.value})
        with _told():
            return Upload(uploader.create_url())

    def go_on(self, upload: Upload, file: BinaryIO, stop_at: int | None = None) -> None:
        """Sends what the service doesn't have yet; `stop_at`: up to this byte only."""
        with _told():
            uploader = self._client.uploader(
                file_stream=file,
                url=upload.url,
                chunk_size=PIECE_BYTES,
                upload_checksum=True,
                retries=RETRIES,
                retry_delay=RETRY_DELAY_S,
            )
            uploader.upload(stop_at=stop_at)


@contextmanager
def _told() -> Iterator[None]:
    """tusclient's errors as ours."""
    try:
        yield
    except TusCommunicationError as error:
        if error.status_code is None:
            raise Unreachable("upload") from None
        raise Problem(error.status_code, _details(error.response_content)) from None


def _details(content: bytes | None) -> dict[str, object]:
    try:
        details = json.loads(content or b"")
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}
