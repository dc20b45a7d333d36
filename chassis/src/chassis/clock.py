"""The only clock that stored times come from: it knows whole hours, so that no time tells when somebody filed a
report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOUR = 3600


@dataclass(frozen=True)
class Clock:
    """`grain` is the length in seconds of what counts as an hour: 3600, less only in the local profile."""

    grain: int = HOUR

    def hour(self) -> datetime:
        """The beginning (UTC) of the hour that it is now."""
        return self.round_down(datetime.now(UTC))

    def next_hour(self) -> datetime:
        return self.hour() + timedelta(seconds=self.grain)

    def round_down(self, time: datetime) -> datetime:
        seconds = int(time.timestamp())
        return datetime.fromtimestamp(seconds - seconds % self.grain, UTC)


class _ProcessClock:
    """Domain events stamp themselves where no clock can be handed in; until a process sets its grain, it is an hour."""

    clock = Clock()


def set_process_clock(clock: Clock) -> None:
    """Called once when a process starts (`chassis.settings.load` does it)."""
    _ProcessClock.clock = clock


def process_hour() -> datetime:
    return _ProcessClock.clock.hour()
