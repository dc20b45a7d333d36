"""Originals and copies: sealed as one object each, and read again as a plain stream that exists in memory only."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, cast
from uuid import UUID

from chassis.object_store import ObjectStore, StoredObject
from contracts.sealed_files import HEADER, SEGMENT, TAG, FileSecret, RangeReader, SealingReader

from evidence.domain import Place

ORIGINALS = "evidence-originals"
COPIES = "evidence-copies"


@dataclass(frozen=True)
class SealedObject:
    place: Place
    secret: FileSecret
    size: int


def context_of(report_id: UUID, evidence_id: UUID, bucket: str) -> str:
    """The associated data that a file is sealed with: it can't be passed off as another piece, or copy as original."""
    return f"{report_id}|{evidence_id}|{bucket}"


class SealedObjects:
    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def seal(self, bucket: str, report_id: UUID, evidence_id: UUID, plain: io.RawIOBase) -> SealedObject:
        """Seals a stream to one object, under a new key, in constant memory."""
        secret = FileSecret.generate()
        source = cast(IO[bytes], plain)
        sealing = SealingReader(source, secret, context_of(report_id, evidence_id, bucket))
        stored = self._objects.put_stream(bucket, str(evidence_id), cast(BinaryIO, sealing))
        return SealedObject(Place(stored.name, stored.version, sealing.sha256), secret, sealing.size)

    def open(self, bucket: str, report_id: UUID, evidence_id: UUID, sealed: SealedObject) -> Iterator[bytes]:
        """The plain bytes, a segment at a time. Raises contracts.sealed_files.CannotOpenFile."""
        stored = StoredObject(bucket, sealed.place.object, sealed.place.version)
        reader = RangeReader(
            lambda offset, length: self._objects.get(stored, offset, length),
            sealed.size,
            sealed.secret,
            context_of(report_id, evidence_id, bucket),
        )
        at, length = 0, SEGMENT - HEADER - TAG
        while piece := reader.read(at, length):
            yield piece
            at, length = at + len(piece), SEGMENT - TAG

    def remove(self, bucket: str, place: Place) -> None:
        self._objects.remove(StoredObject(bucket, place.object, place.version))
