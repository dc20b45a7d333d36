"""kpk-forwarder on the tests' real parts: its processes run while a module's tests do, and so does a KPK."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from chassis.testing.harness import ServiceUnderTest
from forwarder_tools import Line
from wbs_local.system import System


@pytest.fixture(scope="module")
def line(
    system: System,
    service_under_test: Callable[[str], ServiceUnderTest],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Line]:
    line = Line(system, service_under_test("kpk-forwarder"), tmp_path_factory.mktemp("kpk"))
    line.start("worker")
    line.start("send")
    yield line
    line.published.stop()
    hands = {"worker": line.worker, "send": line.send}
    codes = {name: each._running[-1].stop() for name, each in hands.items()}
    for each in hands.values():
        each.kill_all()
    line.kpk.stop()
    assert set(codes.values()) == {0}, codes
