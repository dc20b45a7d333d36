"""The Merkle tree of RFC 9162, section 2.1: roots and proofs from the hashes of complete subtrees, in O(log size)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from contracts.leaves import leaf_hash, node_hash

# (level, index) -> the hash over entries index << level up to (index + 1) << level; level 0 is that of one entry.
Nodes = Callable[[int, int], bytes]


@dataclass(frozen=True)
class Frontier:
    """What is needed to extend a tree: `peaks`, the hashes of its complete subtrees from left to right."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def extended(self, entries: Iterable[str]) -> Frontier:
        """With these entries (hex) at its end."""
        size, peaks = self.size, list(self.peaks)
        for entry in entries:
            node, rest = leaf_hash(bytes.fromhex(entry)), size
            while rest & 1:  # two subtrees of the same height become one
                node, rest = node_hash(peaks.pop(), node), rest >> 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """Only of a tree with entries."""
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """RFC 9162, section 2.1.3.1: how entry number `index` leads to the root of the first `size` entries."""
    return _inclusion(index, 0, size, nodes)


def _inclusion(index: int, start: int, end: int, nodes: Nodes) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_inclusion(index, start, middle, nodes), _hash(middle, end, nodes)]
    return [*_inclusion(index, middle, end, nodes), _hash(start, middle, nodes)]


def consistency_proof(first: int, size: int, nodes: Nodes) -> list[bytes]:
    """RFC 9162, section 2.1.4.1: how the tree of the first `first` entries became that of the first `size`."""
    return _consistency(first, 0, size, nodes, whole=True)


def _consistency(first: int, start: int, end: int, nodes: Nodes, whole: bool) -> list[bytes]:
    if first == end:
        return [] if whole else [_hash(start, end, nodes)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_consistency(first, start, middle, nodes, whole), _hash(middle, end, nodes)]
    return [*_consistency(first, middle, end, nodes, whole=False), _hash(start, middle, nodes)]


def _hash(start: int, end: int, nodes: Nodes) -> bytes:
    length = end - start
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(length)
    return node_hash(_hash(start, middle, nodes), _hash(middle, end, nodes))


def _split(length: int) -> int:
    """The largest power of two below `length`."""
    return 1 << (length - 1).bit_length() - 1
