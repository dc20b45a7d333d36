"""The cluster's id, which is an argument of a command."""

from __future__ import annotations

from uuid import UUID

import pytest
from wbs_local.parts.kafka import cluster_id_of


@pytest.mark.parametrize("first", [0x00, 0xF8, 0xFB, 0xFF])
def test_a_cluster_id_is_never_taken_for_an_option(first: int) -> None:
    drawn = UUID(bytes=bytes([first]) + bytes(15))

    assert not cluster_id_of(drawn).startswith("-")
    assert len(cluster_id_of(drawn)) == 22
