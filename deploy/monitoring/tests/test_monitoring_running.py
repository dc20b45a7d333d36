"""Prometheus and Alertmanager in a whole system: all processes are watched, and nothing else is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from chassis.testing.harness import eventually
from wbs_local import services
from wbs_local.launch import Running
from wbs_local.parts import web_sign_in

STOPPED = "kpk-forwarder-worker"  # nobody waits for it in a test
ALLOWED = r"wbs_.+|up|process_start_time_seconds|scrape_.+|ALERTS.*"
PATIENCE_S = 200  # a minute of being down comes first


def ask(running: Running, part: str, path: str, **parameters: str) -> Any:
    address = f"http://{running.system.host}:{running.system.ports[part]}"
    operator = (web_sign_in.OPERATOR, web_sign_in.operators_password(running.system))
    answer = requests.get(f"{address}{path}", params=parameters, auth=operator, timeout=30)
    answer.raise_for_status()
    return answer.json()


def query(running: Running, expression: str) -> dict[str, float]:
    """The value for each process."""
    found = ask(running, "prometheus", "/api/v1/query", query=expression)["data"]["result"]
    return {each["metric"].get("process", ""): float(each["value"][1]) for each in found}


def processes() -> set[str]:
    return {process for service in services.PROCESSES for process in services.processes_of(service)}


@pytest.fixture
def stopped(running: Running) -> Iterator[str]:
    """A process that is down, up again afterwards."""
    running.supervisor.ask("stop", STOPPED)
    yield STOPPED
    running.supervisor.ask("start", STOPPED)
    eventually(lambda: query(running, f'up{{process="{STOPPED}"}}') == {STOPPED: 1.0})


@pytest.mark.parametrize(
    ("part", "path"), [("prometheus", "/api/v1/query?query=up"), ("alertmanager", "/api/v2/alerts")]
)
def test_nobody_is_told_anything_without_the_operators_sign_in(running: Running, part: str, path: str) -> None:
    address = f"http://{running.system.host}:{running.system.ports[part]}{path}"
    other = (web_sign_in.OPERATOR, "guessed")

    assert [requests.get(address, auth=auth, timeout=30).status_code for auth in (None, other)] == [401, 401]
    assert ask(running, part, path) is not None


def test_every_process_is_watched_and_up(running: Running) -> None:
    up = eventually(lambda: (seen := query(running, "up")) and set(seen.values()) == {1.0} and seen)

    assert set(up) == processes()


def test_prometheus_knows_no_other_names_than_those_allowed(running: Running) -> None:
    eventually(lambda: set(query(running, "up")) == processes())

    names = ask(running, "prometheus", "/api/v1/label/__name__/values")["data"]

    assert "wbs_intake_dead_letters" in names
    assert [name for name in names if not re.fullmatch(ALLOWED, name)] == []


def test_a_process_that_is_down_is_an_alert_that_reaches_alertmanager(running: Running, stopped: str) -> None:
    (rule,) = [
        rule
        for group in ask(running, "prometheus", "/api/v1/rules")["data"]["groups"]
        for rule in group["rules"]
        if rule["name"] == "ProcessDown"
    ]
    down = eventually(lambda: query(running, rule["query"]))

    alerts = eventually(lambda: ask(running, "alertmanager", "/api/v2/alerts"), patience=PATIENCE_S)

    assert set(down) == {stopped}
    assert {each["labels"]["alertname"] for each in alerts} == {"ProcessDown"}
    assert {receiver["name"] for each in alerts for receiver in each["receivers"]} == {"call"}
    assert {each["labels"]["process"] for each in alerts} == {stopped}
