"""What a process shows of itself: JSON logs, metrics, health; and what it hides from others on the same machine."""

from chassis.telemetry.alarms import Unreadable
from chassis.telemetry.health import Check, serve_health
from chassis.telemetry.logs import configure_logs, log
from chassis.telemetry.metrics import Hourly, HourlyCounter, Metrics
from chassis.telemetry.process import end_with_parent, harden_process

__all__ = [
    "Check",
    "Hourly",
    "HourlyCounter",
    "Metrics",
    "Unreadable",
    "configure_logs",
    "end_with_parent",
    "harden_process",
    "log",
    "serve_health",
]
