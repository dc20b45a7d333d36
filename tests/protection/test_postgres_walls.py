"""PostgreSQL's walls: a role reaches its own database only, and its history can't be changed by it."""

from __future__ import annotations

import psycopg
import pytest
from wbs_local import services, walls
from wbs_local.launch import Running
from wbs_local.parts import postgres
from wbs_local.system import System

DATABASES = walls.databases()
PAIRS = [(own, other) for own in DATABASES for other in (*DATABASES, None)]
RUNNING = [database for database in DATABASES if database.service in services.PROCESSES]


def connect(system: System, role: walls.Database, database: str) -> psycopg.Connection:
    password = system.keep_secret("postgres", f"password_of_{role.name}")
    return psycopg.connect(
        host=system.host,
        port=system.ports["postgres"],
        dbname=database,
        user=role.name,
        password=password,
        autocommit=True,
    )


@pytest.mark.parametrize(("own", "other"), PAIRS, ids=lambda value: value.name if value else "postgres")
def test_a_role_reaches_its_own_database_only(
    system: System, own: walls.Database, other: walls.Database | None
) -> None:
    name = other.name if other else "template1"
    try:
        connect(system, own, name).close()
        reached = True
    except psycopg.OperationalError:
        reached = False

    assert reached == (own == other)


@pytest.mark.parametrize("database", RUNNING, ids=lambda value: value.name)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET state = ''",
        "DELETE FROM events",
        "TRUNCATE events",
        "DELETE FROM handled_events",
        "DROP TRIGGER append_only ON events",
        "ALTER TABLE events DISABLE TRIGGER append_only",
        "CREATE TABLE own (id int)",
        "CREATE SCHEMA own",
        "COPY events TO PROGRAM 'cat'",
    ],
)
def test_a_run_time_role_changes_no_history_and_no_table(
    running: Running, database: walls.Database, statement: str
) -> None:
    with (
        connect(running.system, database, database.name) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)),
    ):
        connection.execute(statement)


def test_not_even_the_owner_changes_history_unnoticed(running: Running) -> None:
    database = RUNNING[0]
    with psycopg.connect(
        host=running.system.host,
        port=running.system.ports["postgres"],
        dbname=database.name,
        user=database.owner,
        password=running.system.keep_secret(f"{database.service}-migrate", "postgres_password"),
        autocommit=True,
    ) as connection:
        for statement in ("UPDATE events SET state = ''", "DELETE FROM events", "TRUNCATE events"):
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(statement)


def test_nobody_comes_in_without_a_password(system: System) -> None:
    for role in ("postgres", "intake", "intake_owner"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=system.host, port=system.ports["postgres"], user=role, dbname="intake", password="x")


def test_read_models_leave_nothing_in_statistics(running: Running) -> None:
    for database in RUNNING:
        with postgres.connect_as_superuser(running.system, database.name) as connection:
            connection.execute("ANALYZE")
            kept = connection.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'read'").fetchone()
            assert kept == (0,)
