"""Long work on hostile input: a queue in the database, check processes, and a limited child process for each job."""

from chassis.checks.child import Limits, Stopped
from chassis.checks.jobs import Job, queue
from chassis.checks.runner import MOST_ENDS, Check, CheckKind, JobNotConcluded, run_checks

__all__ = ["MOST_ENDS", "Check", "CheckKind", "Job", "JobNotConcluded", "Limits", "Stopped", "queue", "run_checks"]
