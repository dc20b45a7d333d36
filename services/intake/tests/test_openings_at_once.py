"""Two openings in the same moment, and what a stranger learns of a report id: over the real API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import requests
from chassis.testing.harness import eventually
from test_intake_drafts import Client, kind
from wbs_local.launch import Running

WAITING = "SELECT count(*) FROM pg_locks JOIN pg_database ON database = oid WHERE datname = 'intake' AND NOT granted"


@pytest.fixture(scope="module")
def client(running: Running) -> Client:
    return Client(running)


class Database:
    def __init__(self, running: Running) -> None:
        system = running.system
        self._place = {
            "host": system.host,
            "port": system.ports["postgres"],
            "user": "postgres",
            "password": system.keep_secret("postgres", "superuser_password"),
            "dbname": "intake",
        }

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(**self._place, autocommit=True) as connection:
            yield connection

    def at_once(self, *calls: Any) -> list[requests.Response]:
        """Calls that all have looked before any of them saves."""
        with self.connected() as gate, ThreadPoolExecutor(len(calls)) as threads:
            with gate.transaction():
                gate.execute("LOCK TABLE held.idempotency IN SHARE MODE")
                answers = [threads.submit(call) for call in calls]
                eventually(lambda: gate.execute(WAITING).fetchall()[0][0] >= len(calls))  # a timer may wait too
            return [answer.result() for answer in answers]


@pytest.fixture(scope="module")
def database(running: Running) -> Database:
    return Database(running)


@pytest.mark.parametrize("shared", ["nothing", "challenge", "report_id"])
def test_a_key_with_other_content_is_refused_however_close_they_come(
    client: Client, database: Database, shared: str
) -> None:
    key, first = str(uuid.uuid4()), client.opening()
    second = client.opening(**({} if shared == "nothing" else {shared: first[shared]}))

    answers = database.at_once(lambda: client.open(first, key), lambda: client.open(second, key))

    refused = max(answers, key=lambda answer: answer.status_code)
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert kind(refused) == "idempotency-key-reused"


def test_the_same_opening_twice_at_once_gets_one_answer(client: Client, database: Database) -> None:
    key, opening = str(uuid.uuid4()), client.opening()

    answers = database.at_once(*[lambda: client.open(opening, key)] * 2)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_a_stranger_is_told_the_same_of_any_report_id(client: Client) -> None:
    known = client.opening()
    client.open(known)

    told = [
        client.open(client.opening(report_id=report_id, challenge="bm90IG9uZQ=="))
        for report_id in (known["report_id"], str(uuid.uuid4()))
    ]

    assert [(answer.status_code, answer.json()) for answer in told] == [(403, told[0].json())] * 2
    assert kind(told[0]) == "challenge-not-solved"


def test_a_solved_challenge_pays_for_learning_that_an_id_is_taken(client: Client) -> None:
    known = client.opening()
    client.open(known)
    asking = client.opening(report_id=known["report_id"])

    answers = [client.open(asking), client.open({**asking, "report_id": str(uuid.uuid4())})]

    assert [kind(answer) for answer in answers] == ["report-id-taken", "challenge-spent"]


@pytest.mark.parametrize("token", [None, "Bearer none"])
@pytest.mark.parametrize("path", ["", "/identity", "/submission"])
def test_without_a_valid_token_a_draft_is_as_unknown_as_any_other(client: Client, token: str | None, path: str) -> None:
    known = client.opening()
    client.open(known)
    method = {"": "GET", "/identity": "PUT", "/submission": "POST"}[path]
    headers = {"Authorization": token} if token else {}

    answers = [
        requests.request(method, f"{client.url}/api/v1/reports/{report_id}{path}", headers=headers, json={}, timeout=20)
        for report_id in (known["report_id"], uuid.uuid4())
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[0].status_code in (401, 422)
