"""What KPK's end remembers, in SQLite: reports, parcels with receipts and findings, statements."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from contracts.encoding import canonical
from contracts.parcels import Manifest, Statement
from contracts.schema import from_json, to_json
from contracts.vocabulary import LetterFault, Route

READABLE = "readable"
MOST_STATEMENTS = 100
_TABLES = Path(__file__).with_name("tables.sql")
_PLACE = "SELECT coalesce(max(place), 0) + 1 FROM (SELECT place FROM parcels UNION ALL SELECT place FROM statements)"


@dataclass(frozen=True)
class Report:
    report_id: UUID
    route: Route
    kpk_reference: str


@dataclass(frozen=True)
class Parcel:
    """`text` is the signed manifest. `finding`: None until it was looked at, READABLE, or a LetterFault's word."""

    manifest: Manifest
    text: str = field(repr=False)
    place: int
    hour: str
    receipt: str | None
    finding: str | None

    @property
    def fault(self) -> LetterFault | None:
        return None if self.finding in (None, READABLE) else LetterFault(self.finding)


@dataclass(frozen=True)
class Spoken:
    """A statement that was made; `own_copy`: what KPK wrote to a reporter, sealed to KPK itself."""

    number: int
    statement: Statement
    text: str = field(repr=False)
    own_copy: str | None = field(repr=False)
    place: int
    hour: str


class Store:
    """One connection an operation: SQLite's own locks keep the server's threads apart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._transaction() as connection:
            connection.executescript(_TABLES.read_text())

    def open_report(self, manifest: Manifest, year: int) -> Report:
        """The report of this manifest, with a reference of its own from the first parcel on."""
        with self._transaction() as connection:
            (number,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM reports").fetchone()
            connection.execute(
                "INSERT INTO reports VALUES (?, ?, ?, ?) ON CONFLICT (report_id) DO NOTHING",
                (number, str(manifest.report_id), manifest.route.value, f"KPK-SANDBOX-{year}-{number:06}"),
            )
            return _report(connection, manifest.report_id)

    def keep(self, manifest: Manifest, text: str, hour: str) -> Parcel:
        """The parcel under this id: this one, or the one that was there before."""
        with self._transaction() as connection:
            (place,) = connection.execute(_PLACE).fetchone()
            connection.execute(
                "INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?, NULL, NULL) ON CONFLICT (parcel_id) DO NOTHING",
                (str(manifest.parcel_id), str(manifest.report_id), text, _text(manifest), place, hour),
            )
            return _parcels(connection, "parcel_id = ?", manifest.parcel_id)[0]

    def find_parcel(self, parcel_id: UUID) -> Parcel | None:
        with self._transaction() as connection:
            return next(iter(_parcels(connection, "parcel_id = ?", parcel_id)), None)

    def receipt(self, parcel_id: UUID, receipt: str, hour: str) -> str:
        """Keep the receipt, and the place and hour at which the parcel was whole; gives the one that was kept first."""
        with self._transaction() as connection:
            (place,) = connection.execute(_PLACE).fetchone()
            connection.execute(
                "UPDATE parcels SET receipt = ?, place = ?, hour = ? WHERE parcel_id = ? AND receipt IS NULL",
                (receipt, place, hour, str(parcel_id)),
            )
            (kept,) = connection.execute(
                "SELECT receipt FROM parcels WHERE parcel_id = ?", (str(parcel_id),)
            ).fetchone()
            return str(kept)

    def judge(self, parcel_id: UUID, finding: str, said: tuple[Statement, str] | None, hour: str) -> None:
        """Keep what was found, with what is said about it; nothing if somebody was faster."""
        with self._transaction() as connection:
            done = connection.execute(
                "UPDATE parcels SET finding = ? WHERE parcel_id = ? AND finding IS NULL", (finding, str(parcel_id))
            )
            if done.rowcount and said:
                _say(connection, *said, None, hour)

    def say(self, statement: Statement, text: str, own_copy: str | None, hour: str) -> None:
        with self._transaction() as connection:
            _say(connection, statement, text, own_copy, hour)

    def reports(self) -> list[Report]:
        """The newest first."""
        with self._transaction() as connection:
            return [_as_report(row) for row in connection.execute("SELECT * FROM reports ORDER BY number DESC")]

    def find_report(self, report_id: UUID) -> Report | None:
        with self._transaction() as connection:
            found = connection.execute("SELECT * FROM reports WHERE report_id = ?", (str(report_id),)).fetchone()
            return _as_report(found) if found else None

    def parcels(self, report_id: UUID) -> list[Parcel]:
        with self._transaction() as connection:
            return _parcels(connection, "report_id = ?", report_id)

    def spoken(self, report_id: UUID) -> list[Spoken]:
        with self._transaction() as connection:
            return _spoken(connection, "report_id = ?", (str(report_id),))

    def spoken_after(self, number: int) -> list[Spoken]:
        """At most MOST_STATEMENTS, ascending."""
        with self._transaction() as connection:
            return _spoken(connection, f"number > ? ORDER BY number LIMIT {MOST_STATEMENTS}", (number,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            if connection.in_transaction:  # a script commits by itself
                connection.execute("COMMIT")
        finally:
            connection.close()  # rolls back what was not committed


def _text(value: Manifest | Statement) -> str:
    return canonical(to_json(value)).decode()


def _report(connection: sqlite3.Connection, report_id: UUID) -> Report:
    return _as_report(connection.execute("SELECT * FROM reports WHERE report_id = ?", (str(report_id),)).fetchone())


def _as_report(row: sqlite3.Row) -> Report:
    return Report(UUID(row["report_id"]), Route(row["route"]), row["kpk_reference"])


def _parcels(connection: sqlite3.Connection, condition: str, value: UUID) -> list[Parcel]:
    rows = connection.execute(f"SELECT * FROM parcels WHERE {condition} ORDER BY place", (str(value),))  # noqa: S608
    return [
        Parcel(
            manifest=from_json(Manifest, json.loads(row["content"])),
            text=row["manifest"],
            place=row["place"],
            hour=row["hour"],
            receipt=row["receipt"],
            finding=row["finding"],
        )
        for row in rows
    ]


def _spoken(connection: sqlite3.Connection, condition: str, values: Sequence[str | int]) -> list[Spoken]:
    rows = connection.execute(f"SELECT * FROM statements WHERE {condition}", values)  # noqa: S608
    return [
        Spoken(
            number=row["number"],
            statement=from_json(Statement, json.loads(row["content"])),
            text=row["statement"],
            own_copy=row["own_copy"],
            place=row["place"],
            hour=row["hour"],
        )
        for row in rows
    ]


def _say(connection: sqlite3.Connection, statement: Statement, text: str, own_copy: str | None, hour: str) -> None:
    (place,) = connection.execute(_PLACE).fetchone()
    connection.execute(
        "INSERT INTO statements (report_id, statement, content, own_copy, place, hour) VALUES (?, ?, ?, ?, ?, ?)",
        (str(statement.report_id), text, _text(statement), own_copy, place, hour),
    )
