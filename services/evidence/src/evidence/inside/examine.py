"""Reads a file from one stream and writes frames to another: in a child of its own, in the sandbox only."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO

from evidence.inside import images, kinds, media, office
from evidence.inside.frames import LARGEST, Kind, Refused, write, write_all, write_verdict
from evidence.inside.media_types import DOCX, JPEG, M4A, MP3, MP4, OGG, PDF, XLSX

PLACE = Path("/tmp/file")  # noqa: S108  # the sandbox's own memory


def warm_up() -> None:
    """Loads the libraries of all types, and magika's model, once for all files."""
    from evidence.inside import pdf  # noqa: F401

    kinds.load()


def examine(source: BinaryIO, out: BinaryIO) -> None:
    try:
        with PLACE.open("wb") as file:
            shutil.copyfileobj(source, file, LARGEST)
        media_type = kinds.type_of(PLACE)
        copy_type = _examine(media_type, out)
        write_verdict(out, media_type=media_type, copy_media_type=copy_type, reason=None)
    except Refused as refused:
        write_verdict(out, media_type=None, copy_media_type=None, reason=refused.reason)


def _examine(media_type: str, out: BinaryIO) -> str | None:
    """Writes attachments and the copy; the copy's media type, or None for a type that isn't made anew."""
    if media_type in (DOCX, XLSX):
        office.check(PLACE)
        return None
    if media_type in images.FORMATS:
        write_all(out, Kind.COPY, images.remake(PLACE, media_type))
        return JPEG
    if media_type == PDF:
        from evidence.inside import pdf

        for attachment in pdf.attachments(PLACE):
            write_all(out, Kind.ATTACHMENT, attachment)
            write(out, Kind.END_OF_ATTACHMENT)
        write_all(out, Kind.COPY, pdf.remake(PLACE))
        return PDF
    assert media_type in (MP4, M4A, MP3, OGG)  # noqa: S101
    copy, copy_type = media.remake(PLACE, media_type)
    with copy.open("rb") as file:
        while piece := file.read(LARGEST):
            write(out, Kind.COPY, piece)
    return copy_type
