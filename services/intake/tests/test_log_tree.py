"""Roots are pymerkle's, and each proof that the tree gives is one that readers accept."""

from __future__ import annotations

import pytest
from contracts.leaves import LogHead, ProofFails, leaf_hash, node_hash, verify_consistency, verify_inclusion
from intake.log_tree import Frontier, consistency_proof, inclusion_proof
from pymerkle import InmemoryTree

ENTRIES = [f"{number:064x}" for number in range(40)]


def nodes(level: int, index: int) -> bytes:
    if level == 0:
        return leaf_hash(bytes.fromhex(ENTRIES[index]))
    return node_hash(nodes(level - 1, 2 * index), nodes(level - 1, 2 * index + 1))


def head(size: int) -> LogHead:
    root = Frontier().extended(ENTRIES[:size]).root()
    return LogHead(size=size, root=root.hex(), hour="2026-07-01T09:00:00Z")


def test_roots_are_pymerkles_however_the_tree_was_extended() -> None:
    tree = InmemoryTree(algorithm="sha256")

    for size, entry in enumerate(ENTRIES, 1):
        tree.append_entry(bytes.fromhex(entry))
        in_two = Frontier().extended(ENTRIES[: size // 3]).extended(ENTRIES[size // 3 : size])
        assert in_two.root() == tree.get_root(size)


def test_every_entry_is_proved_in_every_tree_that_holds_it() -> None:
    for size in range(1, len(ENTRIES) + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, nodes)
            verify_inclusion(bytes.fromhex(ENTRIES[index]), index, size, proof, bytes.fromhex(head(size).root))


def test_every_tree_is_proved_to_extend_every_earlier_one() -> None:
    for size in range(1, len(ENTRIES) + 1):
        for first in range(1, size + 1):
            verify_consistency(head(first), head(size), consistency_proof(first, size, nodes))


def test_a_proof_is_about_its_own_entry() -> None:
    with pytest.raises(ProofFails):
        verify_inclusion(bytes.fromhex(ENTRIES[4]), 3, 11, inclusion_proof(3, 11, nodes), bytes.fromhex(head(11).root))
