"""Leaves of the public log: what a submission or a later letter commits to, the promise about it, and Merkle proofs."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from marshmallow.validate import Length, Range, Regexp

from contracts.encoding import b64u, canonical, sha256, strict_json
from contracts.key_pairs import Signer
from contracts.letters.bodies import Sha256
from contracts.schema import NotUnderstood, from_json, to_json
from contracts.signatures import BadSignature, Writers, sign_text, verify_text

PROMISE_TYPE = "wbs-promise+jws"
HEAD_TYPE = "wbs-log-head+jws"
Hour = Annotated[str, Regexp(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]


class PromiseBroken(Exception):
    """No promise of this intake: changed, or signed by another key."""


class ProofFails(Exception):
    """The proof does not lead from the leaf (or the older head) to the head."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """What a leaf commits to: report, hour (UTC, ends in Z), a random salt, SHA-256 (hex) of letters and sealed files.

    A letter's SHA-256 is `letters.letter_digest`. Without the salt nobody finds a report's leaf by guessing.
    """

    report_id: UUID
    hour: Hour
    salt: Annotated[str, Regexp(r"^[A-Za-z0-9_-]{43}\Z")]
    letters: Annotated[tuple[Sha256, ...], Length(min=1, max=8)]
    files: Annotated[tuple[Sha256, ...], Length(max=100)]

    @property
    def entry(self) -> bytes:
        """The log's entry: SHA-256 of the canonical JSON, as 32 bytes."""
        return sha256(canonical(to_json(self)))


def as_hour(moment: datetime) -> Hour:
    """Write an hour as leaves, heads and receipts have it: UTC, ending in Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_leaf(report_id: UUID, hour: datetime, letters: Iterable[str], files: Iterable[str]) -> Leaf:
    """Make a leaf with a new salt; hashes are sorted, so that their order tells nothing."""
    salt = b64u(secrets.token_bytes(32))
    return Leaf(
        report_id=report_id, hour=as_hour(hour), salt=salt, letters=tuple(sorted(letters)), files=tuple(sorted(files))
    )


def promise(leaf: Leaf, signer: Signer) -> str:
    """Sign that this leaf will stand in the log: what the reporter gets with the 202."""
    return sign_text(canonical(to_json(leaf)), signer, PROMISE_TYPE)


def verify_promise(text: str, writers: Writers) -> Leaf:
    """Give the promised leaf; the reader compares its hashes with those of what was sent. PromiseBroken otherwise."""
    try:
        verified = verify_text(text, _only_intake(writers), PROMISE_TYPE)
        return from_json(Leaf, strict_json(verified.payload))
    except (BadSignature, NotUnderstood, ValueError):
        raise PromiseBroken from None


@dataclass(frozen=True, kw_only=True)
class LogHead:
    """The log at an hour: how many entries, and their Merkle root (hex)."""

    size: Annotated[int, Range(min=0)]
    root: Sha256
    hour: Hour


def sign_head(head: LogHead, signer: Signer) -> str:
    return sign_text(canonical(to_json(head)), signer, HEAD_TYPE)


def verify_head(text: str, writers: Writers) -> LogHead:
    """Give a signed head of the log; PromiseBroken if it is none."""
    try:
        return from_json(LogHead, strict_json(verify_text(text, _only_intake(writers), HEAD_TYPE).payload))
    except (BadSignature, NotUnderstood, ValueError):
        raise PromiseBroken from None


def _only_intake(writers: Writers) -> Writers:
    return lambda kid: writers(kid) if kid.partition(":")[0] == "intake" else None


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry (RFC 9162, section 2.1.1)."""
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees (RFC 9162, section 2.1.1)."""
    return sha256(b"\x01" + left + right)


def verify_inclusion(entry: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Verify that `entry` is number `index` of a log of `size` entries (RFC 9162, section 2.1.3.2), or ProofFails."""
    if not 0 <= index < size:
        raise ProofFails
    at, last, found = index, size - 1, leaf_hash(entry)
    for sibling in proof:
        if last == 0:
            raise ProofFails
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last != 0 or found != root:
        raise ProofFails


def verify_consistency(old: LogHead, new: LogHead, proof: Sequence[bytes]) -> None:
    """Verify that the newer log extends the older one (RFC 9162, section 2.1.4.2), or ProofFails."""
    first_root, second_root = bytes.fromhex(old.root), bytes.fromhex(new.root)
    if old.size > new.size or (old.size == new.size and (proof or first_root != second_root)):
        raise ProofFails
    if old.size in (0, new.size):
        if proof:
            raise ProofFails
        return
    path = list(proof) if old.size & (old.size - 1) else [first_root, *proof]
    if not path or _folded(old.size - 1, new.size - 1, path) != (first_root, second_root):
        raise ProofFails


def _folded(at: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofFails
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofFails
    return first, second
