"""The measuring of the KTP check, on twenty pictures of its set: what it promises of outcomes holds for them."""

from __future__ import annotations

from benchmarks.ktp import cases
from benchmarks.ktp.__main__ import run

FEW = {
    "none": 3,
    "tilt to 8°": 1,
    "dim": 1,
    "phone noise": 1,
    "glare over the NIK": 1,
    "another NIK": 1,
    "one digit off": 3,
    "another last name": 1,
    "somebody else's card": 1,
    "painted over: not as claimed": 1,
    "a letter": 1,
    "bomb: 60,000 x 60,000": 1,
    "bomb: 2,000 scans": 1,
    "50,000 pixels wide": 1,
    "cut off": 1,
    "a ZIP behind the JPEG": 1,
}


def test_no_false_claim_is_consistent_and_no_true_card_is_kept_out() -> None:
    chosen = list(cases.a_few(FEW))

    figures, faults = run(chosen)

    assert len(chosen) == figures["pictures"] == sum(FEW.values()) == 20
    assert faults == []
    assert figures["peak_mb"] > 0


def test_the_set_is_large_enough_and_has_every_truth() -> None:
    kinds = cases.KINDS

    assert sum(kind.share for kind in kinds) >= 300
    assert {kind.truth for kind in kinds} == set(cases.Truth)
