"""What SeaweedFS's log may keep: why something failed, never which object came or went, nor exactly when."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from uuid import UUID

from wbs_local import quiet_log
from wbs_local.supervisor import SCRIPTS

OBJECT = UUID("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
EXACT = re.compile(rb"\d\d:\d\d:[0-5][1-9]|\.\d{6}")


def quiet(*lines: bytes) -> list[bytes]:
    return list(quiet_log.quiet(line + b"\n" for line in lines))


def test_what_went_well_is_not_kept_nor_what_belongs_to_it() -> None:
    kept = quiet(b"I1126 16:59:50.838252 filer.go:1] put " + str(OBJECT).encode(), b"  more of it")

    assert kept == []


def test_what_went_wrong_is_kept_to_the_hour_and_names_no_object() -> None:
    key = str(OBJECT).encode()
    lines = [
        b"W1126 16:59:50.838252 s3.go:861 /buckets/evidence-originals/" + key + b": not found",
        b"E1126 16:59:51.000001 s3.go:7 object " + key + b" at 3,01637037d6 (2026-11-26T16:59:51.1Z)",
        b"  evidence-uploads/" + key + b" again",
        b"F1126 16:59:51.000001 main.go:7 disk full " + OBJECT.hex.encode(),
    ]

    kept = quiet(*lines)

    assert [line[:11] for line in kept] == [b"W1126 16:00", b"E1126 16:00", b"  <object> ", b"F1126 16:00"]
    text = b"".join(kept)
    assert b"not found" in text
    assert b"disk full" in text
    assert key not in text
    assert OBJECT.hex.encode() not in text
    assert b"01637037d6" not in text
    assert EXACT.search(text) is None


def test_why_it_does_not_start_and_why_it_panics_is_kept() -> None:
    kept = quiet(
        b"flag provided but not defined: -x", b"I1126 16:59:50.838252 a.go:1 fine", b"panic: out of range", b"at x"
    )

    assert kept == [b"flag provided but not defined: -x\n", b"panic: out of range\n", b"at x\n"]


def test_the_program_keeps_its_process_and_its_last_words_survive_a_stop_of_the_whole_group() -> None:
    script = (
        "echo $$ >&2; trap 'echo E1126 16:59:50.838252 x.go:1 stopped >&2; exit 7' TERM; "
        "echo up >&2; while :; do read; done"
    )
    command = [str(SCRIPTS / "quietly.sh"), sys.executable, quiet_log.__file__, "bash", "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as program:
        assert program.stdout is not None
        assert int(program.stdout.readline()) == program.pid
        assert program.stdout.readline() == b"up\n"

        os.killpg(program.pid, signal.SIGTERM)
        last = program.stdout.read()

    assert last == b"E1126 16:00 x.go:1 stopped\n"
    assert program.returncode == 7


KILLS_ITS_FILTER = """
import os, signal, sys
def child(of):
    while not (found := open(f"/proc/{of}/task/{of}/children").read().split()):
        pass
    return int(found[0])
loop = child(os.getpid())
killed = child(loop)
os.kill(killed, signal.SIGKILL)
while child(loop) == killed:
    pass
for number in range(3):
    print(f"W1126 16:59:50.838252 x.go:1 {number}", file=sys.stderr, flush=True)
sys.exit(5)
"""


def test_a_filter_that_is_killed_neither_ends_the_program_nor_stays_away() -> None:
    command = [str(SCRIPTS / "quietly.sh"), sys.executable, quiet_log.__file__, sys.executable, "-c", KILLS_ITS_FILTER]

    done = subprocess.run(command, capture_output=True, check=False, timeout=30)

    assert done.returncode == 5
    assert b"x.go:1 2" in done.stdout


def test_a_filer_that_can_write_no_more_is_ended_so_that_it_is_started_again() -> None:
    """As SeaweedFS said it with a full disk; with room again it said so for ever."""
    full = (
        "E1127 07:00:00.000001 filer.go:334 request_id:1 update entry /buckets/x/y persisting /buckets/x/y : "
        "write /data/seaweedfs/filerldb2/06/000009.log: no space left on device"
    )
    script = f"echo '{full}' >&2; while :; do read; done"
    command = [str(SCRIPTS / "quietly.sh"), sys.executable, quiet_log.__file__, "bash", "-c", script]

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        told = program.stdout.read()

    assert b"no space left" in told
    assert program.returncode == -signal.SIGKILL


def test_a_volume_without_room_leaves_the_filer_alone() -> None:
    assert not quiet_log.is_stuck(b"E1127 07:00 volume.go:1 write /data/seaweedfs/7.dat: no space left on device")
