"""The jobs that check processes do for a piece; each is about one upload and safe to repeat."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from uuid import UUID

from chassis.checks import Job, queue
from chassis.store import Statement

from evidence.held import Upload

FINISH = "finish"  # seal a whole upload to one object
CHECK = "check"  # scan it, find its type, make a clean copy
FILE = "file"  # lock what the report names, and seal its keys to their readers

QUICK = (FILE, FINISH)
LONG = (CHECK,)


def about(upload: Upload) -> Mapping[str, str]:
    return {"report_id": str(upload.report_id), "evidence_id": str(upload.id)}


def report_id(job: Job) -> UUID:
    return UUID(job.input["report_id"])


def evidence_id(job: Job) -> UUID:
    return UUID(job.input["evidence_id"])


def queue_check(report: UUID, evidence: UUID) -> Statement:
    return queue(CHECK, uuid.uuid5(evidence, CHECK), _about(report, evidence))


def queue_filing(report: UUID, evidence: UUID, what: str) -> Statement:
    """`what`: the filing of the original and that of a copy that comes later are two jobs."""
    return queue(FILE, uuid.uuid5(evidence, what), _about(report, evidence))


def _about(report: UUID, evidence: UUID) -> Mapping[str, str]:
    return {"report_id": str(report), "evidence_id": str(evidence)}
