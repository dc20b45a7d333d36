"""How a version of a stored object is told to others: sealed, since a store makes its ids of its clock.

SeaweedFS's begin with the nanosecond at which the object was put. Told as they are, they would say in events, tables
and letters when a reporter did what.
"""

from __future__ import annotations

from contracts.encoding import b64u, from_b64u
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from chassis.settings import Secret


class NoSuchVersion(Exception):
    """It was told of another object, by another key, or by nobody."""


class ObjectVersions:
    """AES-SIV (RFC 5297) with one key for all services; always the same for the same version, bound to its object."""

    def __init__(self, key: Secret) -> None:
        """`key`: 32 bytes, base64url."""
        self._cipher = AESSIV(from_b64u(key.reveal()))

    def told(self, bucket: str, name: str, version: str) -> str:
        return b64u(self._cipher.encrypt(version.encode(), [bucket.encode(), name.encode()]))

    def in_store(self, bucket: str, name: str, told: str) -> str:
        """What the store calls it."""
        try:
            return self._cipher.decrypt(from_b64u(told), [bucket.encode(), name.encode()]).decode()
        except (InvalidTag, ValueError):
            raise NoSuchVersion from None
