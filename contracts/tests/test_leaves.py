"""Leaves, promises and Merkle proofs, against pymerkle's roots."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from contracts.key_pairs import PublicKey, SigningKey
from contracts.leaves import (
    Leaf,
    LogHead,
    PromiseBroken,
    ProofFails,
    make_leaf,
    promise,
    sign_head,
    verify_consistency,
    verify_head,
    verify_inclusion,
    verify_promise,
)
from merkle_proofs import consistency, inclusion, root
from pymerkle import InmemoryTree

INTAKE = SigningKey.generate("intake:v1")
HOUR = datetime(2026, 7, 1, 9, tzinfo=UTC)
ENTRIES = [f"entry {number}".encode() for number in range(40)]


def writers(kid: str) -> PublicKey | None:
    return {INTAKE.kid: INTAKE.public}.get(kid)


def leaf() -> Leaf:
    return make_leaf(uuid4(), HOUR, ["11" * 32, "00" * 32], ["ff" * 32])


def head(size: int) -> LogHead:
    return LogHead(size=size, root=root(ENTRIES[:size]).hex(), hour="2026-07-01T09:00:00Z")


def test_roots_are_pymerkles() -> None:
    tree = InmemoryTree(algorithm="sha256")

    for size, entry in enumerate(ENTRIES, 1):
        tree.append_entry(entry)
        assert tree.get_root(size) == root(ENTRIES[:size])


def test_every_entry_is_proved_to_be_in_every_log_that_holds_it() -> None:
    for size in range(1, len(ENTRIES) + 1):
        for index in range(size):
            proof = inclusion(index, ENTRIES[:size])
            verify_inclusion(ENTRIES[index], index, size, proof, root(ENTRIES[:size]))


def test_an_entry_that_is_not_there_is_not_proved() -> None:
    proof, top = inclusion(5, ENTRIES[:11]), root(ENTRIES[:11])

    wrong = [
        (b"other", 5, 11, proof, top),
        (ENTRIES[5], 6, 11, proof, top),
        (ENTRIES[5], 5, 4, proof, top),
        (ENTRIES[5], 5, 11, proof[:-1], top),
        (ENTRIES[5], 5, 11, [*proof, top], top),
        (ENTRIES[5], 5, 11, proof, root(ENTRIES[:12])),
        (ENTRIES[5], -1, 11, proof, top),
    ]
    for case in wrong:
        with pytest.raises(ProofFails):
            verify_inclusion(*case)


def test_a_log_extends_each_of_its_older_heads() -> None:
    for new in range(1, len(ENTRIES) + 1):
        for old in range(1, new + 1):
            verify_consistency(head(old), head(new), consistency(old, ENTRIES[:new]))


def test_a_log_that_was_rewritten_or_shrank_is_found_out() -> None:
    proof = consistency(5, ENTRIES[:11])
    rewritten = LogHead(size=5, root="00" * 32, hour="2026-07-01T09:00:00Z")

    for old, new, path in (
        (rewritten, head(11), proof),
        (head(5), head(11), proof[:-1]),
        (head(5), head(11), []),
        (head(5), head(11), [*proof, proof[0]]),
        (head(11), head(5), proof),
        (rewritten, head(5), []),
        (head(5), head(5), proof),
    ):
        with pytest.raises(ProofFails):
            verify_consistency(old, new, path)


def test_a_promise_gives_the_leaf_that_intake_signed() -> None:
    made = leaf()

    assert verify_promise(promise(made, INTAKE), writers) == made
    assert made.letters == ("00" * 32, "11" * 32)
    assert len(made.entry) == 32


def test_a_changed_promise_or_one_by_another_key_is_broken() -> None:
    text, other = promise(leaf(), INTAKE), SigningKey.generate("evidence:v1")

    for wrong in (text[:-4] + "AAAA", "x", promise(leaf(), SigningKey.generate("intake:v1")), promise(leaf(), other)):
        with pytest.raises(PromiseBroken):
            verify_promise(wrong, writers)
    with pytest.raises(PromiseBroken):  # a service that is known, but isn't intake
        verify_promise(promise(leaf(), other), lambda _: other.public)


def test_a_head_is_signed_and_is_no_promise() -> None:
    signed = sign_head(head(3), INTAKE)

    assert verify_head(signed, writers) == head(3)
    with pytest.raises(PromiseBroken):
        verify_promise(signed, writers)


def test_two_leaves_of_the_same_things_differ_by_their_salt() -> None:
    assert leaf().salt != leaf().salt
