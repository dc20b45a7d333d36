"""Keys of what is not filed yet: wrapped by OpenBao's `evidence-drafts`, each bound to its upload, rotated daily.

The mount's key is derived: the context (upload and use) makes a key of its own, and no other context opens it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.openbao import OpenBao

MOUNT = "evidence-drafts"
KEY = "uploads"
LIFE = timedelta(days=1)


class Use(StrEnum):
    UPLOAD = "upload"
    ORIGINAL = "original"
    COPY = "copy"
    COMPARING = "comparing"


@dataclass(frozen=True)
class WrappedKey:
    """`owner`: the upload, or the draft for the key that its pieces are compared by."""

    owner: UUID
    use: Use
    text: str


@dataclass(frozen=True)
class PlainKey:
    """`owner` and `use` as of a wrapped one."""

    owner: UUID
    use: Use
    key: bytes = field(repr=False)


class DraftKeys:
    def __init__(self, openbao: OpenBao) -> None:
        self._openbao = openbao

    def wrap(self, owner: UUID, use: Use, key: bytes) -> str:
        (wrapped,) = self.wrap_all([PlainKey(owner, use, key)])
        return wrapped

    def wrap_all(self, keys: Sequence[PlainKey]) -> list[str]:
        """By one call to OpenBao."""
        batch = [{"plaintext": _b64(key.key), "context": _context(key.owner, key.use)} for key in keys]
        answer = self._openbao.write(f"{MOUNT}/encrypt/{KEY}", {"batch_input": batch})
        return [str(each["ciphertext"]) for each in answer["batch_results"]]

    def unwrap(self, owner: UUID, use: Use, text: str) -> bytes:
        (key,) = self.unwrap_all([WrappedKey(owner, use, text)])
        return key

    def unwrap_all(self, keys: Sequence[WrappedKey]) -> list[bytes]:
        """By one call to OpenBao."""
        batch = [{"ciphertext": key.text, "context": _context(key.owner, key.use)} for key in keys]
        answer = self._openbao.write(f"{MOUNT}/decrypt/{KEY}", {"batch_input": batch})
        return [base64.b64decode(each["plaintext"]) for each in answer["batch_results"]]

    def rewrap(self, keys: Sequence[WrappedKey]) -> list[str]:
        """The same keys under the newest version."""
        batch = [{"ciphertext": key.text, "context": _context(key.owner, key.use)} for key in keys]
        answer = self._openbao.write(f"{MOUNT}/rewrap/{KEY}", {"batch_input": batch})
        return [str(each["ciphertext"]) for each in answer["batch_results"]]

    def rotate(self, rewrap_all: Callable[[], None], now: datetime | None = None) -> bool:
        """Once a day: a new version, everything wrapped anew, and older versions trimmed for good.

        The version before the newest stays a day longer, for a key that was wrapped while this ran; the next day's
        rewrapping takes it along. So what was dropped can't be opened from an old copy of the database after two days.
        """
        versions = self._openbao.read(f"{MOUNT}/keys/{KEY}")
        newest = int(versions["latest_version"])
        made = datetime.fromtimestamp(int(versions["keys"][str(newest)]), UTC)
        if (now or datetime.now(UTC)) - made < LIFE:
            return False
        self._openbao.write(f"{MOUNT}/keys/{KEY}/rotate", {})
        rewrap_all()
        # Both numbers, or trim refuses: `newest` is now the version before the newest.
        oldest = {"min_decryption_version": newest, "min_encryption_version": newest}
        self._openbao.write(f"{MOUNT}/keys/{KEY}/config", oldest)
        self._openbao.write(f"{MOUNT}/keys/{KEY}/trim", {"min_available_version": newest})
        return True


def _context(owner: UUID, use: Use) -> str:
    return _b64(f"{owner}|{use.value}".encode())


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
