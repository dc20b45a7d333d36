"""What type a file is by its content: two detectors must agree, and the type must be one that is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import magic
import onnxruntime  # type: ignore[import-untyped]
from magika import Magika

from evidence.inside.frames import Refused
from evidence.inside.media_types import DOCX, JPEG, M4A, MP3, MP4, OGG, PDF, PNG, WEBP, XLSX


@dataclass(frozen=True)
class FileType:
    """`by_magic` and `by_magika`: what libmagic and magika call it."""

    media_type: str
    by_magic: frozenset[str]
    by_magika: frozenset[str]


def _type(media_type: str, by_magic: str, by_magika: str) -> FileType:
    return FileType(media_type, frozenset(by_magic.split()), frozenset(by_magika.split()))


ACCEPTED = (
    _type(JPEG, "image/jpeg", "jpeg"),
    _type(PNG, "image/png", "png"),
    _type(WEBP, "image/webp", "webp"),
    _type(PDF, "application/pdf", "pdf"),
    # Phones write both; which of the two makes no difference to what becomes of it.
    _type(MP4, "video/mp4 video/quicktime video/3gpp video/x-m4v", "mp4 qt 3gp"),
    _type(M4A, "audio/x-m4a audio/mp4", "mp4"),
    _type(MP3, "audio/mpeg", "mp3"),
    _type(OGG, "audio/ogg application/ogg", "ogg"),
    _type(DOCX, DOCX, "docx"),
    _type(XLSX, XLSX, "xlsx"),
)
_ENCRYPTED = frozenset({"application/encrypted", "application/x-ole-storage-encrypted"})


class _Magika(Magika):
    """With one thread, since a fork has none of the others."""

    def _init_onnx_session(self) -> onnxruntime.InferenceSession:
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(self._model_path, options, providers=["CPUExecutionProvider"])


@cache
def _magika() -> _Magika:
    return _Magika()


def load() -> None:
    """The model, which takes five times as long as a look by it."""
    _magika().identify_bytes(b"any")


def type_of(path: Path) -> str:
    """The media type. Raises Refused: encrypted, type_unclear (the two differ) or type_not_accepted."""
    by_magic = magic.from_file(str(path), mime=True)
    by_magika = str(_magika().identify_path(path).output.label)
    if by_magic in _ENCRYPTED:
        raise Refused("encrypted")
    for each in ACCEPTED:
        if by_magic in each.by_magic and by_magika in each.by_magika:
            return each.media_type
    accepted_by_one = any(by_magic in each.by_magic or by_magika in each.by_magika for each in ACCEPTED)
    raise Refused("type_unclear" if accepted_by_one else "type_not_accepted")
