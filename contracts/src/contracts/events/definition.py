"""What an integration event is: a frozen dataclass that says its topic, its type and an example of itself."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from marshmallow.validate import Length, Regexp

from contracts.letters.purposes import KILO
from contracts.sealed import Sealed
from contracts.vocabulary import Route

INTAKE, IDENTITY, EVIDENCE = "wbs.intake.v1", "wbs.identity.v1", "wbs.evidence.v1"
CASES, FORWARDING = "wbs.cases.v1", "wbs.forwarding.v1"
SOURCES = {
    INTAKE: "intake",
    IDENTITY: "identity-vault",
    EVIDENCE: "evidence",
    CASES: "case-management",
    FORWARDING: "kpk-forwarder",
}
SYSTEM = "system"  # the subject of events that are about no report
LARGEST_EVENT = 1_000_000
MOST_PIECES = 50
MOST_LEAVES = 5000  # of one head; an hour that has more gets several

# A wrapped letter is its letter (`letters.sealed_limit`) with nonce, tag and data key, in base64 (4/3): below twice it.
SealedStory = Annotated[Sealed, Length(min=1, max=272 * KILO)]
SealedMessage = Annotated[Sealed, Length(min=1, max=80 * KILO)]
SealedKey = Annotated[Sealed, Length(min=1, max=80 * KILO)]
SealedFacts = Annotated[Sealed, Length(min=1, max=8 * KILO)]
SealedReceipt = Annotated[Sealed, Length(min=1, max=16 * KILO)]
Sha256 = Annotated[str, Regexp(r"^[0-9a-f]{64}\Z")]
ObjectName = Annotated[str, Length(min=1, max=300)]
ObjectVersion = Annotated[str, Length(min=1, max=200)]
Signed = Annotated[str, Length(min=1, max=8 * KILO)]  # a compact JWS
Pieces = Annotated[tuple[UUID, ...], Length(max=MOST_PIECES)]

EXAMPLE_REPORT = UUID("0b8f6c1e-6d0e-4b52-9b1a-3f2f6f0c9a11")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Any integration event."""

    topic: ClassVar[str]
    type: ClassVar[str]

    @property
    def subject(self) -> str:
        return SYSTEM


@dataclass(frozen=True, kw_only=True)
class ReportEvent(Event):
    """An event about a report: its subject, and so its Kafka key, is the report's id."""

    report_id: UUID
    route: Route

    @property
    def subject(self) -> str:
        return str(self.report_id)


E = TypeVar("E", bound=type[Event])
_DEFINED: dict[str, type[Event]] = {}


def define(topic: str, cls: E) -> E:
    """Give an event class its topic and its CloudEvents type, like `wbs.intake.ReportSubmitted.v1`."""
    name, _, version = topic.rpartition(".")
    cls.topic = topic
    cls.type = f"{name}.{cls.__name__}.{version}"
    _DEFINED[cls.type] = cls
    return cls


def defined() -> dict[str, type[Event]]:
    return dict(_DEFINED)


def about(route: Route = Route.INSPEKTORAT) -> dict[str, Any]:
    """Give the members that every example about a report has; the report is invented."""
    return {"report_id": EXAMPLE_REPORT, "route": route}
