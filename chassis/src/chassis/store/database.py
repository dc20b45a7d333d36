"""Connections to the service's PostgreSQL database, and its errors as types that never show a value."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg
from psycopg import Connection, Cursor
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from chassis import DependencyDown
from chassis.settings import Secret, Settings

Row: TypeAlias = DictRow
Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]


class StoreUnavailable(DependencyDown):
    """PostgreSQL does not answer, or broke off. What was asked may have been done or not: ask again, never assume."""

    def __init__(self) -> None:
        super().__init__("postgres")


class ConnectionRefusedByReadModel(Exception):
    """The read model could not be made anew on a fresh connection: a bug of a projection, not an outage."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(type(error).__name__)


class ConstraintViolated(Exception):
    """A statement broke a constraint of the service's own tables. Only its name is told: PostgreSQL's text shows the
    row."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class ValueRefused(Exception):
    """PostgreSQL did not take a value (too large, of another type); its text would show it. Named is the kind of
    error."""


class UnexpectedRows(Exception):
    """A statement touched another number of rows than it must; everything saved with it was rolled back."""

    def __init__(self, expected: int, present: int) -> None:
        super().__init__(f"expected {expected} rows, got {present}")
        self.expected = expected
        self.present = present


@dataclass(frozen=True)
class Statement:
    """One SQL statement with its parameters. `expect_rows`: the number of rows it must touch, else all is rolled
    back."""

    sql: str
    params: Parameters = ()
    expect_rows: int | None = None

    def check(self, cursor: Cursor[Any]) -> None:
        """After it ran by this cursor. Raises UnexpectedRows."""
        if self.expect_rows is not None and cursor.rowcount != self.expect_rows:
            raise UnexpectedRows(self.expect_rows, cursor.rowcount)


_BEGIN = Statement("BEGIN")
# A server whose machine is gone says nothing: without these a connection waits for hours, and who uses it as well.
NOTICE_A_VANISHED_SERVER = {
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds, for what was sent and not acknowledged
}


class Database:
    """A pool of connections as one role. `on_connect` runs on each new connection before anyone else may use it."""

    def __init__(
        self,
        host: str,
        port: int,
        name: str,
        user: str,
        password: Secret,
        on_connect: Callable[[Connection[Row]], None] | None = None,
        size: int = 4,
        timeout: float = 5.0,
    ) -> None:
        self._conninfo = make_conninfo("", host=host, port=port, dbname=name, user=user)
        self._password = password
        self._on_connect = on_connect
        self._broken: BaseException | None = None
        self._pool = ConnectionPool(
            self._conninfo,
            kwargs=self._kwargs(timeout),
            connection_class=Connection[Row],
            configure=self._configure,
            # After a crash every pooled connection is dead; it must be noticed before it is handed out, since a fresh
            # one is where an emptied read model is seen.
            check=_check,
            min_size=1,
            max_size=size,
            timeout=timeout,
            open=False,
        )
        self._pool.open()

    @classmethod
    def of(
        cls, settings: Settings, on_connect: Callable[[Connection[Row]], None] | None = None, size: int = 4
    ) -> Database:
        """As the service's run-time role."""
        name = settings.database
        password = settings.secret("postgres_password")
        return cls(settings.postgres_host, settings.postgres_port, name, name, password, on_connect, size)

    def _kwargs(self, timeout: float) -> dict[str, Any]:
        return {
            "password": self._password.reveal(),
            "row_factory": dict_row,
            "autocommit": True,
            "connect_timeout": max(2, int(timeout)),
            **NOTICE_A_VANISHED_SERVER,
            "options": "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
        }

    @contextmanager
    def connection(self) -> Iterator[Connection[Row]]:
        """A pooled connection in autocommit mode."""
        try:
            with translated_errors(), self._pool.connection() as connection:
                yield connection
        except StoreUnavailable:
            if self._broken is not None:
                raise ConnectionRefusedByReadModel(self._broken) from None
            raise

    def _configure(self, connection: Connection[Row]) -> None:
        """The pool only logs what goes wrong here and tries again, so a bug would look like an outage: it is
        remembered."""
        self._broken = None
        if self._on_connect is None:
            return
        try:
            self._on_connect(connection)
        except (psycopg.OperationalError, DependencyDown):
            raise
        except Exception as error:
            self._broken = error
            raise

    def wait(self) -> None:
        """Returns once a connection can be used, however long `on_connect` takes with it: a read model may have to be
        made anew. Raises StoreUnavailable when PostgreSQL doesn't answer (to wait for that is the supervisor's part),
        and what `on_connect` raises, which may come as ConnectionRefusedByReadModel."""
        try:
            self.row("SELECT 1")
        except StoreUnavailable:  # or a pool's client has waited long enough
            with self.own_connection() as connection:
                if self._on_connect is not None:
                    self._on_connect(connection)

    @contextmanager
    def transaction(self) -> Iterator[Cursor[Row]]:
        with self.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def own_connection(self) -> Iterator[Connection[Row]]:
        """A connection outside the pool, for a session lock or LISTEN; closing it lets them go."""
        with translated_errors():
            connection = Connection[Row].connect(self._conninfo, **self._kwargs(5))
            try:
                yield connection
            finally:
                connection.close()

    def rows(self, sql: str, params: Parameters = ()) -> list[Row]:
        with self.connection() as connection:
            return connection.execute(sql.encode(), params).fetchall()

    def row(self, sql: str, params: Parameters = ()) -> Row | None:
        with self.connection() as connection:
            return connection.execute(sql.encode(), params).fetchone()

    def execute(self, *statements: Statement) -> None:
        """Runs the statements in one transaction. If several fail, the first is the one that is told."""
        with self.connection() as connection:
            try:
                run_at_once(connection, (_BEGIN, *statements))
                connection.commit()
            except BaseException:
                if not connection.broken:
                    connection.rollback()  # which forgets too what was to be prepared; a statement would not
                raise

    def close(self) -> None:
        self._pool.close()


def run_at_once(connection: Connection[Row], statements: Iterable[Statement]) -> None:
    """One after another, without waiting for each one's answer: a transaction then takes two round trips, not one for
    each statement."""
    sent: list[tuple[Statement, Cursor[Row]]] = []
    try:
        with connection.pipeline():
            for each in statements:
                sent.append((each, connection.execute(each.sql.encode(), each.params)))  # it may raise
    except psycopg.Error:
        # A statement before the one that failed may have touched other rows than it must: then that is the cause.
        _check_all(sent)
        raise
    _check_all(sent)


def _check_all(sent: Iterable[tuple[Statement, Cursor[Row]]]) -> None:
    for statement, cursor in sent:
        if cursor.pgresult is not None:  # it was answered
            statement.check(cursor)


def _check(connection: Connection[Row]) -> None:
    """A server that ends closes its connections: one where nothing came unasked lives, and isn't asked each time."""
    came = select.poll()
    came.register(connection.fileno(), select.POLLIN)
    if came.poll(0):
        ConnectionPool.check_connection(connection)


@contextmanager
def translated_errors() -> Iterator[None]:
    """The driver's errors quote values of the row; ours don't, and the original is not chained either."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise ConstraintViolated(error.diag.constraint_name or "unknown") from None
    except psycopg.DataError as error:
        raise ValueRefused(type(error).__name__) from None
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout):
        raise StoreUnavailable from None
