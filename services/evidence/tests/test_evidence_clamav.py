"""What ClamAV's daemon answers, and whose fault it is when it doesn't: the content's, or nobody's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.testing.harness import eventually
from clamd_double import CLOSES, SILENT, clamd_that_says
from contracts.vocabulary import QuarantineReason
from evidence.clamav import Clamav, ClamavDown, ScanFailed
from wbs_local.system import free_ports

# clamav-client leaves the socket of a failed connection to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
CONTENT = [b"x" * 100_000] * 20


def scan(answer: str, timeout: float = 30) -> QuarantineReason | None:
    with clamd_that_says(answer) as server:
        return Clamav("127.0.0.1", server.port, timeout).find_fault(iter(CONTENT))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("stream: OK", None),
        ("stream: Eicar-Test-Signature.UNOFFICIAL FOUND", QuarantineReason.INFECTED),
        ("stream: Heuristics.Encrypted.Zip FOUND", QuarantineReason.ENCRYPTED),
        ("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", QuarantineReason.TOO_LARGE),
        ("INSTREAM size limit exceeded. ERROR", QuarantineReason.TOO_LARGE),
    ],
)
def test_an_answer_is_a_verdict(answer: str, fault: QuarantineReason | None) -> None:
    assert scan(answer) is fault


@pytest.mark.parametrize("answer", ["stream: Can't allocate memory ERROR", "", "what?", CLOSES])
def test_a_daemon_that_answers_and_fails_on_a_content_counts_it_against_the_content(answer: str) -> None:
    with pytest.raises(ScanFailed):
        scan(answer)


def test_a_content_that_silences_the_scan_counts_too() -> None:
    with pytest.raises(ScanFailed):
        scan(SILENT, timeout=0.5)


def test_a_daemon_that_is_down_is_nobodys_fault_and_nothing_is_read_for_it() -> None:
    read: list[bytes] = []

    with pytest.raises(ClamavDown):
        Clamav("127.0.0.1", free_ports(("clamav",))["clamav"]).find_fault(each for each in CONTENT if read.append(each))

    assert read == []


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[tuple[Clamav, subprocess.Popen[bytes]]]:
    """A real one, with one signature that nothing matches."""
    port = free_ports(("clamav",))["clamav"]
    (tmp_path / "test.ndb").write_text("Nothing-Matches:0:*:" + "00ff" * 16 + "\n")
    settings = {"DatabaseDirectory": tmp_path, "TCPSocket": port, "TCPAddr": "127.0.0.1", "Foreground": "yes"}
    (tmp_path / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    command = ["/usr/sbin/clamd", f"--config-file={tmp_path / 'clamd.conf'}"]
    clamav = Clamav("127.0.0.1", port)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as daemon:
        try:
            eventually(lambda: is_up(clamav))
            yield clamav, daemon
        finally:
            daemon.kill()


def is_up(clamav: Clamav) -> bool:
    try:
        return clamav.find_fault(iter(CONTENT)) is None
    except ClamavDown:
        return False


def test_a_real_daemon_that_dies_of_a_content_counts_it_once_and_is_waited_for_then(
    clamd: tuple[Clamav, subprocess.Popen[bytes]],
) -> None:
    clamav, daemon = clamd

    def deadly() -> Iterator[bytes]:
        yield b"x" * 1000
        daemon.kill()
        daemon.wait()
        yield from CONTENT

    before = clamav.find_fault(iter(CONTENT))
    with pytest.raises(ScanFailed):
        clamav.find_fault(deadly())
    with pytest.raises(ClamavDown):
        clamav.find_fault(iter(CONTENT))

    assert before is None
