"""A whole system of its own to break, and the stream of reports that goes on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina
from breaking import REPORTS, Broken
from hands import Hands, until
from heard import Ear
from ledger import Ledger
from stream import Stream
from wbs_client import PublicApi, fetch_keys
from wbs_local import launch
from wbs_local.testing import GRAIN_S


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    made = launch.make_system(tmp_path_factory.mktemp("broken"), grain=GRAIN_S)
    stamina.instrumentation.set_on_retry_hooks(())
    with launch.parts_running(made) as running, pytest.MonkeyPatch.context() as patch:
        running.hold_ceremony()
        running.start_services()
        api = PublicApi(f"http://{made.host}:{made.ports['intake']}")
        fingerprint = (made.public / "fingerprint").read_text()
        until(lambda: fetch_keys(api, fingerprint).checks, 60, "the first check keys")
        keys, ear = fetch_keys(api, fingerprint), Ear(patch)
        stream = Stream(f"http://{made.host}:{made.ports['intake']}", keys, REPORTS)
        stream.start()
        yield Broken(running, Hands(running), ear, stream, api, keys)


@pytest.fixture(scope="module")
def ledger(broken: Broken) -> Iterator[Ledger]:
    """Not before everything runs again: its own connection to Kafka is not what is tried."""
    opened = Ledger(broken.running.system)
    yield opened
    opened.close()
