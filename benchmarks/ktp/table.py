"""What the outcomes say: a table by defect, what must not have happened, and the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from contracts.vocabulary import IdentityOutcome

from benchmarks.ktp.cases import Truth
from benchmarks.ktp.checking import ENDED, Checked
from benchmarks.tables import percentile, show

CONSISTENT, INCONSISTENT = IdentityOutcome.CONSISTENT.value, IdentityOutcome.INCONSISTENT.value
OUTCOMES = (*(each.value for each in IdentityOutcome), ENDED)
FEWEST_CONSISTENT = 0.85


def print_outcomes(done: Sequence[Checked]) -> None:
    defects = dict.fromkeys((each.case.defect, each.case.truth) for each in done)
    show(
        "Outcomes by defect",
        ("defect", "truth", "pictures", *OUTCOMES, "CPU s", "longest s"),
        (_row(kind, done) for kind in defects),
    )


def _row(kind: tuple[str, Truth], done: Sequence[Checked]) -> Sequence[object]:
    those = [each for each in done if (each.case.defect, each.case.truth) == kind]
    outcomes = Counter(each.outcome for each in those)
    times = (sum(each.cpu_s for each in those) / len(those), max(each.wall_s for each in those))
    return (*kind, len(those), *(outcomes[each] for each in OUTCOMES), *times)


def faults(done: Sequence[Checked]) -> list[str]:
    """What must not be; one line each."""
    found = [fault for each in done if (fault := _fault(each))]
    share = consistent_share(done)
    if share < FEWEST_CONSISTENT:
        found.append(f"only {share:.0%} of the readable true cards were consistent; at least {FEWEST_CONSISTENT:.0%}")
    return found


def _fault(checked: Checked) -> str | None:
    truth, outcome = checked.case.truth, checked.outcome
    is_false = truth in (Truth.WRONG, Truth.HOSTILE) and outcome == CONSISTENT
    keeps_out = truth is Truth.READABLE and outcome == INCONSISTENT
    ended = truth is not Truth.HOSTILE and outcome == ENDED
    if is_false or keeps_out or ended:
        return f"{checked.case.defect} ({truth}): {outcome} {' '.join(checked.reasons)}"
    return None


def consistent_share(done: Sequence[Checked]) -> float:
    readable = [each.outcome for each in done if each.case.truth is Truth.READABLE]
    return readable.count(CONSISTENT) / len(readable) if readable else 1.0


def figures(done: Sequence[Checked], peak_mb: float) -> dict[str, Any]:
    """`cpu_s`: of a card's photo, the mean; `wall_p99_s` and `longest_s`: of any picture."""
    cards = [each for each in done if each.case.truth in (Truth.READABLE, Truth.HARD)]
    walls = [each.wall_s for each in done]
    return {
        "pictures": len(done),
        "cpu_s": sum(each.cpu_s for each in cards) / len(cards),
        "cpu_p99_s": percentile([each.cpu_s for each in cards], 0.99),
        "wall_p50_s": percentile([each.wall_s for each in cards], 0.5),
        "wall_p99_s": percentile(walls, 0.99),
        "longest_s": max(walls),
        "peak_mb": peak_mb,
        "ended": sum(each.outcome == ENDED for each in done),
        "consistent_share": consistent_share(done),
        "false_consistent": sum(
            each.outcome == CONSISTENT and each.case.truth in (Truth.WRONG, Truth.HOSTILE) for each in done
        ),
        "readable_inconsistent": sum(
            each.outcome == INCONSISTENT and each.case.truth is Truth.READABLE for each in done
        ),
    }
