"""Nothing plain of an upload lies on a disk, in a log or a table; a large one takes no more memory than a small one."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path
from uuid import UUID

import evidence_files as files
import pytest
from chassis.testing.harness import eventually
from contracts.events.evidence import EvidenceReceived
from evidence_tools import Draft, Line

MEGABYTE = 1 << 20
SMALL, LARGE = 16 * MEGABYTE, 64 * MEGABYTE
PIECE = 4 * MEGABYTE
MOST_GROWTH = 24 * MEGABYTE  # half of what a copy of the difference would take


def places_of(line: Line) -> list[Path]:
    """Wherever a process of the system may write: its folders, logs of the tests' own processes, temporary files."""
    return [line.system.root, line.worker.folder, Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")]


def files_with(words: list[bytes], places: list[Path], since: Path, but: Path) -> set[str]:
    """Names of files changed after the file `since` that hold one of the words; not the test's own below `but`."""
    patterns = [word for each in words for word in ("-e", each.decode())]
    find = ["find", *map(str, places), "-path", str(but), "-prune", "-o", "-type", "f", "-newer", str(since)]
    command = [*find, "-exec", "grep", "-laF", *patterns, "--", "{}", "+"]
    # What vanishes while it is looked for makes `find` complain: other programs write to /tmp, too.
    found = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return set(found.stdout.splitlines())


def test_no_plain_byte_of_an_upload_lies_anywhere_afterwards(line: Line, tmp_path: Path) -> None:
    canary, inside = f"KENARI-{os.urandom(12).hex()}", f"DALAM-{os.urandom(12).hex()}"
    draft, beginning = Draft(), tmp_path / "beginning"
    beginning.touch()
    document = files.pdf(seed=50, attached=inside.encode())
    pieces = [
        line.upload(draft, files.encoded(files.picture(51), "JPEG", comment=canary.encode())),
        line.upload(draft, document + b"\n%" + canary.encode()),
        line.upload(draft, files.office(**{"canary.xml": canary.encode()})),
        line.upload(draft, files.EICAR + canary.encode()),
        line.upload(draft, (canary + "\n").encode() * 2000),
    ]
    half = UUID(line.announce(draft, 5 * MEGABYTE).headers["Location"].rpartition("/")[2])
    line.patch(draft, half, 0, canary.encode() * 100_000)
    for piece in pieces:
        line.verdict(draft, piece)

    before = files_with([canary.encode(), inside.encode()], places_of(line), beginning, tmp_path)
    line.submit(draft, *pieces)
    for piece in pieces:
        line.filed(draft, piece)
    after = files_with([canary.encode(), inside.encode()], places_of(line), beginning, tmp_path)

    assert (before, after) == (set(), set())


def test_the_search_for_plain_bytes_finds_what_lies_there(line: Line, tmp_path: Path) -> None:
    canary = f"KENARI-{os.urandom(12).hex()}"
    place, beginning = line.worker.folder / "planted", tmp_path / "beginning"
    beginning.touch()
    place.write_bytes(b"\0" * 10_000 + canary.encode())

    assert files_with([canary.encode()], places_of(line), beginning, tmp_path) == {str(place)}


def test_logs_and_tables_know_no_file_names(line: Line) -> None:
    draft, name = Draft(), f"nama-{os.urandom(8).hex()}.jpg"
    metadata = f"kind Zm90bw==,filename {base64.b64encode(name.encode()).decode()}"
    answer = line.announce(draft, 1000, **{"Upload-Metadata": metadata})

    assert answer.status_code == 201
    lines = "".join(log.read_text() for log in line.worker.folder.glob("*.log"))
    row = line.worker.rows("SELECT u::text AS row FROM held.uploads u WHERE report_id = %s", (draft.report_id,))
    assert name not in lines
    assert name not in row[0]["row"]
    assert "127.0.0.1" not in lines


def memory_of(line: Line, kind: str) -> int:
    """What the process holds now, in bytes; of `web` what its server's child holds, which does the work."""
    pid = line.hands[kind]._running[-1].process.pid
    if kind == "web":
        (pid,) = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    status = Path(f"/proc/{pid}/status").read_text()
    (held,) = (row for row in status.splitlines() if row.startswith("VmRSS"))
    return int(held.split()[1]) * 1024


@pytest.mark.parametrize("in_one_request", [True, False])
def test_a_large_upload_takes_no_more_memory_than_a_small_one(line: Line, in_one_request: bool) -> None:
    small = most_memory(line, SMALL, in_one_request)
    large = most_memory(line, LARGE, in_one_request)

    growth = {kind: large[kind] - small[kind] for kind in large}
    assert all(each < MOST_GROWTH for each in growth.values()), growth


def most_memory(line: Line, size: int, in_one_request: bool) -> dict[str, int]:
    """The most that each process held while a file of this size came in and was sealed."""
    draft, content, most = Draft(), os.urandom(size), dict.fromkeys(("web", "check"), 0)
    upload_id = UUID(line.announce(draft, size).headers["Location"].rpartition("/")[2])
    step = size if in_one_request else PIECE

    for at in range(0, size, step):
        answer = line.patch(draft, upload_id, at, Watched(line, most, content[at : at + step]))
        assert answer.status_code == 204, answer.text

    def is_received() -> bool:
        watch(line, most)
        return any(each.evidence_id == upload_id for each in line.published.of(draft.report_id, EvidenceReceived))

    assert eventually(is_received)
    return most


class Watched:
    """The bytes of a request; the service's memory is looked at as they are sent."""

    def __init__(self, line: Line, most: dict[str, int], content: bytes) -> None:
        self._line, self._most, self._content, self._at = line, most, content, 0

    def __len__(self) -> int:
        return len(self._content)

    def read(self, size: int = -1) -> bytes:
        piece = self._content[self._at : self._at + MEGABYTE]
        self._at += len(piece)
        watch(self._line, self._most)
        return piece


def watch(line: Line, most: dict[str, int]) -> None:
    for kind in most:
        most[kind] = max(most[kind], memory_of(line, kind))
