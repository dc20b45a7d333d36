"""The labelled set: who is claimed, what the picture shows, and what the check must not say. The same for a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import TypeAlias

from contracts.letters import Person
from wbs_local import drawn_cards
from wbs_local.drawn_cards import Card
from wbs_local.examples import person_of

from benchmarks.ktp import spoiling

SEED = 2606


class Truth(StrEnum):
    READABLE = "readable"  # the card of who is claimed, as a person can read it: never inconsistent, mostly consistent
    HARD = "hard to read"  # the same, of which a person could not read all: any outcome but `ended`
    WRONG = "wrong"  # NIK or name is not what the card says, or it is no card: never consistent
    UNTOLD = "can't be told"  # forged so that nothing but the civil registry could tell: shown, not judged
    HOSTILE = "hostile"  # a file made to do harm: never consistent


@dataclass(frozen=True)
class Case:
    """`photo`: the bytes that are offered as a JPEG."""

    defect: str
    truth: Truth
    person: Person = field(repr=False)
    photo: bytes = field(repr=False)


Claimed: TypeAlias = tuple[Person, bytes]
Draw: TypeAlias = Callable[[Card, random.Random], Claimed]


@dataclass(frozen=True)
class Kind:
    """`share`: how many of a whole set."""

    defect: str
    truth: Truth
    share: int
    draw: Draw


def make(scale: float = 1.0, seed: int = SEED) -> Iterator[Case]:
    """At least one of each kind; each is of other people."""
    number = seed * 1000
    for kind in KINDS:
        for _ in range(max(1, round(kind.share * scale))):
            number += 1
            person, photo = kind.draw(drawn_cards.invent(number), random.Random(number))
            yield Case(kind.defect, kind.truth, person, photo)


def a_few(defects: Mapping[str, int], seed: int = SEED) -> Iterator[Case]:
    """So many of these defects."""
    number = seed * 2000
    for kind in KINDS:
        for _ in range(defects.get(kind.defect, 0)):
            number += 1
            person, photo = kind.draw(drawn_cards.invent(number), random.Random(number))
            yield Case(kind.defect, kind.truth, person, photo)


def _true(*spoils: spoiling.Spoil, tilt: float = 2.5, quality: int = spoiling.QUALITY) -> Draw:
    return lambda card, chance: (
        person_of(card),
        spoiling.photo(card, chance, *spoils, tilt=tilt, quality=quality),
    )


def _claiming(claim: Callable[[Card, random.Random], Person]) -> Draw:
    """A good photo of a card, whose words are not those that are claimed."""
    return lambda card, chance: (claim(card, chance), spoiling.photo(card, chance))


def _showing(draw: Callable[[Card, random.Random], bytes]) -> Draw:
    return lambda card, chance: (person_of(card), draw(card, chance))


def _file(make_file: Callable[[], bytes]) -> Draw:
    return lambda card, _: (person_of(card), make_file())


def _spoiled_file(spoil: Callable[[bytes], bytes]) -> Draw:
    return lambda card, chance: (person_of(card), spoil(spoiling.photo(card, chance)))


def _other_number(card: Card, chance: random.Random) -> Person:
    return replace(person_of(card), nik=drawn_cards.invent(chance.randrange(1 << 30)).nik)


def _one_digit_off(card: Card, chance: random.Random) -> Person:
    """Anywhere: in the area, the date or the serial number."""
    place = chance.randrange(len(card.nik))
    digit = str((int(card.nik[place]) + chance.randint(1, 9)) % 10)
    return replace(person_of(card), nik=card.nik[:place] + digit + card.nik[place + 1 :])


def _two_digits_swapped(card: Card, chance: random.Random) -> Person:
    nik = card.nik
    place = chance.choice([at for at in range(len(nik) - 1) if nik[at] != nik[at + 1]])
    return replace(person_of(card), nik=nik[:place] + nik[place + 1] + nik[place] + nik[place + 2 :])


def _other_name(card: Card, chance: random.Random) -> Person:
    names = [
        f"{first} {last}" for first in drawn_cards.FIRST for last in drawn_cards.LAST if first not in card.full_name
    ]
    return replace(person_of(card), full_name=chance.choice(names))


def _other_last_name(card: Card, chance: random.Random) -> Person:
    first, _, last = card.full_name.partition(" ")
    return replace(
        person_of(card), full_name=f"{first} {chance.choice([each for each in drawn_cards.LAST if each != last])}"
    )


def _somebody_elses(card: Card, chance: random.Random) -> Claimed:
    return person_of(card), spoiling.photo(drawn_cards.invent(chance.randrange(1 << 30)), chance)


def _painted_over(places: range, card: Card, chance: random.Random) -> Claimed:
    """Claimed is what was written on the card; who it says was born on which day stays."""
    nik, place = card.nik, chance.choice(places)
    shown = nik[:place] + str((int(nik[place]) + 1) % 10) + nik[place + 1 :]
    picture = spoiling.photo_of(spoiling.with_digits_painted_over(card, shown), chance)
    return replace(person_of(card), nik=shown), picture


def _not_what_was_painted(card: Card, chance: random.Random) -> Claimed:
    _, picture = _painted_over(range(12, 16), card, chance)
    return person_of(card), picture


def _truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


_DAY = range(7, 8)  # the day's second digit: the date stays one
_SERIAL = range(12, 16)
_OVER_NIK, _ASIDE = (0.45, 0.24), (0.72, 0.80)

KINDS = (
    Kind("none", Truth.READABLE, 60, _true()),
    Kind("tilt to 8°", Truth.READABLE, 20, _true(tilt=8)),
    Kind("tilt to 20°", Truth.READABLE, 14, _true(tilt=20)),
    Kind("turned by 90°", Truth.HARD, 8, _true(spoiling.turned(90))),
    Kind("upside down", Truth.HARD, 8, _true(spoiling.turned(180))),
    Kind("a little out of focus", Truth.READABLE, 20, _true(spoiling.blur(0.8, 1.4))),
    Kind("out of focus", Truth.HARD, 10, _true(spoiling.blur(2.2, 3.5))),
    Kind("shaken", Truth.HARD, 10, _true(spoiling.shaken(6))),
    Kind("glare beside the words", Truth.READABLE, 16, _true(spoiling.glare(*_ASIDE))),
    Kind("glare over the NIK", Truth.HARD, 10, _true(spoiling.glare(*_OVER_NIK))),
    Kind("dim", Truth.READABLE, 16, _true(spoiling.dark(0.35, 0.6))),
    Kind("dark", Truth.HARD, 10, _true(spoiling.dark(0.8, 0.9))),
    Kind("phone noise", Truth.READABLE, 16, _true(spoiling.noise(12), quality=60)),
    Kind("1,600 pixels wide", Truth.READABLE, 10, _true(spoiling.resized(1600))),
    Kind("640 pixels wide", Truth.READABLE, 10, _true(spoiling.resized(640))),
    Kind("400 pixels wide", Truth.HARD, 8, _true(spoiling.resized(400))),
    Kind("a ZIP behind the JPEG", Truth.HARD, 4, _spoiled_file(spoiling.with_an_archive_behind)),
    Kind("a script in a comment", Truth.HARD, 4, _spoiled_file(spoiling.with_a_script_inside)),
    Kind("scan on white", Truth.HARD, 6, _showing(lambda card, _: spoiling.scan(card))),
    Kind("another NIK", Truth.WRONG, 12, _claiming(_other_number)),
    Kind("one digit off", Truth.WRONG, 20, _claiming(_one_digit_off)),
    Kind("two digits swapped", Truth.WRONG, 10, _claiming(_two_digits_swapped)),
    Kind("another name", Truth.WRONG, 12, _claiming(_other_name)),
    Kind("another last name", Truth.WRONG, 12, _claiming(_other_last_name)),
    Kind("somebody else's card", Truth.WRONG, 12, _somebody_elses),
    Kind("painted over: the day", Truth.WRONG, 8, partial(_painted_over, _DAY)),
    Kind("painted over: not as claimed", Truth.WRONG, 8, _not_what_was_painted),
    Kind("painted over: the serial number", Truth.UNTOLD, 6, partial(_painted_over, _SERIAL)),
    Kind(
        "another card",
        Truth.WRONG,
        8,
        _showing(lambda card, chance: spoiling.photo_of(spoiling.other_card(card), chance)),
    ),
    Kind("a letter", Truth.WRONG, 8, _showing(lambda card, chance: spoiling.photo_of(spoiling.letter(card), chance))),
    Kind("a screenshot", Truth.WRONG, 6, _showing(lambda card, _: drawn_cards.draw_screenshot(card))),
    Kind("a meme", Truth.WRONG, 8, _showing(spoiling.meme)),
    Kind("bomb: 60,000 x 60,000", Truth.HOSTILE, 2, _file(drawn_cards.draw_bomb)),
    Kind("bomb: 6,300 x 6,300 said, 16 there", Truth.HOSTILE, 2, _file(partial(spoiling.said_to_be, 6300, 6300))),
    Kind("bomb: 2,000 scans", Truth.HOSTILE, 2, _file(spoiling.of_many_scans)),
    Kind("1 x 1", Truth.HOSTILE, 2, _file(drawn_cards.draw_dot)),
    Kind("50,000 pixels wide", Truth.HOSTILE, 2, _file(partial(spoiling.of_one_colour, 50_000, 300))),
    Kind("50,000 pixels high", Truth.HOSTILE, 2, _file(partial(spoiling.of_one_colour, 1, 50_000))),
    Kind("cut off", Truth.HOSTILE, 4, _spoiled_file(_truncated)),
    Kind("a PNG", Truth.HOSTILE, 2, _showing(lambda card, _: spoiling.as_png(card))),
    Kind("noise of bytes", Truth.HOSTILE, 2, lambda card, chance: (person_of(card), chance.randbytes(50_000))),
    Kind("empty", Truth.HOSTILE, 1, _file(bytes)),
)
