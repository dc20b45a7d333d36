"""Both ends as they were built apart: what kpk-forwarder sends, KPK's stand-in takes, and signs for."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from chassis.testing.harness import ServiceUnderTest, eventually
from contracts.events.evidence import EvidenceQuarantined
from contracts.events.forwarding import DeliveryFailed, ReportDelivered
from contracts.vocabulary import ParcelKind, QuarantineReason, Route
from forwarder_tools import Line, Reporter, file_of
from wbs_local import services
from wbs_local.parts import kpk_sandbox
from wbs_local.system import System

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def sandbox(system: System) -> Iterator[None]:
    program = kpk_sandbox.prepare(system)
    system.data_of(kpk_sandbox.NAME).mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(program.command, env={**os.environ, **program.environment}) as process:
        try:
            eventually(lambda: _listens(system) or process.poll() is not None)
            yield
        finally:
            process.terminate()


def _listens(system: System) -> bool:
    try:
        socket.create_connection((system.host, system.ports["kpk_sandbox"]), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def line(
    system: System,
    sandbox: None,
    service_under_test: Callable[[str], ServiceUnderTest],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Line]:
    line = Line(system, service_under_test("kpk-forwarder"), tmp_path_factory.mktemp("both"))
    line.send = replace(line.send, environment=services.environment(system, "kpk-forwarder-send"))
    line.start("worker")
    line.start("send")
    yield line
    line.published.stop()
    codes = [hands._running[-1].stop() for hands in (line.worker, line.send)]
    line.kpk.stop()
    assert codes == [0, 0]


@pytest.mark.parametrize("route", Route)
def test_a_report_gets_to_kpks_stand_in_whole(line: Line, route: Route) -> None:
    reporter, piece = Reporter(route=route), uuid4()
    line.tell(line.submission(reporter, piece))
    line.tell(line.identity(reporter, file_of(3000)))
    line.tell(line.original(reporter, piece, file_of(9 * MEGABYTE)))
    line.tell(line.copy(reporter, piece, file_of(2 * MEGABYTE)))
    line.tell(line.message(reporter, "Ada lagi."))
    line.tell(
        EvidenceQuarantined(
            report_id=reporter.report_id, route=route, evidence_id=piece, reason=QuarantineReason.DUPLICATE
        )
    )
    if route is Route.INSPEKTORAT:
        line.approve(reporter)

    delivered = eventually(
        lambda: each if len(each := line.published.of(reporter.report_id, ReportDelivered)) == len(ParcelKind) else None
    )

    assert {each.parcel for each in delivered} == set(ParcelKind)
    assert delivered[-1].complete
    assert len({each.kpk_reference for each in delivered}) == 1
    assert line.published.of(reporter.report_id, DeliveryFailed) == []
