"""The configuration as promtool and amtool read it, and each alert at the moment it has to fire."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import ProcessCollector

MONITORING = Path(__file__).parents[1]
RULES = MONITORING / "rules.yml"
TESTS = MONITORING / "tests/rules_test.yml"


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_alert_fires_when_it_has_to_and_not_before() -> None:
    run("promtool", "test", "rules", TESTS)


def test_each_alert_is_tried_firing_and_silent() -> None:
    rules = yaml.safe_load(RULES.read_text())
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
    tried = [each for case in yaml.safe_load(TESTS.read_text())["tests"] for each in case["alert_rule_test"]]

    assert {each["alertname"] for each in tried if each["exp_alerts"]} == alerts
    assert {each["alertname"] for each in tried if not each["exp_alerts"]} == alerts


def test_prometheus_understands_its_configuration(tmp_path: Path) -> None:
    for name in ("prometheus.yml", "rules.yml"):
        shutil.copy(MONITORING / name, tmp_path)
    (tmp_path / "alertmanager_password").write_text("invented")
    (tmp_path / "targets").mkdir()
    for name in ("processes", "alertmanager"):
        (tmp_path / f"targets/{name}.json").write_text(json.dumps([{"targets": ["127.0.0.1:1"]}]))

    assert "WARNING" not in run("promtool", "check", "config", "--lint-fatal", tmp_path / "prometheus.yml")


@pytest.mark.parametrize(("severity", "receiver"), [("page", "call"), ("ticket", "inbox")])
def test_alertmanager_routes_by_severity(severity: str, receiver: str) -> None:
    configuration = f"--config.file={MONITORING / 'alertmanager.yml'}"

    run("amtool", "check-config", MONITORING / "alertmanager.yml")

    assert run("amtool", "config", "routes", "test", configuration, f"severity={severity}").strip() == receiver


@pytest.mark.parametrize(
    "name",
    [
        "kafka_server_replicafetchermanager",
        "vault_core_handle_request_count",
        "wbs",
        *(each.name for each in ProcessCollector(registry=None).collect() if each.name != "process_start_time_seconds"),
        "process_cpu_seconds_total",
        "python_info",
    ],
)
def test_only_names_on_the_allow_list_are_kept(name: str) -> None:
    (job,) = yaml.safe_load((MONITORING / "prometheus.yml").read_text())["scrape_configs"]
    (keep,) = job["metric_relabel_configs"]

    assert keep["action"] == "keep"
    assert not re.fullmatch(keep["regex"], name)
    assert all(re.fullmatch(keep["regex"], kept) for kept in ("wbs_intake_dead_letters", "process_start_time_seconds"))
