"""Segments of an upload: sealed one by one as they stream in, and read again as one stream when the upload is whole.

A segment is at most 4 MiB of plain bytes: nonce (12), then AES-256-GCM under the upload's own key, with upload and
offset as associated data. Nothing of it is ever plain outside this process's memory.
"""

from __future__ import annotations

import io
import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from chassis.object_store import UNVERSIONED, ObjectStore, StoredObject
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BUCKET = "evidence-uploads"
SEGMENT = 4 << 20
NONCE_BYTES = 12


class SegmentChanged(Exception):
    """A segment isn't what was written: somebody changed or moved it, or its key."""


@dataclass(frozen=True)
class Segment:
    """`at`: the offset of its first plain byte. The name is random: two writers of one offset never overwrite."""

    upload_id: UUID
    at: int
    name: str


class Segments:
    """The segments of one upload."""

    def __init__(self, objects: ObjectStore, upload_id: UUID, key: bytes) -> None:
        self._objects = objects
        self._upload_id = upload_id
        self._cipher = AESGCM(key)

    def write(self, at: int, plain: bytes | bytearray) -> Segment:
        nonce = os.urandom(NONCE_BYTES)
        name = f"{self._upload_id}/{uuid.uuid4()}"
        self._objects.put(BUCKET, name, nonce + self._cipher.encrypt(nonce, plain, self._bound(at)))
        return Segment(self._upload_id, at, name)

    def remove(self, segments: Iterable[Segment]) -> None:
        for segment in segments:
            self._objects.remove(StoredObject(BUCKET, segment.name, UNVERSIONED))

    def read(self, segment: Segment) -> bytes:
        sealed = self._objects.get(StoredObject(BUCKET, segment.name, UNVERSIONED))
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound(segment.at))
        except (InvalidTag, ValueError):
            raise SegmentChanged from None

    def _bound(self, at: int) -> bytes:
        return f"{self._upload_id}|{at}".encode()


class WholeUpload(io.RawIOBase):
    """The plain bytes of an upload's segments, opened one at a time; `observe` sees all of them as they are read."""

    def __init__(self, segments: Segments, parts: Iterable[Segment], observe: Callable[[bytes], None]) -> None:
        self._segments = segments
        self._parts = iter(parts)
        self._observe = observe
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._rest and (part := next(self._parts, None)) is not None:
            plain = self._segments.read(part)
            self._observe(plain)
            self._rest = memoryview(plain)
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
