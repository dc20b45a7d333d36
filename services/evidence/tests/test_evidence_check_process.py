"""The check process: what ends its sandbox each time is given up, what ends the process itself is taken over."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import evidence_files as files
import pytest
from chassis.testing.harness import eventually
from contracts.vocabulary import QuarantineReason
from evidence_tools import Draft, Line


@pytest.fixture
def no_check(line: Line) -> Line:
    """The line, with its check process stopped; started again afterwards."""
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


def test_a_stop_in_the_middle_of_a_check_gives_it_back_uncounted(no_check: Line) -> None:
    line, draft = no_check, Draft()
    line.start("check")
    evidence_id = line.upload(draft, files.pdf(seed=71, pages=60))

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
