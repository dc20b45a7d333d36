"""What a service offers to be run as, and what its store refuses to save since nobody could be told of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from chassis.consume import broker
from chassis.service import must_be_tellable
from chassis.testing.toy.__main__ import SERVICE, publish
from chassis.testing.toy.domain import Page
from contracts.events import NotUnderstood, encode, example_of
from contracts.events.intake import ReportSubmitted
from contracts.sealed import Sealed
from structlog.testing import capture_logs


class _Record:
    topic, partition, offset = "wbs.intake.v1", 0, 7
    key, value, headers = b"system", b"secret", ()


def test_a_service_offers_only_what_it_has() -> None:
    assert "web" in SERVICE.commands
    assert "check" not in SERVICE.commands
    assert "web" not in replace(SERVICE, create_app=None).commands
    assert "check" in replace(SERVICE, checks="toy.checks:kinds").commands
    assert "check" in replace(SERVICE, runners={"check": "toy.check:run"}).commands


def test_a_command_that_a_service_lacks_is_a_wrong_use() -> None:
    """In a process of its own: `main` hardens the one that it is called in."""
    toy = [sys.executable, "-m", "chassis.testing.toy", "check"]
    ended = subprocess.run(toy, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "invalid choice" in ended.stderr


def test_what_readers_would_refuse_is_refused_before_it_is_saved() -> None:
    (event,) = Page.open(uuid4(), "paper", 1).collect_events()
    good = example_of(ReportSubmitted)

    must_be_tellable(publish)(event)
    must_be_tellable(lambda _: None)(event)
    must_be_tellable(lambda _: good)(event)
    with pytest.raises(NotUnderstood):
        must_be_tellable(lambda _: replace(good, receipt=Sealed("x" * 22_963)))(event)


def test_an_event_that_is_left_out_is_logged_by_its_place_alone() -> None:
    events: Sequence[Any] = Page.open(uuid4(), "paper", 1).collect_events()
    (event,) = events
    message = encode(example_of(ReportSubmitted), event.event_id, event.timestamp)
    good = type("Good", (_Record,), {"key": message.key, "value": message.value, "headers": message.headers})

    with capture_logs() as lines:
        found = list(broker.understood([_Record(), good()]))

    assert [envelope.id for envelope in found] == [event.event_id]
    (line,) = lines
    assert (line["event"], line["error"], line["offset"]) == ("event_left_out", "NotUnderstood", 7)
    assert "secret" not in str(line)
