"""No time of what a reporter did, or of what machines did because of it, is finer than an hour."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import population
import pytest
import requests
from places import records
from population import Filed, Reporter
from psycopg import sql
from times import LAST, is_whole, timed_uuids_in, times_in
from wbs_client import PublicApi, fetch_keys
from wbs_local import services, walls
from wbs_local.ceremony.people import people_of
from wbs_local.launch import Running
from wbs_local.parts import postgres
from wbs_local.system import REPOSITORY

pytestmark = pytest.mark.timeout(900)

NOW = datetime.now(UTC).replace(microsecond=123_000)
NANOSECONDS = int(NOW.timestamp() * 1000) * 1_000_000
JWT = base64.urlsafe_b64encode(json.dumps({"exp": int(NOW.timestamp())}).encode()).rstrip(b"=")

# Exact, since they measure waits shorter than an hour; each row ends with its wait. With what keeps it.
WAITS = {
    "held.waits": "until the check, the report or the draft ends",
    "held.jobs": "until the check is done",
    "held.parcels": "until KPK has signed for the parcel",
    "held.sessions": "until the staff member's session ends; of staff, not of a reporter",
}
CLOCK_OF_A_TABLE = re.compile(r"(held\.\w+)(?:(?!held\.)[^;])*?\b(?:clock_timestamp|(?<!\.)now)\(\)")


@pytest.mark.parametrize(
    "written",
    [
        NOW.isoformat().encode(),
        NOW.strftime("%Y-%m-%d %H:%M:%S.%f+00").encode(),
        format_datetime(NOW, usegmt=True).encode(),
        str(NOW.timestamp()).encode(),
        str(int(NOW.timestamp() * 1000)).encode(),
        f"{NANOSECONDS:016x}".encode(),
        f"{LAST - NANOSECONDS:016X}0123456789abcdef".encode(),
        b'{"token": "eyJhbGciOiJFUzI1NiJ9.' + JWT + b'.c2lnbmF0dXJl"}',
    ],
    ids=("ISO", "PostgreSQL", "HTTP", "seconds", "milliseconds", "hexadecimal", "counted down", "token"),
)
def test_a_time_is_found_however_it_is_written(written: bytes) -> None:
    assert {each.replace(microsecond=0) for each in times_in(b"a" + b" " + written)} >= {NOW.replace(microsecond=0)}


def test_a_uuid_that_holds_a_time_is_found() -> None:
    assert timed_uuids_in(b"x 01890a5d-ac96-774b-bcce-b302099a8057, 3f0c6f53-0d2e-4c53-9a43-5a4b7f7d2d0a") != set()


def test_no_table_keeps_a_finer_time(filed: Filed) -> None:
    grain = filed.running.system.grain
    rows = dict(_tables(filed))

    finer = {place: found for place, text in rows.items() if (found := _finer(text, grain))}

    assert {place for place in finer if place.split(": ")[1] not in WAITS} == set(), finer
    assert {place for place, text in rows.items() if timed_uuids_in(text) - _staff(filed)} == set()


def _staff(filed: Filed) -> set[UUID]:
    """Ids of people are OpenBao's: written like UUIDs, but random in every digit, that of the version too."""
    return {UUID(person.entity_id) for person in people_of(filed.running.system)}


def test_each_wait_is_known_also_where_no_row_waits_now() -> None:
    """The test above sees the rows of one moment; this one, each table that the database's exact clock goes into."""
    sources = [*REPOSITORY.glob("services/*/src/**/*.py"), *REPOSITORY.glob("chassis/src/**/*.py")]

    exact = {table for path in sources for table in CLOCK_OF_A_TABLE.findall(path.read_text())}

    assert exact == set(WAITS)


def _finer(text: bytes, grain: int) -> list[datetime]:
    return [each for each in times_in(text) if not is_whole(each, grain)][:3]


def _tables(filed: Filed) -> Iterator[tuple[str, bytes]]:
    """Each table's rows as text; bytes that are text, e.g. of events, as such."""
    for database in walls.databases():
        with postgres.connect_as_superuser(filed.running.system, database.name) as connection:
            columns = connection.execute(
                "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema IN ('public', 'held', 'read')"
            ).fetchall()
            for schema, table, column, kind in columns:
                name = sql.Identifier(column)
                shown = sql.SQL("encode({}, 'escape')" if kind == "bytea" else "{}::text").format(name)
                query = sql.SQL("SELECT {} FROM {}").format(shown, sql.Identifier(schema, table))
                values = [value for (value,) in connection.execute(query) if value]
                yield f"{database.name}.{column}: {schema}.{table}", "\n".join(values).encode()


