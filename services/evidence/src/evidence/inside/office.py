"""Office documents (zip archives of XML): nothing is made anew, but bombs, locked entries and macros are found."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from evidence.inside.frames import LARGEST, Refused

MOST_UNPACKED = 256 << 20
MOST_ENTRIES = 10_000
ENCRYPTED_BIT = 1


def check(path: Path) -> None:
    """Raises Refused: encrypted, damaged, too_large, or type_not_accepted for a document with macros."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise Refused("too_large")
            _check_kinds(entries)
            _unpack(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise Refused("damaged") from None


def _check_kinds(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & ENCRYPTED_BIT for entry in entries):
        raise Refused("encrypted")
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise Refused("type_not_accepted")


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """What an entry says of its size is not believed."""
    total = 0
    for entry in entries:
        with archive.open(entry) as content:
            while piece := content.read(LARGEST):
                total += len(piece)
                if total > MOST_UNPACKED:
                    raise Refused("too_large")
