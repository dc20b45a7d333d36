"""Long work on hostile input: a queue in the database, check processes, and a limited child process for each job."""

from chassis.checks.child import Limits
from chassis.checks.jobs import Job, queue
from chassis.checks.runner import CheckKind, JobNotConcluded, run_checks

__all__ = ["CheckKind", "Job", "JobNotConcluded", "Limits", "queue", "run_checks"]
