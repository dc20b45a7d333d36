"""The upload of a large file, sealed as it streams in, beside a raw put of the same into the same store."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from contracts.vocabulary import EvidenceKind, Route
from minio import Minio
from wbs_client import Filing, PublicApi, fetch_keys
from wbs_local.parts import seaweedfs

from benchmarks.ground import Ground, fresh
from benchmarks.tables import show_figures

MEGABYTES = 256
ROUNDS = 2
BUCKET = "bench-raw"
PART_BYTES = 8 << 20
PIECE = 1 << 20


def run(ground: Ground, megabytes: int = MEGABYTES, rounds: int = ROUNDS) -> dict[str, Any]:
    """Means of some rounds, raw and ours in turn. The client runs in this process, its check sums too."""
    size = megabytes << 20
    with tempfile.TemporaryFile() as file, _bucket(ground) as store:
        for _ in range(megabytes):
            file.write(os.urandom(PIECE))
        raw, ours = 0.0, 0.0
        for _ in range(rounds):
            raw += _timed(file, lambda: store.put_object(BUCKET, "raw", file, size, part_size=PART_BYTES))
            filing = _draft(ground)
            ours += _timed(file, lambda: filing.add_evidence(file, EvidenceKind.VIDEO, "Video"))  # noqa: B023  # at once
            ground.wait_for_checks()
    millions = rounds * size / 1e6
    return {"mb_per_s": millions / ours, "raw_mb_per_s": millions / raw, "ratio": raw / ours, "megabytes": megabytes}


def _timed(file: BinaryIO, step: Any) -> float:
    file.seek(0)
    began = time.monotonic()
    step()
    return time.monotonic() - began


def _draft(ground: Ground) -> Filing:
    api = PublicApi(ground.url)
    filing = Filing(api, fetch_keys(api, ground.fingerprint), Route.INSPEKTORAT)
    filing.open()
    return filing


@contextmanager
def _bucket(ground: Ground) -> Iterator[Minio]:
    """One that only this has, and which is gone afterwards."""
    store = seaweedfs.connect(ground.system, seaweedfs.OPS)
    store.make_bucket(BUCKET)
    try:
        yield store
    finally:
        store.remove_object(BUCKET, "raw")
        store.remove_bucket(BUCKET)


def main() -> int:
    with fresh() as ground:
        figures = run(ground)
    show_figures("Upload", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
