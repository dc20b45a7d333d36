"""evidence on the tests' real parts: its three processes run while a module's tests do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chassis.testing.harness import ServiceUnderTest
from evidence_tools import KINDS, Line, make_hands
from wbs_local.system import System


@pytest.fixture(scope="module")
def line(
    system: System,
    service_under_test: Callable[[str], ServiceUnderTest],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Line]:
    folder = Path(tmp_path_factory.mktemp("evidence"))
    line = Line(system, make_hands(system, service_under_test("evidence"), folder))
    for kind in KINDS:
        line.start(kind)
    yield line
    line.published.stop()
    codes = {kind: [each.stop() for each in line.hands[kind]._running] for kind in KINDS}
    assert {code for each in codes.values() for code in each} == {0}, codes
