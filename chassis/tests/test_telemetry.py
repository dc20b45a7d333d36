"""What a process shows: nothing of it tells the minute of a report, and nobody reads its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter as TermCounter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from chassis.clock import Clock
from chassis.telemetry import HourlyCounter, Metrics, log, serve_health
from chassis.telemetry.logs import _counted
from prometheus_client import CollectorRegistry, generate_latest
from wbs_local.system import free_ports

from chassis import DependencyDown


@dataclass(frozen=True)
class HandClock(Clock):
    """Stands at an hour until it is moved."""

    def hour(self) -> datetime:
        return hours[-1]


hours = [datetime(2026, 5, 4, 13, tzinfo=UTC)]


def test_a_counter_that_a_report_moves_changes_when_the_hour_is_over() -> None:
    registry = CollectorRegistry()
    counter = HourlyCounter(registry, HandClock(), "wbs_reports", "Reports", ("route",))

    counter.inc("inspektorat")
    within = generate_latest(registry).decode()
    hours.append(hours[-1] + timedelta(hours=1))
    after = generate_latest(registry).decode()

    assert 'wbs_reports_total{route="inspektorat"}' not in within
    assert 'wbs_reports_total{route="inspektorat"} 1.0' in after


def test_what_a_process_uses_is_taken_once_an_hour() -> None:
    metrics = Metrics("toy", HandClock())

    before = generate_latest(metrics.registry)
    held = os.open(os.devnull, os.O_RDONLY)
    within = generate_latest(metrics.registry)
    hours.append(hours[-1] + timedelta(hours=1))
    after = generate_latest(metrics.registry)
    os.close(held)

    assert before == within
    assert after != within
    assert b"process_start_time_seconds" in within


def test_no_metric_tells_when_it_was_made_or_when_something_began_to_wait() -> None:
    metrics = Metrics("case-management", Clock())
    metrics.failures.labels("worker", "ValueError").inc()
    metrics.relay_waiting.begin()
    metrics.consumer_waiting.begin()

    shown = generate_latest(metrics.registry).decode()

    assert "_created" not in shown
    assert "wbs_case_management_relay_waiting_seconds 0.0" in shown
    assert "wbs_case_management_consumer_waiting_seconds 0.0" in shown
    assert 'wbs_case_management_failures_total{error="ValueError",where="worker"} 1.0' in shown


def test_each_error_that_is_logged_is_counted_by_its_name() -> None:
    before = _error_lines()
    with structlog.testing.capture_logs(processors=[_counted]):
        for _ in range(2):
            log.error("evidence_key_missing", evidence_id="e1")
        log.warning("waiting_for", what="kafka")

    assert _error_lines() - before == {"evidence_key_missing": 2}


def _error_lines() -> TermCounter[str]:
    families = Metrics("toy", Clock()).registry.collect()
    samples = (sample for family in families for sample in family.samples)
    counted = {each.labels["event"]: int(each.value) for each in samples if each.name == "wbs_toy_error_lines_total"}
    return TermCounter(counted)


@pytest.fixture
def port() -> Iterator[int]:
    (number,) = free_ports(["health"]).values()
    checks = {"postgres": _answers, "openbao": _down, "kafka": _refused}
    stop = serve_health("127.0.0.1", number, Metrics("toy", Clock()).registry, checks)
    yield number
    stop()


def _answers() -> None:
    return None


def _down() -> None:
    raise DependencyDown("openbao")


def _refused() -> None:
    raise ConnectionRefusedError


def test_a_process_says_that_it_lives_and_what_it_misses(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as alive:
        assert json.load(alive) == {"status": "alive"}
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz")
    assert caught.value.code == 503
    assert int(caught.value.headers["Retry-After"]) > 0
    assert json.load(caught.value) == {"down": ["openbao", "kafka"]}
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as metrics:
        assert b"wbs_toy_dead_letters" in metrics.read()


LOGGING = """
import logging
from datetime import UTC, datetime
from chassis.clock import Clock
from chassis.telemetry import configure_logs, harden_process, log
class Ancient(Clock):
    def hour(self):
        return datetime(2001, 1, 1, 5, tzinfo=UTC)
harden_process()
configure_logs("intake", "web", Ancient())
log.info("worker_started")
log.info("handled", report_id="r1")
log.warning("parked", report_id="r1")
log.warning("waiting_for", what="kafka")
try:
    raise ValueError("Budi told us")
except ValueError as error:
    log.error("failed", exc_info=error)
    logging.getLogger("some.library").exception("about Budi")
import ctypes, resource
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_log_lines_hold_ids_and_classes_and_only_a_process_s_life_is_told_to_the_second() -> None:
    """Whatever else goes wrong goes wrong because of somebody's report: a line's number keeps the order."""
    out = subprocess.run([sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True).stdout
    *lines, hardened = out.splitlines()
    told = [json.loads(line) for line in lines]

    assert "Budi" not in out
    assert [line["event"] for line in told] == [
        "worker_started",
        "handled",
        "parked",
        "waiting_for",
        "failed",
        "library_warning",
    ]
    assert [line["line"] for line in told] == [1, 2, 3, 4, 5, 6]
    assert {line["time"] for line in told[1:]} == {"2001-01-01T05:00:00+00:00"}
    assert datetime.now(UTC) - datetime.fromisoformat(told[0]["time"]) < timedelta(hours=1)
    assert told[4]["error"] == "ValueError"
    assert told[5]["logger"] == "some.library"
    assert hardened == "0 (0, 0)"
