"""evidence's settings beyond those of every service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chassis.settings import Settings

GIBIBYTE = 1 << 30


@dataclass(frozen=True)
class EvidenceSettings(Settings):
    """`largest_file` (at most what ClamAV is set to take), `largest_draft`: bytes; `most_pieces`: of a draft.

    `portal_origin`: the one origin whose pages may upload from a browser, e.g. `https://wbs.example.go.id`.
    `retention_days`: how long a filed original is locked against everybody. A lock can't be taken back.
    `check_seconds`: how long the making of one clean copy may take.
    """

    clamav_host: str = "127.0.0.1"
    clamav_port: int = 3310
    largest_file: int = GIBIBYTE
    largest_draft: int = 4 * GIBIBYTE
    most_pieces: int = 50
    retention_days: int = 3650
    check_seconds: int = 900
    portal_origin: str | None = None

    @property
    def retention(self) -> timedelta:
        return timedelta(days=self.retention_days)
