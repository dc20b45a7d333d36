"""Reads sealed evidence from its buckets: ciphertext only, by version and range."""

from __future__ import annotations

from chassis.object_store import ObjectStore, StoredObject
from contracts.letters import SealedFile


class EvidenceStore:
    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def read(self, file: SealedFile, offset: int, length: int) -> bytes:
        return self._objects.get(_stored(file), offset, length)

    def size_of(self, file: SealedFile) -> int:
        """In bytes, sealed."""
        return self._objects.size(_stored(file))


def _stored(file: SealedFile) -> StoredObject:
    return StoredObject(file.bucket, file.object, file.version)
