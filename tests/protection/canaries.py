"""What must be found nowhere: a reporter's words and pictures, each in every encoding that programs write bytes in."""

from __future__ import annotations

import base64
import json
import mmap
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick, Implementation

WINDOW = 64 << 20  # bytes of a file at a time


class Kind(Enum):
    WORDS = "words"
    BYTES = "bytes"
    PIXELS = "pixels"  # of an open picture: nobody encodes these


@dataclass(frozen=True)
class Canary:
    """`name` says what it is; it alone may be shown."""

    name: str
    content: bytes
    kind: Kind = Kind.WORDS


@dataclass(frozen=True, order=True)
class Hit:
    name: str
    encoding: str


def words(name: str, text: str) -> Canary:
    return Canary(name, text.encode())


def _base64(content: bytes, offset: int) -> bytes:
    """The characters that stand for `content` alone, wherever it lies `offset` bytes after a multiple of three."""
    whole = base64.b64encode(b"\0" * offset + content)
    return whole[(offset * 8 + 5) // 6 : (offset + len(content)) * 8 // 6]


def _url_base64(content: bytes, offset: int) -> bytes:
    return _base64(content, offset).translate(bytes.maketrans(b"+/", b"-_"))


def _json(text: str) -> bytes:
    return json.dumps(text)[1:-1].encode()


def _every_character_escaped(text: str) -> bytes:
    return "".join(f"\\u{ord(each):04x}" for each in text).encode()


OF_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    **{f"base64 at {n}": lambda content, n=n: _base64(content, n) for n in range(3)},
    **{f"base64url at {n}": lambda content, n=n: _url_base64(content, n) for n in range(3)},
    "hex": lambda content: content.hex().encode(),
    "HEX": lambda content: content.hex().upper().encode(),
}
OF_TEXT: dict[str, Callable[[str], bytes]] = {
    "UTF-16LE": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: text.encode("utf-16-be"),
    "JSON": _json,
    "JSON, every character escaped": _every_character_escaped,
    "percent": lambda text: urllib.parse.quote(text, safe="").encode(),
    "form": lambda text: urllib.parse.quote_plus(text, safe="").encode(),
    "lower case": lambda text: text.lower().encode(),
    "upper case": lambda text: text.upper().encode(),
}


def encodings(canary: Canary) -> dict[str, bytes]:
    if canary.kind is Kind.PIXELS:
        return {"plain": canary.content}
    found = {name: encode(canary.content) for name, encode in OF_BYTES.items()}
    if canary.kind is Kind.WORDS:
        found |= {name: encode(canary.content.decode()) for name, encode in OF_TEXT.items()}
    return found


class Search:
    """Looks for all canaries in all their encodings at once."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        patterns: dict[bytes, Hit] = {}
        for canary in canaries:
            for encoding, pattern in encodings(canary).items():
                patterns.setdefault(pattern, Hit(canary.name, encoding))
        self._hits = list(patterns.values())
        self._longest = max(map(len, patterns))
        self._automaton = BytesAhoCorasick(list(patterns), implementation=Implementation.DFA)

    def in_bytes(self, content: bytes | memoryview) -> set[Hit]:
        return {self._hits[index] for index, _, _ in self._automaton.find_matches_as_indexes(content)}

    def in_file(self, path: Path) -> set[Hit]:
        """A file that vanishes meanwhile, or is empty, has none."""
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return {hit for window in self._windows(content) for hit in self.in_bytes(window)}
        except (FileNotFoundError, ValueError):
            return set()

    def _windows(self, content: mmap.mmap) -> Iterator[bytes]:
        for start in range(0, len(content), WINDOW):
            yield content[start : start + WINDOW + self._longest]
