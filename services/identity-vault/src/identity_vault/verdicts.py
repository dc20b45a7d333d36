"""The verdict on an offered identity: what the numbers say and what was seen on the photo, weighed.

`inconsistent` only where the reporter is certain to be able to mend it, or asks for a person's look; all else that is
not plain agreement is `unsure`. Thresholds of reading (`reading.py`) were found on drawn cards; they must be measured
again on real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contracts.letters import Person
from contracts.vocabulary import IdentityOutcome, IdentityReason

from identity_vault.areas import Region
from identity_vault.civil_registry import Answer
from identity_vault.nik import Nik


class Photo(StrEnum):
    """What the picture is, before anything on it is compared."""

    CARD = "card"
    UNCLEAR = "unclear"  # a photograph, on which the words of a card can't be read
    FLAT = "flat"  # the words of a card, on a flat ground: a scan, or a picture that was never a photograph
    NO_CARD = "no_card"
    DAMAGED = "damaged"


class Likeness(StrEnum):
    """How something given compares with what was read on the photo."""

    SAME = "same"
    OTHER = "other"
    UNLIKE = "unlike"  # so different that no mistake of reading explains it
    NOT_READ = "not_read"


@dataclass(frozen=True)
class Findings:
    """What the limited child process saw."""

    photo: Photo
    nik: Likeness = Likeness.NOT_READ
    name: Likeness = Likeness.NOT_READ


@dataclass(frozen=True)
class Verdict:
    outcome: IdentityOutcome
    reasons: tuple[IdentityReason, ...] = ()

    def looked_at_by_a_person(self) -> Verdict:
        """Nobody is turned away who asked for a person's look, or whose report is in already."""
        if self.outcome is not IdentityOutcome.INCONSISTENT:
            return self
        return Verdict(IdentityOutcome.UNSURE, self.reasons)


def unsure(*reasons: IdentityReason) -> Verdict:
    return Verdict(IdentityOutcome.UNSURE, reasons)


def unreadable() -> Verdict:
    """The offer's letter does not open as it must: the reporter can send it again."""
    return Verdict(IdentityOutcome.INCONSISTENT, (IdentityReason.LETTER_UNREADABLE,))


def judge(person: Person, findings: Findings | None, registry: Answer, review_asked: bool) -> Verdict:
    """`findings` None: the check failed three times."""
    wrong, doubtful = _numbers(person)
    seen_wrong, seen_doubtful = _photo(findings) if findings else ((), (IdentityReason.CHECK_FAILED,))
    doubtful = (*doubtful, *seen_doubtful, *((IdentityReason.NOT_IN_REGISTRY,) if registry is Answer.UNKNOWN else ()))
    wrong = (*wrong, *seen_wrong)
    if review_asked:
        return unsure(IdentityReason.REVIEW_ASKED, *wrong, *doubtful)
    if wrong:
        return Verdict(IdentityOutcome.INCONSISTENT, (*wrong, *doubtful))
    return unsure(*doubtful) if doubtful else Verdict(IdentityOutcome.CONSISTENT)


_Reasons = tuple[IdentityReason, ...]


def _numbers(person: Person) -> tuple[_Reasons, _Reasons]:
    """Reasons of being wrong and of being doubtful."""
    nik = Nik.parse(person.nik)
    if nik is None:
        return (IdentityReason.NIK_STRUCTURE,), ()
    wrong = _those(
        (IdentityReason.NIK_REGION, nik.region is Region.IMPOSSIBLE),
        (IdentityReason.NIK_DATE, nik.birth_day is None),
    )
    doubtful = _those(
        (IdentityReason.NIK_REGION, nik.region is Region.UNFAMILIAR),
        (
            IdentityReason.BIRTH_DATE_OTHER_THAN_NIK,
            nik.birth_day is not None and not nik.agrees_with(person.birth_date),
        ),
        (IdentityReason.SEX_OTHER_THAN_NIK, nik.sex != person.sex),
    )
    return wrong, doubtful


def _photo(seen: Findings) -> tuple[_Reasons, _Reasons]:
    if seen.photo is Photo.DAMAGED:
        return (IdentityReason.PHOTO_DAMAGED,), ()
    if seen.photo is Photo.NO_CARD:
        return (IdentityReason.PHOTO_NOT_OF_A_CARD,), ()
    if seen.nik is Likeness.UNLIKE and seen.name is Likeness.UNLIKE:
        return (IdentityReason.NIK_OTHER_ON_PHOTO, IdentityReason.NAME_OTHER_ON_PHOTO), ()
    return (), _those(
        (IdentityReason.PHOTO_NOT_OF_A_CARD, seen.photo is Photo.FLAT),
        (IdentityReason.NIK_OTHER_ON_PHOTO, seen.nik in (Likeness.OTHER, Likeness.UNLIKE)),
        (IdentityReason.NAME_OTHER_ON_PHOTO, seen.name in (Likeness.OTHER, Likeness.UNLIKE)),
        (
            IdentityReason.PHOTO_HARD_TO_READ,
            seen.photo is Photo.UNCLEAR or Likeness.NOT_READ in (seen.nik, seen.name),
        ),
    )


def _those(*found: tuple[IdentityReason, bool]) -> _Reasons:
    return tuple(reason for reason, holds in found if holds)
