"""Only one topic's events of a report are ordered: whatever the order across topics, a case ends in the same state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID, uuid4

import pytest
from case_management.domain import Case
from contracts.vocabulary import CaseStatus, ConflictSource, IdentityLevel, QuarantineReason, Role

REPORT, OFFER, LETTER, PIECE, OTHER = (uuid4() for _ in range(5))
Step = Callable[[Case], None]


def opened(case: Case) -> None:
    case.open(offer_id=OFFER, evidence_ids=(PIECE, OTHER), level=IdentityLevel.NOT_YET_CHECKED, facts="f", story="s")


def filed(evidence_id: UUID) -> Step:
    return lambda case: case.file_evidence(
        evidence_id, object_name="o", version="1", sha256="0" * 64, original_key=None
    )


INTAKE: list[Step] = [opened, lambda case: case.receive_message(LETTER, "m"), lambda case: case.note_withdrawal()]
EVIDENCE: list[Step] = [
    filed(PIECE),
    lambda case: case.quarantine_evidence(OTHER, QuarantineReason.INFECTED),
    lambda case: case.note_no_copy(OTHER),
    lambda case: case.file_copy(PIECE, object_name="c", version="1", sha256="0" * 64, copy_key="k"),
]
UNSURE: Step = lambda case: case.judge_identity(OFFER, IdentityLevel.UNSURE)  # noqa: E731  # a step like the others
ESTABLISHED: Step = lambda case: case.judge_identity(OFFER, IdentityLevel.OFFICER)  # noqa: E731
CONFLICT: Step = lambda case: case.declare_conflict(ConflictSource.KPK, (Role.IRBAN,))  # noqa: E731
OF_ANOTHER_OFFER: Step = lambda case: case.judge_identity(uuid4(), IdentityLevel.CONSISTENT)  # noqa: E731


def interleaved(*topics: Sequence[Step]) -> Iterator[list[Step]]:
    """Every order that keeps each topic's own."""
    if not any(topics):
        yield []
    for number, topic in enumerate(topics):
        if topic:
            rest = [*topics[:number], topic[1:], *topics[number + 1 :]]
            for order in interleaved(*rest):
                yield [topic[0], *order]


@pytest.mark.parametrize(
    ("identity", "ends"),
    [
        ([UNSURE], (CaseStatus.WAITING_FOR_IDENTITY, IdentityLevel.UNSURE)),
        ([UNSURE, ESTABLISHED], (CaseStatus.RECEIVED, IdentityLevel.OFFICER)),
        ([OF_ANOTHER_OFFER], (CaseStatus.WAITING_FOR_IDENTITY, IdentityLevel.NOT_YET_CHECKED)),
    ],
)
def test_a_case_ends_in_the_same_state_in_any_order(
    identity: list[Step], ends: tuple[CaseStatus, IdentityLevel]
) -> None:
    states = set()
    for order in interleaved(INTAKE, identity, EVIDENCE):
        case = Case.begin(REPORT)
        for step in [*order, *order]:  # and each event twice
            step(case)
        states.add((case.status, case.level, frozenset(case.letters), frozenset(case.filed), frozenset(case.copies)))

    assert states == {(*ends, frozenset({LETTER}), frozenset({PIECE}), frozenset({PIECE}))}
