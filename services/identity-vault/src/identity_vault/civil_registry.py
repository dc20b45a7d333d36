"""The port to a civil registry (Dukcapil); none is connected until there is an agreement."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from contracts.letters import Person


class Answer(Enum):
    KNOWN = "known"
    UNKNOWN = "unknown"
    NO_ANSWER = "no answer"


class CivilRegistry(Protocol):
    def knows(self, person: Person) -> Answer:
        """Whether NIK, name and birth date belong together. An outage is NO_ANSWER: it never holds anybody up."""
        ...


class NoRegistry:
    """None is connected."""

    def knows(self, person: Person) -> Answer:
        return Answer.NO_ANSWER
