"""The one step that makes all tables, as the owner role; at run time nobody may change their form or an event."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources

from psycopg import Connection, Cursor
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier, Literal

from chassis.settings import Secret, Settings
from chassis.store.database import translated_errors

MIGRATION_LOCK = 0x7762735F6D6967  # "wbs_mig"


@dataclass(frozen=True)
class Tables:
    """A service's own tables, as SQL statements.

    `held`: each may run again (CREATE TABLE IF NOT EXISTS held.x, ALTER TABLE held.x ADD COLUMN IF NOT EXISTS).
    `read`: plain CREATE UNLOGGED TABLE read.x, CREATE INDEX; when they change, the whole schema is made anew and
    rebuilt.
    """

    held: Sequence[str] = field(default=())
    read: Sequence[str] = field(default=())


class ReadModelLeaks(Exception):
    """A table or index of schema `read` would write what is in it into the WAL or into statistics."""


def migrate(settings: Settings, tables: Tables) -> None:
    """Connects as `<database>_owner`, with the secret `postgres_password` of its own folder."""
    owner, password = f"{settings.database}_owner", settings.secret("postgres_password")
    migrate_database(settings.postgres_host, settings.postgres_port, settings.database, owner, password, tables)


def migrate_database(host: str, port: int, database: str, owner: str, password: Secret, tables: Tables) -> None:
    """The run-time role has the database's name."""
    conninfo = make_conninfo("", host=host, port=port, dbname=database, user=owner)
    with (
        translated_errors(),
        Connection[DictRow].connect(conninfo, password=password.reveal(), row_factory=dict_row) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        _enter_public(cursor, owner)
        cursor.execute(resources.files("chassis.store").joinpath("tables.sql").read_bytes())
        for statement in tables.held:
            cursor.execute(statement.encode())
        _make_read_schema(cursor, tables.read)
        _keep_uncompressed(cursor)
        _grant(cursor, database)


def _enter_public(cursor: Cursor[DictRow], owner: str) -> None:
    """Schema public belongs to `pg_database_owner`, whose rights a NOINHERIT owner has only after becoming it."""
    cursor.execute("SET LOCAL ROLE pg_database_owner")
    cursor.execute(SQL("GRANT ALL ON SCHEMA public TO {} WITH GRANT OPTION").format(Identifier(owner)))
    cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    cursor.execute("RESET ROLE")


def _make_read_schema(cursor: Cursor[DictRow], statements: Sequence[str]) -> None:
    generation = hashlib.sha256("\0".join(statements).encode()).hexdigest()
    found = cursor.execute("SELECT obj_description(to_regnamespace('read'), 'pg_namespace') AS generation").fetchone()
    if found is not None and found["generation"] == generation:
        return
    cursor.execute("DROP SCHEMA IF EXISTS read CASCADE")
    cursor.execute("CREATE SCHEMA read")
    cursor.execute("CREATE UNLOGGED TABLE read.built (generation uuid NOT NULL)")
    for statement in statements:
        cursor.execute(statement.encode())
    _stop_leaks(cursor)
    cursor.execute(SQL("COMMENT ON SCHEMA read IS {}").format(Literal(generation)))


def _stop_leaks(cursor: Cursor[DictRow]) -> None:
    """ANALYZE copies values into pg_statistic, which is logged: facts in clear would get into WAL and back-ups."""
    logged = cursor.execute(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'read'::regnamespace AND relkind = 'r' AND relpersistence <> 'u'"
    ).fetchall()
    if logged:
        raise ReadModelLeaks(f"{logged[0]['relname']} is not UNLOGGED")
    expressions = cursor.execute(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE c.relnamespace = 'read'::regnamespace AND i.indexprs IS NOT NULL"
    ).fetchall()
    if expressions:
        raise ReadModelLeaks(f"{expressions[0]['relname']} indexes an expression, whose values are kept as statistics")
    columns = cursor.execute(
        "SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = 'read'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped"
    ).fetchall()
    for row in columns:
        table, column = Identifier("read", row["relname"]), Identifier(row["attname"])
        cursor.execute(SQL("ALTER TABLE {} ALTER COLUMN {} SET STATISTICS 0").format(table, column))


def _keep_uncompressed(cursor: Cursor[DictRow]) -> None:
    """Ciphertext doesn't shrink; and only in files without compression can a search show that nothing lies in clear."""
    columns = cursor.execute(
        "SELECT nspname, relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
        " JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped"
        " AND nspname IN ('public', 'held', 'read') AND attstorage IN ('x', 'm')"
    ).fetchall()
    for row in columns:
        table, column = Identifier(row["nspname"], row["relname"]), Identifier(row["attname"])
        cursor.execute(SQL("ALTER TABLE {} ALTER COLUMN {} SET STORAGE EXTERNAL").format(table, column))


def _grant(cursor: Cursor[DictRow], database: str) -> None:
    """The run-time role reads and appends events; it does as it likes in `held` and `read`, and makes no table
    anywhere."""
    for grant in (
        "GRANT USAGE ON SCHEMA public, held, read TO {role}",
        "GRANT SELECT, INSERT ON events, handled_events TO {role}",
        "GRANT SELECT, UPDATE ON relay_position TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA held TO {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA held TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA read TO {role}",
    ):
        cursor.execute(SQL(grant).format(role=Identifier(database)))
