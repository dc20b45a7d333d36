"""PostgreSQL: one server, a database and two roles a service (`deploy/walls/postgres.toml`)."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from wbs_local import services, walls
from wbs_local.system import Program, System

BIN = "/usr/lib/postgresql/15/bin"
NOBODY = 999_999_999  # above every pid that Linux gives

# Nothing of a statement, a row or a time gets into the server's log; commit times and query texts aren't kept.
_QUIET = {
    "log_line_prefix": "",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_connections": "off",
    "log_disconnections": "off",
    "track_activities": "off",
    "track_commit_timestamp": "off",
}


def prepare(system: System) -> Program:
    data = system.data_of("postgres")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    system.keep_secret("postgres", "superuser_password")
    password_file = system.secrets_of("postgres") / "superuser_password"
    settings = _QUIET | {
        "listen_addresses": system.host,
        "port": str(system.ports["postgres"]),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "64MB",
    }
    options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in settings.items())
    initdb = (
        f"{BIN}/initdb -D {data} -U postgres --pwfile={password_file} --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 "
        "--data-checksums --no-instructions"
    )
    # pids in the guard are small and repeat: a stale postmaster.pid may name a living process and stop the server, so
    # its pid is made nobody's. What else it says must stay: by that a server sees that backends of a killed one still
    # write, and doesn't start before their end.
    pid_file = data / "postmaster.pid"
    forget_pid = f"if [ -s {pid_file} ]; then sed -i '1s/.*/{NOBODY}/' {pid_file}; else rm -f {pid_file}; fi"
    script = f"[ -f {data}/PG_VERSION ] || {initdb} || exit 1; {forget_pid}; exec {BIN}/postgres -D {data} {options}"
    return Program(
        name="postgres",
        command=("bash", "-c", script),
        ready=f"{BIN}/pg_isready -q -h {system.host} -p {system.ports['postgres']}",
        stop_signal="INT",
        priority=10,
        secrets="postgres",
        data="postgres",
    )


def connect_as_superuser(system: System, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(
        host=system.host,
        port=system.ports["postgres"],
        dbname=database,
        user="postgres",
        password=system.keep_secret("postgres", "superuser_password"),
        autocommit=True,
    )


def copy(system: System, folder: Path) -> None:
    """All databases as they are at one moment, while they are used; unlogged tables (facts in clear) stay out."""
    with tempfile.NamedTemporaryFile("w") as passwords:  # never on a command line; mode 0600
        password = system.keep_secret("postgres", "superuser_password")
        passwords.write(f"*:*:*:postgres:{password}\n")
        passwords.flush()
        address = ("-h", system.host, "-p", str(system.ports["postgres"]), "-U", "postgres", "--no-password")
        subprocess.run(
            [f"{BIN}/pg_basebackup", *address, "-D", str(folder), "--checkpoint=fast", "--wal-method=stream"],
            env={"PGPASSFILE": passwords.name, "PATH": "/usr/bin:/bin"},
            check=True,
            capture_output=True,
        )


def apply_walls(system: System) -> None:
    """Makes the databases and roles, and gives each process the password of its role. Safe to repeat."""
    with connect_as_superuser(system) as connection:
        for own in ("postgres", "template1"):
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(own)))
        for database in walls.databases():
            owner_password = system.keep_secret(f"{database.service}-migrate", "postgres_password")
            run_time_password = system.keep_secret("postgres", f"password_of_{database.name}")
            for process in services.processes_of(database.service):
                system.keep_secret(process, "postgres_password", run_time_password)
            make_database(connection, database, owner_password, run_time_password)


def make_database(
    connection: psycopg.Connection, database: walls.Database, owner_password: str, run_time_password: str
) -> None:
    for role, password in ((database.owner, owner_password), (database.name, run_time_password)):
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        verb = sql.SQL("ALTER" if exists else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT").format(
                verb, sql.Identifier(role), sql.Literal(password)
            )
        )
    name = sql.Identifier(database.name)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database.name,)).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(database.owner)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(database.name)))
