"""`quiet_log.py PID`: passes on of SeaweedFS's log what may be kept, and ends it (PID) where only another start helps.

Kept are warnings, errors and panics, to the hour and without the names of objects: `weed` has no level, and its INFO
lines name each object that comes or goes, with the microsecond.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress

# [IWEF]mmdd hh:mm:ss.uuuuuu file.go:line] text
_HEADER = re.compile(rb"([IWEF]\d{4} \d\d):\d\d:\d\d\.\d+ ")
_PANIC = re.compile(rb"panic:|fatal error:|runtime error|goroutine |SIG[A-Z]+:")
_EXACT_TIME = re.compile(rb"(?<!\d)(\d\d):\d\d:\d\d(?:\.\d+)?")
_NAMES = (
    re.compile(rb"/?(?:buckets|evidence-[a-z]+)/[^\s\"',\])}]+"),  # where objects lie
    re.compile(rb"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"),  # UUIDs; MD5s
    re.compile(rb"\b\d+,[0-9a-fA-F]{9,}\b"),  # file ids: volume, key and cookie
)
_NAMELESS = b"<object>"
# The filer's database (goleveldb) takes no write any more after one has failed, however much room there is later.
_STUCK = re.compile(rb"/filerldb2/.*no space left on device")


def quiet(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A line without a header goes with the one before it; the first ones say why the program doesn't start."""
    passes = True
    for line in lines:
        header = _HEADER.match(line)
        if header:
            passes = header[1][:1] != b"I"
            line = header[1] + b":00 " + line[header.end() :]
        elif _PANIC.match(line):
            passes = True
        if passes:
            yield _without_names(line)


def _without_names(line: bytes) -> bytes:
    for pattern in _NAMES:
        line = pattern.sub(_NAMELESS, line)
    return _EXACT_TIME.sub(rb"\1:00", line)


def is_stuck(line: bytes) -> bool:
    return _STUCK.search(line) is not None


def main(pid: int) -> None:
    """Until its input ends: the program that writes to us would end with us, and it may still have something to say."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    for line in quiet(sys.stdin.buffer):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        if is_stuck(line):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # it loses nothing by that; the supervisor starts it again


if __name__ == "__main__":
    main(int(sys.argv[1]))
