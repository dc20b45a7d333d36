"""Bytes and text as both languages write them: base64url, canonical JSON, JSON read strictly, padded lengths."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

SMALLEST_PADDED = 1024
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def b64u(data: bytes) -> str:
    """Encode as base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64u(text: str) -> bytes:
    """Decode base64url without padding; ValueError for any other character, padding or a second spelling."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if b64u(data) != text:  # unused bits set: the same bytes spelt another way would change a hash
        raise ValueError("not canonical base64url")
    return data


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def canonical(value: Any) -> bytes:
    """Serialise by RFC 8785, for what we use of JSON: ASCII member names, strings, integers, booleans, null, lists.

    Floats are refused (TypeError): their canonical form is the hard part of RFC 8785 and nothing here needs one.
    """
    try:
        _refuse_what_is_not_ours(value)
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse_what_is_not_ours(value: Any) -> None:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if not (isinstance(name, str) and name.isascii()):
                raise TypeError("canonical JSON here has ASCII member names only")
            _refuse_what_is_not_ours(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _refuse_what_is_not_ours(member)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"no canonical JSON for {type(value).__name__}")


def strict_json(data: bytes | str) -> Any:
    """Parse JSON; ValueError also for a member named twice (two readers could take two different ones) and NaN."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a member stands twice")
        return found

    def constant(_: str) -> None:
        raise ValueError("not JSON")

    try:
        return json.loads(data, object_pairs_hook=members, parse_constant=constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def padded_length(length: int) -> int:
    """Give the Padmé length (Nikitin et al., PURBs, 2019, section 4): at most 12 % more, few classes of size."""
    length = max(length, SMALLEST_PADDED)
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask
