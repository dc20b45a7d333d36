"""PostgreSQL's walls: a role reaches its own database only, and its history can't be changed by it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql
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
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "TRUNCATE handled_events",
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


@pytest.mark.parametrize("database", RUNNING, ids=lambda value: value.name)
def test_tables_belong_to_a_role_that_no_service_can_take(running: Running, database: walls.Database) -> None:
    with connect(running.system, database, database.name) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'held', 'read')"
        )
        assert owners.fetchall() == [(database.owner,)]
        for role in (database.owner, "postgres"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))


@pytest.mark.parametrize("database", RUNNING, ids=lambda value: value.name)
def test_the_owner_changes_history_only_after_it_has_taken_the_trigger_away(
    running: Running, database: walls.Database
) -> None:
    """`migrate` alone has its password. A migration that changed history by mistake would fail; one that means to
    does not (docs/protection.md)."""
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
        with connection.transaction(force_rollback=True):
            connection.execute("ALTER TABLE events DISABLE TRIGGER append_only")
            connection.execute("DELETE FROM events")


@pytest.mark.parametrize("role", ["postgres", "intake", "intake_owner"])
@pytest.mark.parametrize(
    ("password", "told"), [(None, "no password supplied"), ("x", "password authentication failed")]
)
def test_nobody_comes_in_without_the_password(system: System, role: str, password: str | None, told: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=told):
        psycopg.connect(
            host=system.host,
            port=system.ports["postgres"],
            user=role,
            dbname="intake",
            password=password,
            passfile="/dev/null",
        )


def test_read_models_leave_nothing_in_statistics(running: Running) -> None:
    for database in RUNNING:
        with postgres.connect_as_superuser(running.system, database.name) as connection:
            connection.execute("ANALYZE")
            kept = connection.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'read'").fetchone()
            assert kept == (0,)
