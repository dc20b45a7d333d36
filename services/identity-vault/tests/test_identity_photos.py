"""Reading drawn cards: true ones agree, false claims never do, and what is no photo of a card is told."""

from __future__ import annotations

import io

import pytest
from identity_vault import photo
from identity_vault.looking import find, look
from identity_vault.verdicts import Findings, Likeness, Photo
from PIL import Image
from vault_tools import person_of
from wbs_local.drawn_cards import Card, draw, draw_bomb, draw_dot, draw_screenshot, invent

TRUE = Findings(Photo.CARD, Likeness.SAME, Likeness.SAME)


def of_many_scans() -> bytes:
    """A progressive JPEG that goes over its pixels for minutes."""
    out = io.BytesIO()
    Image.new("RGB", (2000, 2000), "gray").save(out, "JPEG", progressive=True)
    content = out.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * 2000 + content[-2:]


def off_by_one(card: Card) -> str:
    return card.nik[:9] + str((int(card.nik[9]) + 1) % 10) + card.nik[10:]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_true_card_agrees(seed: int) -> None:
    card = invent(seed)

    assert find(person_of(card), draw(card, seed)) == TRUE


def test_one_digit_off_never_agrees() -> None:
    card = invent(4)

    found = find(person_of(card, nik=off_by_one(card)), draw(card, 4))

    assert found.nik is Likeness.OTHER


def test_another_name_never_agrees() -> None:
    card = invent(5)

    found = find(person_of(card, full_name="Orang Lain Sekali"), draw(card, 5))

    assert (found.nik, found.name) == (Likeness.SAME, Likeness.UNLIKE)


def test_somebody_elses_card_is_unlike() -> None:
    claimed = person_of(invent(6), full_name="Orang Lain Sekali")

    found = find(claimed, draw(invent(7), 7))

    assert (found.nik, found.name) == (Likeness.UNLIKE, Likeness.UNLIKE)


def test_a_screenshot_of_text_is_no_card_though_it_names_the_nik() -> None:
    card = invent(8)

    assert find(person_of(card), draw_screenshot(card)).photo is Photo.NO_CARD


@pytest.mark.parametrize(
    ("jpeg", "seen"),
    [
        (draw(invent(9), 9)[:40_000], Photo.DAMAGED),
        (b"", Photo.DAMAGED),
        (b"A text file named .jpg", Photo.DAMAGED),
        (draw_bomb(), Photo.DAMAGED),
        (draw_dot(), Photo.NO_CARD),
        (of_many_scans(), Photo.DAMAGED),
    ],
    ids=["damaged", "empty", "text", "bomb", "dot", "scans"],
)
def test_what_does_not_decode_or_is_too_small_is_not_read(jpeg: bytes, seen: Photo) -> None:
    assert find(person_of(invent(9)), jpeg) == Findings(seen)


def test_a_photo_is_remade_from_its_pixels_alone() -> None:
    jpeg = draw(invent(10), 10)
    with_comment = jpeg[:2] + b"\xff\xfe\x00\x10rahasia-gps-01" + jpeg[2:]

    clean = photo.remake(with_comment)

    assert clean.startswith(b"\xff\xd8")
    assert b"rahasia" not in clean
    assert photo.remake(draw_bomb()) == b""


def test_an_offer_that_did_not_open_is_not_looked_at() -> None:
    answer = io.BytesIO()
    look(io.BytesIO(b""), answer)

    assert answer.getvalue() == b""
