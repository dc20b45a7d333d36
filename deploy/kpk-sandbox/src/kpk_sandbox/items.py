"""The bytes of parcels' items as they arrive: what came before a broken connection stays, and is gone on with."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from contracts.parcels import Item


@dataclass(frozen=True)
class OffsetDiffers(Exception):
    """`offset` is how many bytes are here."""

    offset: int


class TooMuch(Exception):
    """More bytes than the manifest announces; none of them is kept."""


class HashDiffers(Exception):
    """All bytes came and they are not those announced; they are forgotten."""


class ItemFiles:
    """Files below `folder`, one folder a parcel; `<hash>.part` until it is whole and its hash is right."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[Path, threading.Lock] = {}

    def path(self, parcel_id: UUID, item: Item) -> Path:
        """Where the whole item lies."""
        return self._folder / str(parcel_id) / item.sha256

    def offset(self, parcel_id: UUID, item: Item) -> int:
        """How many bytes are here."""
        whole = self.path(parcel_id, item)
        part = _part(whole)
        if whole.exists():
            return item.size
        return part.stat().st_size if part.exists() else 0

    def is_whole(self, parcel_id: UUID, item: Item) -> bool:
        """Whether it is here, with the right hash; also when the process ended between the last byte and the look."""
        try:
            with self.appending(parcel_id, item, self.offset(parcel_id, item)):
                pass
        except (OffsetDiffers, HashDiffers):
            return False
        return self.path(parcel_id, item).exists()

    @contextmanager
    def appending(self, parcel_id: UUID, item: Item, offset: int) -> Iterator[Appending]:
        """One writer at a time; OffsetDiffers unless `offset` is what is here.

        HashDiffers at the end, once all bytes are here and they are others.
        """
        whole = self.path(parcel_id, item)
        with self._locks.setdefault(whole, threading.Lock()):
            if offset != self.offset(parcel_id, item):
                raise OffsetDiffers(self.offset(parcel_id, item))
            whole.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (whole if whole.exists() else _part(whole)).open("ab") as file:
                yield Appending(file, offset, item.size)
                file.flush()
                os.fsync(file.fileno())
            if self.offset(parcel_id, item) == item.size and not whole.exists():
                _finish(whole, item)


class Appending:
    """Takes bytes as they come; each piece is in the file before the next is read."""

    def __init__(self, file: BinaryIO, offset: int, size: int) -> None:
        self._file, self._start, self._size = file, offset, size
        self.offset = offset

    def take(self, data: bytes) -> None:
        if self.offset + len(data) > self._size:
            self._file.truncate(self._start)
            raise TooMuch
        self._file.write(data)
        self._file.flush()
        self.offset += len(data)


def _part(whole: Path) -> Path:
    return whole.with_suffix(".part")


def _finish(whole: Path, item: Item) -> None:
    part = _part(whole)
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != item.sha256:
        part.unlink()
        raise HashDiffers
    part.rename(whole)
