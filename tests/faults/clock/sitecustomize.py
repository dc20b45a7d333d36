"""Moves the clock of a Python process by the seconds that a file says, again whenever it says others.

Python imports this before anything else where its folder stands in PYTHONPATH. How long something takes
(`time.monotonic`) is as it is.
"""

import datetime
import os
import threading
from pathlib import Path

import time_machine

LOOK_EVERY_S = 0.1


class _Clock:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._said = "0"
        self._travel: time_machine.travel | None = None

    def look(self) -> None:
        said = self._file.read_text()
        if said == self._said:
            return
        self._said = said
        if self._travel is not None:
            self._travel.stop()
        self._travel = time_machine.travel(datetime.timedelta(seconds=int(said)))
        self._travel.start()

    def follow(self) -> None:
        while True:
            self.look()
            threading.Event().wait(LOOK_EVERY_S)


def _start() -> None:
    threading.Thread(target=_clock.follow, daemon=True).start()


_clock = _Clock(Path(os.environ["WBS_TEST_CLOCK"]))
_clock.look()
_start()
os.register_at_fork(after_in_child=_start)  # a child has no thread but the one that forked it
