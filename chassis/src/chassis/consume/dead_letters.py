"""Messages that could not be handled: parked with their bytes, so that the others go on and nothing is lost."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from psycopg.types.json import Jsonb

from chassis.store import EventStore, Row, Statement

# A process that began a message this often and never ended it is not let near it again.
MOST_ENDS = 3
MOST_IN_A_ROW = 10


class Record(Protocol):
    """A message as kafka-python gives it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class TooManyParked(Exception):
    """So many messages in a row could not be handled that the fault is likely ours: people must look before more is
    parked."""


@dataclass(frozen=True)
class Beginning:
    """What is known of a message before its handling. `attempts`: how often a process had it in hand, this time too."""

    is_handled: bool
    is_behind: bool
    attempts: int


@dataclass(frozen=True)
class DeadLetter:
    id: int
    topic: str
    subject: str | None
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]

    def removal(self) -> Statement:
        return Statement("DELETE FROM held.dead_letters WHERE id = %s", (self.id,), expect_rows=1)


_INSERT = """
    INSERT INTO held.dead_letters (topic, kafka_partition, kafka_offset, subject, key, value, headers, reason)
    SELECT %(topic)s, %(partition)s, %(offset)s, %(subject)s, %(key)s, %(value)s, %(headers)s, %(reason)s
"""
# The lock on the letter ahead makes a replay that removes it wait for us, or us see that it is gone: nothing is left
# behind a letter that is no longer there.
_BEHIND = f"""
    WITH ahead AS (
        SELECT id FROM held.dead_letters
        WHERE topic = %(topic)s AND subject = %(subject)s
          AND (kafka_partition, kafka_offset) <> (%(partition)s, %(offset)s)
        ORDER BY id LIMIT 1 FOR KEY SHARE
    )
    {_INSERT} FROM ahead ON CONFLICT (topic, kafka_partition, kafka_offset) DO UPDATE SET subject = EXCLUDED.subject
    RETURNING id
"""  # noqa: S608  # both parts are constants
_BEGIN = """
    WITH met AS (
        SELECT
            EXISTS (SELECT 1 FROM handled_events WHERE event_id = %(event)s) AS is_handled,
            EXISTS (
                SELECT 1 FROM held.dead_letters WHERE topic = %(topic)s AND subject = %(subject)s
                AND (kafka_partition, kafka_offset) <> (%(partition)s, %(offset)s)
            ) AS is_behind
    ), begun AS (
        INSERT INTO held.in_hand AS known (topic, kafka_partition, kafka_offset, attempts)
        SELECT %(topic)s, %(partition)s, %(offset)s, 1 FROM met WHERE NOT is_handled AND NOT is_behind
        ON CONFLICT (topic, kafka_partition) DO UPDATE SET
            attempts = CASE WHEN known.kafka_offset = EXCLUDED.kafka_offset THEN known.attempts + 1 ELSE 1 END,
            kafka_offset = EXCLUDED.kafka_offset
        RETURNING attempts
    )
    SELECT is_handled, is_behind, coalesce((SELECT attempts FROM begun), 0) AS attempts FROM met
"""
_IN_A_ROW = """
    INSERT INTO held.parked_in_a_row AS known (process, parked) VALUES (%s, 1)
    ON CONFLICT (process) DO UPDATE SET parked = known.parked + 1 RETURNING parked
"""


class DeadLetters:
    """The dead letters of a service, as one of its processes sees them."""

    def __init__(self, store: EventStore, process: str, most_in_a_row: int = MOST_IN_A_ROW) -> None:
        self._store, self._process, self._most_in_a_row = store, process, most_in_a_row
        self._parked_last = True  # unknown after a start

    def begin(self, record: Record, event_id: UUID, subject: str) -> Beginning:
        """Notes, before handling, that this process has the message in hand, unless it isn't to be handled now."""
        place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        (row,) = self._store.rows(_BEGIN, {**place, "event": event_id, "subject": subject})
        return Beginning(**row)

    def give_back(self, record: Record) -> None:
        """The process stops for a reason that isn't the message's fault: this attempt doesn't count."""
        self._store.execute(
            Statement(
                "UPDATE held.in_hand SET attempts = attempts - 1"
                " WHERE topic = %s AND kafka_partition = %s AND kafka_offset = %s",
                (record.topic, record.partition, record.offset),
            )
        )

    def handled(self) -> None:
        if self._parked_last:
            self._store.execute(Statement("DELETE FROM held.parked_in_a_row WHERE process = %s", (self._process,)))
            self._parked_last = False

    def park(self, record: Record, subject: str | None, reason: str) -> None:
        """Raises TooManyParked, and then hasn't parked it. The same message is parked once."""
        insert = f"{_INSERT} ON CONFLICT DO NOTHING"
        with self._store.database.transaction() as cursor:
            cursor.execute(insert.encode(), _columns(record, subject, reason))
            if cursor.rowcount == 0:
                return
            count = cursor.execute(_IN_A_ROW, (self._process,)).fetchone()
            if count is not None and count["parked"] > self._most_in_a_row:
                raise TooManyParked
        self._parked_last = True

    def park_behind(self, record: Record, subject: str) -> bool:
        """Parks the message if an earlier one of its topic and subject is parked: their order must hold."""
        return self._store.row(_BEHIND, _columns(record, subject, "behind")) is not None

    def waiting(self) -> list[DeadLetter]:
        return [_letter(row) for row in self._store.rows("SELECT * FROM held.dead_letters ORDER BY id")]

    def remove(self, letter: DeadLetter) -> None:
        self._store.execute(letter.removal())

    def count(self) -> int:
        row = self._store.row("SELECT count(*) AS letters FROM held.dead_letters")
        return int(row["letters"]) if row else 0

    def forget_row(self) -> None:
        """People have looked: every process may park again."""
        self._store.execute(Statement("DELETE FROM held.parked_in_a_row"))


def _columns(record: Record, subject: str | None, reason: str) -> dict[str, Any]:
    headers = [[_storable(name), b64encode(value or b"").decode()] for name, value in record.headers]
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "subject": None if subject is None else _storable(subject),
        "key": record.key,
        "value": record.value,
        "headers": Jsonb(headers),
        "reason": reason,
    }


def _storable(text: str) -> str:
    """PostgreSQL's texts hold no NUL; the message's own bytes are kept as they are."""
    return text.replace("\x00", "\ufffd")


def _letter(row: Row) -> DeadLetter:
    headers = [(name, b64decode(value)) for name, value in row["headers"]]
    key, value = (None if row[name] is None else bytes(row[name]) for name in ("key", "value"))
    return DeadLetter(row["id"], row["topic"], row["subject"], key, value, headers)
