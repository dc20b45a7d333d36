"""Every time that some bytes tell, however it is written, and every UUID that holds one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

_ISO = re.compile(rb"20\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?")
_EPOCH = re.compile(rb"(?<![\w.-])1[789]\d{8}(?:\d{3}|\d{6}|\d{9}|\.\d+)?(?![\w.-])")
_HEX = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Fa-f]{16,63}(?![0-9A-Za-z])")  # 64 digits are a SHA-256
_HTTP = re.compile(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} 20\d\d [0-2]\d:[0-5]\d:\d\d GMT")
_TOKEN_PART = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}|(?<=\.)[A-Za-z0-9_-]{8,}")
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NEAR = timedelta(days=1)  # a number of ten digits that is no time of today is something else
NEARER = timedelta(hours=2)  # of what is mostly random
LAST = (1 << 63) - 1  # SeaweedFS's versions count down from here, so that the newest is listed first
TIMELESS = (4, 5, None)  # versions of UUIDs that hold no time; None: other variants, as the nil UUID


def times_in(content: bytes) -> Iterator[datetime]:
    """ISO 8601, HTTP's dates (RFC 9110), seconds to nanoseconds since 1970 (also as the first sixteen hexadecimal
    digits, counted up or down), and what stands in tokens (JWS and JWE in base64url)."""
    for found in _ISO.findall(content):
        yield datetime.fromisoformat(_with_zone(found.decode())).astimezone(UTC)
    for found in _HTTP.findall(content):
        yield parsedate_to_datetime(found.decode())
    for found in _EPOCH.findall(content):
        moment = _from_epoch(float(found))
        if _is_near(moment, NEAR):
            yield moment
    for found in _HEX.findall(content):
        first = int(found[:16], 16)
        yield from (each for each in map(_from_nanoseconds, (first, LAST - first)) if _is_near(each, NEARER))
    for part in _TOKEN_PART.findall(content):
        with suppress(binascii.Error, ValueError):
            yield from times_in(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


def timed_uuids_in(content: bytes) -> set[UUID]:
    found = {UUID(each.decode()) for each in _UUID.findall(content)}
    return {each for each in found if each.version not in TIMELESS}


def is_whole(moment: datetime, grain: int) -> bool:
    return moment.microsecond == 0 and int(moment.timestamp()) % grain == 0


def _is_near(moment: datetime, span: timedelta) -> bool:
    return abs(moment - datetime.now(UTC)) < span


def _with_zone(text: str) -> str:
    return text if re.search(r"(Z|[+-]\d\d(:?\d\d)?)$", text[10:]) else text + "+00:00"


def _from_epoch(number: float) -> datetime:
    while number > 1e11:
        number /= 1000
    return datetime.fromtimestamp(number, UTC)


def _from_nanoseconds(number: int) -> datetime:
    """1970 for what no date can tell."""
    return datetime.fromtimestamp(number / 1e9 if 0 < number <= LAST else 0, UTC)
