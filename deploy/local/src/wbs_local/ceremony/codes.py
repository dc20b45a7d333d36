"""One-time codes by time (RFC 6238) for the local system's people. OpenBao takes each once: none is given out twice."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pyotp

# OpenBao takes those of one step before and after too (`skew` in deploy/walls/openbao.toml).
ANY = (0, 1, -1)
LASTING = (0, 1)  # good for half a minute at least: for people, who read and type

Given = dict[str, list[int]]  # steps by enrolment


class Codes:
    """`record`: a file where every process of a system notes which codes were given out; made when it is needed."""

    def __init__(self, record: Path) -> None:
        self._record = record

    def unused(self, otpauth_url: str, steps: tuple[int, ...] = ANY) -> str:
        """A code that is good now, of one of the `steps` from now (30 s each). Waits where all of them are used up."""
        totp = pyotp.parse_uri(otpauth_url)
        if not isinstance(totp, pyotp.TOTP):
            raise TypeError("not an enrolment for codes by time")
        while True:
            now = int(time.time()) // totp.interval
            step = self._take(sha256(otpauth_url.encode()).hexdigest(), [now + each for each in steps], now)
            if step is not None:
                return totp.generate_otp(step)
            time.sleep(totp.interval - time.time() % totp.interval)

    def _take(self, enrolment: str, wanted: list[int], now: int) -> int | None:
        with self._noted() as given:
            used = given.get(enrolment, [])
            step = next((each for each in wanted if each not in used), None)
            given[enrolment] = [each for each in (*used, step) if each is not None and each >= now - 1]
        return step

    @contextmanager
    def _noted(self) -> Iterator[Given]:
        """What was given out, for one at a time; what is changed is kept."""
        self._record.touch(mode=0o600)
        with self._record.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            given: Given = json.loads(file.read() or "{}")
            yield given
            file.seek(0)
            file.truncate()
            json.dump(given, file)
