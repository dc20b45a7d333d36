"""The public log as its readers need it: entries by number, hashes of complete subtrees, signed heads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chassis.store import Event, EventStore, Statement

from intake.domain import Log, Report
from intake.log_tree import consistency_proof, inclusion_proof

_NUMBER = """
    INSERT INTO read.log_entries
    SELECT entry, %s, %s + nth - 1 FROM unnest(%s::text[]) WITH ORDINALITY AS leaf (entry, nth)
    ON CONFLICT (entry) DO UPDATE SET index = excluded.index
"""
_LEAVES = """
    INSERT INTO read.log_nodes
    SELECT 0, %s + nth - 1, sha256('\\x00'::bytea || decode(entry, 'hex'))
    FROM unnest(%s::text[]) WITH ORDINALITY AS leaf (entry, nth)
"""
# A subtree of two complete subtrees is complete (RFC 9162, section 2.1.1). PostgreSQL hashes as Python does.
_PAIR = """
    INSERT INTO read.log_nodes
    SELECT a.level + 1, a.index / 2, sha256('\\x01'::bytea || a.hash || b.hash)
    FROM read.log_nodes a JOIN read.log_nodes b ON b.level = a.level AND b.index = a.index + 1
    WHERE a.level = %s AND a.index %% 2 = 0 AND a.index >= %s
"""


@dataclass(frozen=True)
class InclusionProof:
    """That an entry is number `index` of the log of `size` entries, whose signed head is `head`; hashes in hex."""

    index: int
    size: int
    proof: tuple[str, ...]
    head: str


@dataclass(frozen=True)
class ConsistencyProof:
    """That the log of `size` entries, whose signed head is `head`, extends that of `first`; hashes in hex."""

    first: int
    size: int
    proof: tuple[str, ...]
    head: str


class PublicLog:
    """The projection."""

    ignored = (Report.IdentityJudged, Report.EvidenceCame, Report.EvidenceJudged)

    def statements(self, event: Event) -> Iterable[Statement]:
        match event:
            case Report.Submitted() | Report.MessageReceived():
                yield Statement(
                    "INSERT INTO read.log_entries VALUES (%s, %s, NULL) ON CONFLICT DO NOTHING",
                    (event.leaf, event.timestamp),
                )
            case Log.HeadSigned():
                yield from _extension(event)


def _extension(event: Log.HeadSigned) -> Iterable[Statement]:
    first = event.size - len(event.leaves)
    yield Statement(_NUMBER, (event.timestamp, first, event.leaves))
    yield Statement(_LEAVES, (first, event.leaves))
    for level in range(event.size.bit_length() - 1):
        # The first pair that these leaves complete begins at the last even number at or before their own place.
        yield Statement(_PAIR, (level, first >> level + 1 << 1))
    yield Statement("INSERT INTO read.log_heads VALUES (%s, %s)", (event.size, event.head))


def waiting_entries(store: EventStore, before: datetime) -> list[str]:
    """Entries of hours that are over and that no head has yet."""
    rows = store.rows("SELECT entry FROM read.log_entries WHERE index IS NULL AND hour < %s ORDER BY entry", (before,))
    return [row["entry"] for row in rows]


def newest_head(store: EventStore) -> str | None:
    row = _newest(store)
    return row[1] if row else None


def find_inclusion(store: EventStore, entry: str) -> InclusionProof | None:
    """None until a head holds it."""
    row, newest = store.row("SELECT index FROM read.log_entries WHERE entry = %s", (entry,)), _newest(store)
    if row is None or row["index"] is None or newest is None:
        return None
    (size, head), index = newest, row["index"]
    proof = inclusion_proof(index, size, lambda level, at: _node(store, level, at))
    return InclusionProof(index, size, _hex(proof), head)


def find_consistency(store: EventStore, first: int) -> ConsistencyProof | None:
    """None for a size that the log has not reached."""
    newest = _newest(store)
    if newest is None or not 0 < first <= newest[0]:
        return None
    size, head = newest
    proof = consistency_proof(first, size, lambda level, at: _node(store, level, at))
    return ConsistencyProof(first, size, _hex(proof), head)


def _newest(store: EventStore) -> tuple[int, str] | None:
    row = store.row("SELECT size, head FROM read.log_heads ORDER BY size DESC LIMIT 1")
    return (row["size"], row["head"]) if row else None


def _node(store: EventStore, level: int, index: int) -> bytes:
    row = store.row("SELECT hash FROM read.log_nodes WHERE level = %s AND index = %s", (level, index))
    assert row is not None  # noqa: S101  # a head is projected with all nodes below it
    return bytes(row["hash"])


def _hex(proof: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(each.hex() for each in proof)
