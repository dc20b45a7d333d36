"""A whole system of its own to break, and the stream of reports that goes on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina
from breaking import REPORTS, Broken
from hands import Hands
from heard import Ear
from ledger import Ledger
from stream import Stream
from wbs_local import launch
from wbs_local.testing import GRAIN_S, await_keys


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    made = launch.make_system(tmp_path_factory.mktemp("broken"), grain=GRAIN_S)
    stamina.instrumentation.set_on_retry_hooks(())
    with launch.parts_running(made) as running, pytest.MonkeyPatch.context() as patch:
        running.hold_ceremony()
        running.start_services()
        (_, keys), ear = await_keys(made), Ear(patch)
        stream = Stream(f"http://{made.host}:{made.ports['intake']}", keys, REPORTS)
        stream.start()
        yield Broken(running, Hands(running), ear, stream, keys)


@pytest.fixture(scope="module")
def ledger(broken: Broken) -> Iterator[Ledger]:
    """Not before everything runs again: its own connection to Kafka is not what is tried."""
    opened = Ledger(broken.running.system)
    yield opened
    opened.close()
