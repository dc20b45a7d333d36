"""What may be wrong with a photo of a card, and pictures that are no such photo. All drawn, all invented."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter
from wbs_local import drawn_cards
from wbs_local.drawn_cards import Card, font, jpeg

Spoil: TypeAlias = Callable[[Image.Image, random.Random], Image.Image]
QUALITY = 86
BLACK = "#101010"
PAPER = "#f4f1e4"


def photo(card: Card, chance: random.Random, *spoils: Spoil, tilt: float = 2.5, quality: int = QUALITY) -> bytes:
    """A photo of the card, at most `tilt` degrees askew."""
    picture = drawn_cards.photograph(drawn_cards.face(card), chance, chance.uniform(-tilt, tilt))
    return _spoiled(picture, chance, spoils, quality)


def photo_of(document: Image.Image, chance: random.Random, *spoils: Spoil) -> bytes:
    return _spoiled(drawn_cards.photograph(document, chance, chance.uniform(-2.5, 2.5)), chance, spoils, QUALITY)


def _spoiled(picture: Image.Image, chance: random.Random, spoils: tuple[Spoil, ...], quality: int) -> bytes:
    for spoil in spoils:
        picture = spoil(picture, chance)
    return jpeg(picture, quality)


def blur(least: float, most: float) -> Spoil:
    """Out of focus: the radius in pixels of a picture of 1,000."""
    return lambda picture, chance: picture.filter(ImageFilter.GaussianBlur(chance.uniform(least, most)))


def shaken(pixels: int) -> Spoil:
    """Moved sideways while it was taken."""

    def spoil(picture: Image.Image, _: random.Random) -> Image.Image:
        moved = picture
        for step in range(1, pixels):
            aside = picture.transform(picture.size, Image.Transform.AFFINE, (1, 0, step, 0, 1, 0))
            moved = Image.blend(moved, aside, 1 / (step + 1))
        return moved

    return spoil


def dark(least: float, most: float) -> Spoil:
    """`least` and `most`: how much of the light is missing."""

    def spoil(picture: Image.Image, chance: random.Random) -> Image.Image:
        dimmed = Image.blend(picture, Image.new("RGB", picture.size, "black"), chance.uniform(least, most))
        return _grainy(dimmed, chance, 10)

    return spoil


def noise(sigma: float) -> Spoil:
    """As a cheap phone's sensor makes it."""
    return lambda picture, chance: _grainy(picture, chance, sigma)


def _grainy(picture: Image.Image, chance: random.Random, sigma: float) -> Image.Image:
    noisy = Image.frombytes("RGB", picture.size, chance.randbytes(3 * picture.width * picture.height))
    return Image.blend(picture, noisy, min(sigma / 74, 1.0))  # 74: the deviation of uniform bytes


def glare(left: float, top: float, size: float = 0.22) -> Spoil:
    """A lamp's reflection around a place, in shares of the picture's width and height."""

    def spoil(picture: Image.Image, chance: random.Random) -> Image.Image:
        lamp = Image.new("L", picture.size, 0)
        x = (left + chance.uniform(-0.03, 0.03)) * picture.width
        y = (top + chance.uniform(-0.03, 0.03)) * picture.height
        radius = size * picture.width / 2
        ImageDraw.Draw(lamp).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        lamp = lamp.filter(ImageFilter.GaussianBlur(radius / 4))
        return Image.composite(Image.new("RGB", picture.size, "white"), picture, lamp)

    return spoil


def turned(degrees: int) -> Spoil:
    return lambda picture, _: picture.rotate(degrees, expand=True)


def resized(width: int) -> Spoil:
    return lambda picture, _: picture.resize((width, width * picture.height // picture.width))


def with_digits_painted_over(card: Card, shown: str) -> Image.Image:
    """The card on which some digits were covered and others written: `shown` is the NIK to be read."""
    face = drawn_cards.face(card)
    pen, letters = ImageDraw.Draw(face), font("DejaVuSansMono-Bold.ttf", 36)
    for place, (was, now) in enumerate(zip(card.nik, shown, strict=True)):
        if was != now:
            left = 225 + pen.textlength(": " + card.nik[:place], font=letters)
            pen.rectangle((left, 112, left + pen.textlength(was, font=letters), 150), fill="#b4d4e6")
            pen.text((left, 110), now, fill="#181818", font=letters)
    return face


def other_card(card: Card) -> Image.Image:
    """A card of another kind, with the same number and name."""
    drawn = Image.new("RGBA", (1011, 638), "#e8d9a0")
    pen = ImageDraw.Draw(drawn)
    pen.text((505, 30), "KARTU PEGAWAI (REKAAN)", fill="black", font=font("DejaVuSans-Bold.ttf", 40), anchor="ma")
    for line, text in enumerate((card.full_name, f"No. {card.nik}", "Dinas Contoh", "Golongan II/b")):
        pen.text((60, 180 + 80 * line), text, fill="black", font=font("DejaVuSans.ttf", 36))
    return drawn


def letter(card: Card) -> Image.Image:
    """A sheet of paper that tells of the person."""
    drawn = Image.new("RGBA", (900, 1200), PAPER)
    pen = ImageDraw.Draw(drawn)
    text = (
        "SURAT KETERANGAN (REKAAN)",
        "",
        f"Nama: {card.full_name}",
        f"NIK: {card.nik}",
        "",
        *("Demikian surat ini.",) * 9,
    )
    for number, line in enumerate(text):
        pen.text((70, 80 + 60 * number), line, fill=BLACK, font=font("DejaVuSans.ttf", 30))
    return drawn


def meme(card: Card, chance: random.Random) -> bytes:
    picture = Image.effect_noise((900, 900), 80).convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((250, 250, 650, 650), fill=f"#{chance.randrange(1 << 24):06x}")
    pen.text((450, 60), "KAPAN CAIR?", fill="white", font=font("DejaVuSans-Bold.ttf", 90), anchor="ma", stroke_width=5)
    pen.text((450, 760), card.full_name, fill="white", font=font("DejaVuSans-Bold.ttf", 50), anchor="ma")
    return jpeg(picture, 60)


def scan(card: Card) -> bytes:
    """The card on a white ground, as a scanner gives it: nobody held it."""
    page = Image.new("RGB", (1650, 1600), "white")
    face = drawn_cards.face(card)
    page.paste(face, (300, 200), face.getchannel("A"))
    return jpeg(page, 92)


def with_an_archive_behind(content: bytes) -> bytes:
    """A file that is a JPEG from its beginning and a ZIP from its end."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.html", "<script>alert(1)</script>")
    return content + archive.getvalue()


def with_a_script_inside(content: bytes) -> bytes:
    comment = b"<!doctype html><script>alert(1)</script>*/"
    return content[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + content[2:]


def of_many_scans(scans: int = 2000) -> bytes:
    """A progressive JPEG of few bytes whose pixels are gone over again and again."""
    out = io.BytesIO()
    Image.new("RGB", (6000, 6000), "gray").save(out, "JPEG", quality=20, progressive=True)
    content = out.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * scans + content[-2:]


def said_to_be(width: int, height: int) -> bytes:
    """A small JPEG whose header tells of another size."""
    small = jpeg(Image.new("RGB", (16, 16), "red"), 50)
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + height.to_bytes(2) + width.to_bytes(2) + small[at + 4 :]


def of_one_colour(width: int, height: int) -> bytes:
    return jpeg(Image.new("RGB", (width, height), "blue"), 50)


def as_png(card: Card) -> bytes:
    out = io.BytesIO()
    drawn_cards.face(card).convert("RGB").save(out, "PNG")
    return out.getvalue()
