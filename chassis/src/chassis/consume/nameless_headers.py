"""Messages whose headers have names that are no text, which anybody who may write a topic can put there.

The broker takes them, and kafka-python's reading of them raises: it would end each reader of that partition for ever.
Here they come without their headers, and nobody takes that for an event: such a message is parked like any other.
"""

from __future__ import annotations

from typing import Any

from kafka.record import memory_records
from kafka.record.default_records import DefaultRecord, DefaultRecordBatch
from kafka.record.util import decode_varint


class _Batch(DefaultRecordBatch):  # type: ignore[misc]  # kafka-python is untyped
    """Fields as in Kafka's protocol, "Record" (message format v2)."""

    def _read_msg(self, *given: Any) -> Any:
        begin = self._pos
        try:
            return super()._read_msg(*given)
        except UnicodeDecodeError:
            return self._without_headers(begin)

    def _without_headers(self, begin: int) -> DefaultRecord:
        length, start = decode_varint(self._buffer, begin)
        self._pos = start + length
        _attributes, at = decode_varint(self._buffer, start)
        _timestamp, at = decode_varint(self._buffer, at)
        offset, at = decode_varint(self._buffer, at)
        key, at = self._bytes(at)
        value, at = self._bytes(at)
        return DefaultRecord(
            length, self.base_offset + offset, self.first_timestamp, self.timestamp_type, key, value, []
        )

    def _bytes(self, at: int) -> tuple[bytes | None, int]:
        length, at = decode_varint(self._buffer, at)
        return (None, at) if length < 0 else (bytes(self._buffer[at : at + length]), at + length)


def install() -> None:
    """For all consumers of this process."""
    memory_records.DefaultRecordBatch = _Batch
