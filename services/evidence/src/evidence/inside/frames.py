"""How the sandbox answers on its standard output: frames of a kind, a length and as many bytes."""

from __future__ import annotations

import json
import struct
from enum import Enum
from typing import Any, BinaryIO

HEADER = struct.Struct(">cQ")
LARGEST = 1 << 20


class Kind(Enum):
    """Attachments (each ends with END_OF_ATTACHMENT) come before the copy; VERDICT comes last."""

    ATTACHMENT = b"A"
    END_OF_ATTACHMENT = b"a"
    COPY = b"C"
    VERDICT = b"V"


class Refused(Exception):
    """`reason`: a word of contracts.vocabulary.QuarantineReason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write(out: BinaryIO, kind: Kind, content: bytes = b"") -> None:
    out.write(HEADER.pack(kind.value, len(content)))
    out.write(content)


def write_all(out: BinaryIO, kind: Kind, content: bytes | memoryview) -> None:
    """As many frames as it takes."""
    view = memoryview(content)
    for at in range(0, len(view), LARGEST):
        write(out, kind, bytes(view[at : at + LARGEST]))


def write_verdict(out: BinaryIO, **verdict: str | None) -> None:
    write(out, Kind.VERDICT, json.dumps(verdict).encode())
    out.flush()


def read(source: BinaryIO) -> tuple[Kind, bytes]:
    """EOFError when the sandbox ended in the middle; ValueError when it wrote something else than frames."""
    kind, length = HEADER.unpack(_exactly(source, HEADER.size))
    if length > LARGEST:
        raise ValueError("a frame is too long")
    return Kind(kind), _exactly(source, length)


def verdict_in(content: bytes) -> dict[str, Any]:
    verdict = json.loads(content)
    if not isinstance(verdict, dict):
        raise ValueError("not a verdict")
    return verdict


def _exactly(source: BinaryIO, length: int) -> bytes:
    content = source.read(length)
    if len(content) != length:
        raise EOFError
    return content
