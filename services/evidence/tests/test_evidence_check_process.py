"""The check process: what ends its sandbox each time is given up, what ends the process itself is taken over."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import evidence_files as files
import pytest
from chassis.testing.harness import ServiceUnderTest, eventually
from clamd_double import clamd_that_says
from contracts.events.evidence import EvidenceQuarantined
from contracts.vocabulary import QuarantineReason
from evidence_tools import Draft, Line
from wbs_local.parts import seaweedfs
from wbs_local.system import free_ports

# Without those that are put off for an hour.
WAITING = """
    SELECT 1 FROM held.jobs
    WHERE kind = 'check' AND (leased_until IS NULL OR leased_until < clock_timestamp() + interval '10 minutes')
"""


@pytest.fixture
def no_check(line: Line) -> Line:
    """The line, with its check process stopped, once it has no check of another module left; started again
    afterwards."""
    eventually(lambda: not line.worker.rows(WAITING), 240)
    assert line.check._running[-1].stop() == 0
    yield line
    if line.check._running[-1].process.poll() is not None:
        line.start("check")


def wait_for_attempt(line: Line, evidence_id: UUID) -> None:
    """Until the check of the piece is in hand."""
    job = "SELECT 1 FROM held.jobs WHERE kind = 'check' AND input->>'evidence_id' = %s AND attempts > 0"
    eventually(lambda: line.worker.rows(job, (str(evidence_id),)))


def attempts(line: Line, evidence_id: UUID) -> int:
    (row,) = line.worker.rows("SELECT attempts FROM held.jobs WHERE input->>'evidence_id' = %s", (str(evidence_id),))
    return int(row["attempts"])


def test_a_file_that_ends_its_sandbox_three_times_is_quarantined(no_check: Line) -> None:
    line, draft = no_check, Draft()
    hasty = replace(line.check, environment={**line.check.environment, "WBS_CHECK_SECONDS": "1"})
    evidence_id = line.upload(draft, files.pdf(seed=70, pages=300))

    running = hasty.start("check")
    verdict = line.verdict(draft, evidence_id)
    code = running.stop()

    assert verdict is QuarantineReason.CHECK_FAILED
    assert running.lines.count("sandbox_ended") == 3
    assert code == 0


def with_scanner_at(line: Line, port: int) -> ServiceUnderTest:
    """The check process, with another clamd."""
    there = {"WBS_CLAMAV_HOST": "127.0.0.1", "WBS_CLAMAV_PORT": str(port)}
    return replace(line.check, environment={**line.check.environment, **there})


def test_a_file_that_the_scanner_fails_on_three_times_is_quarantined_and_filed(no_check: Line) -> None:
    line, draft = no_check, Draft()
    evidence_id = line.upload(draft, files.photo(73))

    with clamd_that_says("stream: Can't allocate memory ERROR") as clamd:
        running = with_scanner_at(line, clamd.port).start("check")
        verdict = line.verdict(draft, evidence_id)
        line.submit(draft, evidence_id)
        filed = line.filed(draft, evidence_id)
        code = running.stop()

    assert verdict is QuarantineReason.CHECK_FAILED
    assert filed.evidence_id == evidence_id
    assert running.lines.count("scan_failed") == 3
    assert code == 0


def test_filing_goes_on_while_the_scanner_is_down_and_checks_follow_when_it_is_back(no_check: Line) -> None:
    line, draft, port = no_check, Draft(), free_ports(("clamav",))["clamav"]
    running = with_scanner_at(line, port).start("check")
    first = line.upload(draft, files.photo(74))
    eventually(lambda: "check_waits" in running.lines)

    second = line.upload(draft, files.photo(75))
    line.submit(draft, first, second)
    filed = [line.filed(draft, each).evidence_id for each in (first, second)]
    with clamd_that_says("stream: OK", port):
        verdicts = [line.verdict(draft, each) for each in (first, second)]
        copies = [line.copy_filed(draft, each).evidence_id for each in (first, second)]
        code = running.stop()

    assert filed == copies == [first, second]
    assert verdicts == [None, None]
    assert "scan_failed" not in running.lines
    assert code == 0


def test_a_check_that_stumbles_each_time_has_an_end_and_does_not_stop_the_process(no_check: Line) -> None:
    line, draft, port = no_check, Draft(), free_ports(("clamav",))["clamav"]
    running = with_scanner_at(line, port).start("check")
    evidence_id = line.upload(draft, files.photo(76))
    eventually(lambda: "check_waits" in running.lines)
    seaweedfs_remove(line, "evidence-originals", str(evidence_id))

    with clamd_that_says("stream: OK", port):
        eventually(lambda: hurry(line, evidence_id) or line.published.of(draft.report_id, EvidenceQuarantined))
        verdict, is_running = line.verdict(draft, evidence_id), running.process.poll() is None
        code = running.stop()

    assert verdict is QuarantineReason.CHECK_FAILED
    assert is_running
    assert running.lines.count("job_put_off") == 3
    assert code == 0


def seaweedfs_remove(line: Line, bucket: str, name: str) -> None:
    """As if the store had lost it."""
    ops = seaweedfs.connect(line.system, seaweedfs.OPS)
    for each in list(ops.list_objects(bucket, name, include_version=True)):
        ops.remove_object(bucket, each.object_name, each.version_id)


def hurry(line: Line, evidence_id: UUID) -> None:
    """As if the time that the job was put off for were over."""
    over = "UPDATE held.jobs SET leased_until = now() WHERE kind = 'check' AND input->>'evidence_id' = %s RETURNING 1"
    line.worker.rows(over, (str(evidence_id),))


def test_a_stop_in_the_middle_of_a_check_gives_it_back_uncounted(no_check: Line) -> None:
    line, draft = no_check, Draft()
    line.start("check")
    evidence_id = line.upload(draft, files.pdf(seed=71, pages=400))

    wait_for_attempt(line, evidence_id)
    code = line.check._running[-1].stop()
    counted = attempts(line, evidence_id)
    line.start("check")

    assert (code, counted) == (0, 0)
    assert line.verdict(draft, evidence_id) is None


def test_a_check_whose_process_was_killed_is_taken_over(no_check: Line) -> None:
    line, draft = no_check, Draft()
    line.start("check")
    evidence_id = line.upload(draft, files.pdf(seed=72, pages=60))

    wait_for_attempt(line, evidence_id)
    line.check._running[-1].process.kill()
    line.check._running[-1].process.wait()
    line.check._running.pop()
    counted = attempts(line, evidence_id)
    line.worker.rows("UPDATE held.jobs SET leased_until = now() RETURNING 1")  # as if the lease had run out
    line.start("check")

    assert counted == 1
    assert line.verdict(draft, evidence_id) is None
    assert len(line.objects("evidence-copies", str(evidence_id))) == 1