def test_no_event_tells_a_finer_time(filed: Filed) -> None:
    grain = filed.running.system.grain
    told = list(records(filed.running.system))

    assert len(told) > len(filed.mailboxes)
    assert [each.topic for each in told if each.timestamp % (grain * 1000)] == []
    assert {each.topic: found for each in told if (found := _finer(each.content, grain))} == {}
    assert [each.topic for each in told if timed_uuids_in(each.content)] == []


def test_no_answer_to_a_reporter_tells_a_finer_time(filed: Filed, monkeypatch: pytest.MonkeyPatch) -> None:
    """But the one that every web server gives: when it answered."""
    grain, answers = filed.running.system.grain, _hear(monkeypatch)
    api = PublicApi(_address(filed.running, "intake"))
    keys = fetch_keys(api, (filed.running.system.public / "fingerprint").read_text())

    population.file(api, keys, Reporter(population.FIRST_SEED + 1_000)).read()
    api.get("/api/v1/log/head")

    assert len(answers) > len(population.evidence(0))
    assert {path: found for path, text in answers if (found := _finer(text, grain))} == {}
    assert [path for path, text in answers if timed_uuids_in(text)] == []


def _hear(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What all of the client's sessions are answered from now on: path, and headers with body."""
    answers, send = [], requests.Session.send

    def hear(session: requests.Session, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        answer = send(session, request, **given)
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "date"}
        answers.append((str(request.path_url), json.dumps(headers).encode() + b"\n" + answer.content))
        return answer

    monkeypatch.setattr(requests.Session, "send", hear)
    return answers


def _address(running: Running, port: str) -> str:
    return f"http://{running.system.host}:{running.system.ports[port]}"


def test_whoever_polls_metrics_and_log_learns_no_more_than_the_hour(filed: Filed) -> None:
    """Ten filings while everything is asked again and again: nothing changes but with the hour."""
    running = filed.running
    seen = _Poll(running)
    api = PublicApi(_address(running, "intake"))
    keys = fetch_keys(api, (running.system.public / "fingerprint").read_text())

    seen.start()
    population.file_all(api, keys, [Reporter(population.FIRST_SEED + 2_000 + number) for number in range(10)])
    seen.stop()

    changes = seen.changes()
    assert seen.statuses == {200}
    assert seen.compared() == set(seen.addresses)
    assert len(changes.pop(seen.log)) <= 2  # the head of the last hour, made at some time in this one
    assert changes == {}


class _Poll(threading.Thread):
    """Asks each address in turn, and keeps what was answered in one hour of the system, by address and hour."""

    def __init__(self, running: Running) -> None:
        super().__init__(daemon=True)
        self._grain = running.system.grain
        self._over = threading.Event()
        metrics = services.metrics_ports(running.system).values()
        self.log = f"{_address(running, 'intake')}/api/v1/log/head"
        self.addresses = [*(f"http://{running.system.host}:{port}/metrics" for port in metrics), self.log]
        self.statuses: set[int] = set()
        self.within_an_hour: dict[tuple[str, int], list[str]] = defaultdict(list)

    def run(self) -> None:
        while not self._over.is_set():
            for address in self.addresses:
                before = time.time()
                answer = requests.get(address, timeout=30)
                self.statuses.add(answer.status_code)
                if before // self._grain == time.time() // self._grain:
                    self.within_an_hour[address, int(before // self._grain)].append(answer.text)

    def stop(self) -> None:
        self._over.set()
        self.join()

    def compared(self) -> set[str]:
        """The addresses that answered at least twice within one hour."""
        return {address for (address, _), texts in self.within_an_hour.items() if len(texts) > 1}

    def changes(self) -> dict[str, set[str]]:
        """What was not the same all through an hour, by address: of the hour with the most."""
        most: dict[str, set[str]] = defaultdict(set)
        for (address, _), texts in self.within_an_hour.items():
            lines = [set(text.splitlines()) for text in texts]
            changed = set[str]().union(*lines) - lines[0].intersection(*lines)
            changed = {each for each in changed if not _is_a_long_wait(each)}
            most[address] = max(most[address], changed, key=len)
        return {address: lines for address, lines in most.items() if lines or address == self.log}


def _is_a_long_wait(line: str) -> bool:
    """What is stuck is told from a minute up: operators have to hear of it."""
    name, _, value = line.rpartition(" ")
    return name.partition("{")[0].endswith("_waiting_seconds") and (float(value) == 0 or float(value) >= 60)
