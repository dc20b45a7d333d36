"""Signatures by keys that OpenBao holds, and what these keys are called."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, TypeAlias

from contracts.encoding import from_b64u
from contracts.key_pairs import RemoteSigner

Read: TypeAlias = Callable[[str], dict[str, Any]]
Write: TypeAlias = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def plain_kid(key: str, version: int) -> str:
    return f"{key}:v{version}"


def staff_kid(role: str, version: int) -> str:
    """Unlike `super-admin:v1`, which letters are sealed to: in the key set a kid stands once."""
    return f"{role}:sig-v{version}"


def newest_version(read: Read, mount: str, key: str) -> int:
    return int(read(f"{mount}/keys/{key}")["latest_version"])


def signer(write: Write, mount: str, key: str, version: int, kid: str) -> RemoteSigner:
    """With a stated version, which the signed header names: a rotation in between changes nothing."""
    path = f"{mount}/sign/{key}/sha2-256"
    return RemoteSigner(kid, lambda message: signature_of(write, path, message, version))


def signature_of(write: Write, path: str, message: bytes, version: int) -> bytes:
    """ES256 as a JWS carries it. OpenBao is sent the digest alone: its memory keeps what it was sent for a while, and a
    message may hold an identity."""
    digest = base64.b64encode(sha256(message).digest()).decode()
    data = {"input": digest, "prehashed": "true", "marshaling_algorithm": "jws", "key_version": version}
    return from_b64u(str(write(path, data)["signature"]).rpartition(":")[2])
