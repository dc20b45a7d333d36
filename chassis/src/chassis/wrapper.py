"""The wrapper: what a service keeps or sends is encrypted under its report's own key, so that the report can be erased.

A wrapped text is ASCII: `wbs1.<data key as OpenBao wrapped it>.<nonce and ciphertext>`, both base64url. The data key is
used once; report id and purpose are associated data of both layers, so a text can't be moved to another report or use.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.encoding import b64u, from_b64u
from contracts.schema import NotUnderstood
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.openbao import BadRequest, KeyNotFound, OpenBao

VERSION = "wbs1"
NONCE_BYTES = 12


@dataclass(frozen=True)
class Erased:
    """What there is to read of a report whose key was destroyed on purpose."""

    report_id: UUID


class KeyMissing(Exception):
    """A report's key isn't there, and nobody erased the report: an alarm, never an erasure."""

    def __init__(self, report_id: UUID) -> None:
        super().__init__(f"the key of report {report_id} is missing")
        self.report_id = report_id


class ReportIsErased(Exception):
    """Nothing new is wrapped for a report that was erased, and its key isn't made again."""

    def __init__(self, report_id: UUID) -> None:
        super().__init__(f"report {report_id} is erased")
        self.report_id = report_id


class NotErased(NotUnderstood):
    """A `ReportErased` about a report whose key is there: forged, or told too early. It is parked, and people look."""


class NotWrapped(Exception):
    """Not a wrapped text of this report and purpose, or changed."""


@dataclass(frozen=True)
class Wrapped:
    """A text to unwrap and the purpose that it was wrapped for."""

    purpose: str
    text: str


class Wrapper:
    """Wraps and unwraps by the service's own role. `is_erased` says whether a `ReportErased` was seen."""

    def __init__(self, openbao: OpenBao, is_erased: Callable[[UUID], bool]) -> None:
        self._openbao = openbao
        self._is_erased = is_erased

    def make_key(self, report_id: UUID) -> None:
        """Make the report's key, if it isn't there yet (only `intake` may)."""
        if self._is_erased(report_id):
            raise ReportIsErased(report_id)
        self._openbao.write(f"reports/keys/{report_id}", {"type": "aes256-gcm96"})

    def wrap(self, report_id: UUID, purpose: str, plain: bytes) -> str:
        bound = _bound(report_id, purpose)
        try:
            data_key = self._openbao.write(f"reports/datakey/plaintext/{report_id}", {"associated_data": _b64(bound)})
        except KeyNotFound:
            raise (ReportIsErased if self._is_erased(report_id) else KeyMissing)(report_id) from None
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(base64.b64decode(data_key["plaintext"])).encrypt(nonce, plain, bound)
        return ".".join((VERSION, b64u(str(data_key["ciphertext"]).encode()), b64u(nonce + sealed)))

    def must_be_erased(self, report_id: UUID) -> None:
        """NotErased as long as the report's key is there. To destroy it takes two people at OpenBao, so nobody makes a
        service forget a report by an event alone; whoever erases destroys the key first and tells of it afterwards."""
        if self.has_key(report_id):
            raise NotErased("its key is still there")

    def has_key(self, report_id: UUID) -> bool:
        """Whether the report's key is there, whatever is known of the report."""
        try:
            bound = _bound(report_id, "presence")
            self._openbao.write(f"reports/datakey/plaintext/{report_id}", {"associated_data": _b64(bound)})
        except KeyNotFound:
            return False
        return True

    def unwrap(self, report_id: UUID, purpose: str, text: str) -> bytes | Erased:
        """The bytes, or `Erased`. Raises KeyMissing or NotWrapped."""
        plain = self.unwrap_all(report_id, [Wrapped(purpose, text)])
        return plain if isinstance(plain, Erased) else plain[0]

    def unwrap_all(self, report_id: UUID, texts: Sequence[Wrapped]) -> list[bytes] | Erased:
        """Several texts of one report by one call to OpenBao: all, or `Erased`. Raises KeyMissing, NotWrapped."""
        if not texts:
            return []
        parsed = [_Parsed.of(report_id, each) for each in texts]
        batch = [{"ciphertext": each.wrapped_key, "associated_data": _b64(each.bound)} for each in parsed]
        try:
            answer = self._openbao.write(f"reports/decrypt/{report_id}", {"batch_input": batch})
        except KeyNotFound:
            if self._is_erased(report_id):
                return Erased(report_id)
            raise KeyMissing(report_id) from None
        except BadRequest:
            raise NotWrapped from None
        keys = [base64.b64decode(result["plaintext"]) for result in answer["batch_results"]]
        return [each.opened(key) for each, key in zip(parsed, keys, strict=True)]

    def unwrap_each(self, report_id: UUID, texts: Sequence[Wrapped]) -> list[bytes | None] | Erased:
        """As `unwrap_all`, with None for what was never wrapped so: whoever can put a text on the bus must not be able
        to hide the others by it. Raises KeyMissing."""
        try:
            opened = self.unwrap_all(report_id, texts)
            return opened if isinstance(opened, Erased) else [*opened]
        except NotWrapped:
            return [self._unwrapped_or_none(report_id, each) for each in texts]

    def _unwrapped_or_none(self, report_id: UUID, wrapped: Wrapped) -> bytes | None:
        try:
            plain = self.unwrap(report_id, wrapped.purpose, wrapped.text)
        except NotWrapped:
            return None
        return None if isinstance(plain, Erased) else plain  # erased between the first call and this one


@dataclass(frozen=True)
class _Parsed:
    wrapped_key: str
    sealed: bytes
    bound: bytes

    @classmethod
    def of(cls, report_id: UUID, wrapped: Wrapped) -> _Parsed:
        try:
            version, key, sealed = wrapped.text.split(".")
            if version != VERSION:
                raise ValueError("another version")
            return cls(from_b64u(key).decode("ascii"), from_b64u(sealed), _bound(report_id, wrapped.purpose))
        except ValueError:
            raise NotWrapped from None

    def opened(self, key: bytes) -> bytes:
        try:
            return AESGCM(key).decrypt(self.sealed[:NONCE_BYTES], self.sealed[NONCE_BYTES:], self.bound)
        except (InvalidTag, ValueError):
            raise NotWrapped from None


def _bound(report_id: UUID, purpose: str) -> bytes:
    return f"{report_id}|{purpose}".encode()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
