"""Merkle roots and proofs by RFC 9162's own recursion: slow, plain, and good for checking the verifiers."""

from contracts.leaves import leaf_hash, node_hash


def root(entries: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, as it is written there."""
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1 << (len(entries) - 1).bit_length() - 1
    return node_hash(root(entries[:split]), root(entries[split:]))


def inclusion(index: int, entries: list[bytes]) -> list[bytes]:
    """RFC 9162, section 2.1.3.1."""
    if len(entries) == 1:
        return []
    split = 1 << (len(entries) - 1).bit_length() - 1
    if index < split:
        return [*inclusion(index, entries[:split]), root(entries[split:])]
    return [*inclusion(index - split, entries[split:]), root(entries[:split])]


def consistency(size: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162, section 2.1.4.1."""
    if size == len(entries):
        return [] if whole else [root(entries)]
    split = 1 << (len(entries) - 1).bit_length() - 1
    if size <= split:
        return [*consistency(size, entries[:split], whole), root(entries[split:])]
    return [*consistency(size - split, entries[split:], False), root(entries[:split])]
