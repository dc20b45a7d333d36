"""Draws invented KTP cards as a phone would photograph them: seeded, marked as invented, of nobody.

The layout follows the card's, the colours and noise are those of a photo; it says CONTOH REKAAN across. Also for
benchmarks: `python -m wbs_local.drawn_cards N FOLDER`.
"""

from __future__ import annotations

import io
import random
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path("/usr/share/fonts/truetype/dejavu")
FIRST = ("BUDI", "SITI", "AGUS", "DEWI", "RAHMAT", "NURUL", "HENDRA", "YULIANA", "FITRI", "JOKO", "MARLINA", "ZULKIFLI")
LAST = (
    "SANTOSO",
    "RAHMAWATI",
    "WIJAYA",
    "LESTARI",
    "HIDAYAT",
    "KURNIAWAN",
    "PRATAMA",
    "NASUTION",
    "MUHARRAM",
    "ANGGRAINI",
)
KECAMATAN = ("150401", "150402", "150403", "150404", "157101", "150501", "317101", "320102", "330101")


@dataclass(frozen=True)
class Card:
    nik: str
    full_name: str
    birth_date: date
    sex: str

    @property
    def rows(self) -> list[tuple[str, str]]:
        sex = {"L": "LAKI-LAKI", "P": "PEREMPUAN"}[self.sex]
        return [
            ("Nama", self.full_name),
            ("Tempat/Tgl Lahir", f"CONTOH, {self.birth_date:%d-%m-%Y}"),
            ("Jenis kelamin", f"{sex}    Gol. Darah : O"),
            ("Alamat", "JL. REKAAN NO. 1"),
            ("   RT/RW", "001/002"),
            ("   Kel/Desa", "CONTOH"),
            ("   Kecamatan", "CONTOH"),
            ("Agama", "ISLAM"),
            ("Status Perkawinan", "KAWIN"),
            ("Pekerjaan", "CONTOH"),
            ("Kewarganegaraan", "WNI"),
            ("Berlaku Hingga", "SEUMUR HIDUP"),
        ]


def invent(seed: int) -> Card:
    """A card of nobody; its NIK's serial number is 98xx, which no clerk gives out in one day."""
    chance = random.Random(seed)
    born, sex = date(chance.randint(1960, 2004), chance.randint(1, 12), chance.randint(1, 28)), chance.choice("LP")
    day = born.day + (40 if sex == "P" else 0)
    nik = f"{chance.choice(KECAMATAN)}{day:02}{born:%m%y}98{chance.randint(10, 99)}"
    return Card(nik, f"{chance.choice(FIRST)} {chance.choice(LAST)}", born, sex)


def draw(card: Card, seed: int = 0, width: int = 1000) -> bytes:
    """A JPEG of the card lying on a table: shade, tilt, noise."""
    chance = random.Random(seed)
    picture = photograph(face(card), chance, chance.uniform(-2.5, 2.5), width)
    return jpeg(picture, chance.randint(80, 92))


def photograph(document: Image.Image, chance: random.Random, tilt: float, width: int = 1000) -> Image.Image:
    """A picture of a document (RGBA) that lies on a table; `tilt` in degrees, `width` in pixels."""
    picture = _table(chance, document.rotate(tilt, expand=True, fillcolor=None))
    picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.8)))
    return picture.resize((width, width * picture.height // picture.width), Image.Resampling.LANCZOS)


def draw_screenshot(card: Card, lines: int = 22) -> bytes:
    """A page of text that names the card's NIK and name: no card at all."""
    picture = Image.new("RGB", (900, 1200), "white")
    pen = ImageDraw.Draw(picture)
    text = [f"NIK {card.nik}", card.full_name, *("Ini tangkapan layar berisi tulisan saja." for _ in range(lines))]
    for number, line in enumerate(text):
        pen.text((60, 60 + number * 46), line, fill="black", font=font("DejaVuSans.ttf", 28))
    return jpeg(picture, 90)


def draw_bomb() -> bytes:
    """A JPEG whose header says 60,000 x 60,000 pixels; it is a few hundred bytes."""
    small = jpeg(Image.new("RGB", (16, 16), "red"), 50)
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + (60_000).to_bytes(2) * 2 + small[at + 4 :]


def draw_dot() -> bytes:
    return jpeg(Image.new("RGB", (1, 1), "blue"), 80)


def face(card: Card) -> Image.Image:
    """The card alone, 1011 x 638 pixels (RGBA)."""
    drawn = Image.new("RGBA", (1011, 638), "#a9cfe6")
    pen = ImageDraw.Draw(drawn)
    for line in range(0, 638, 6):
        pen.line((0, line, 1011, line + 40), fill="#9ec8e2")
    bold, plain = font("DejaVuSans-Bold.ttf", 30), font("DejaVuSans.ttf", 23)
    pen.text((505, 22), "PROVINSI JAMBI", fill="black", font=bold, anchor="ma")
    pen.text((505, 60), "KABUPATEN BATANGHARI", fill="black", font=bold, anchor="ma")
    pen.text((40, 112), "NIK", fill="black", font=font("DejaVuSans.ttf", 32))
    pen.text((225, 110), f": {card.nik}", fill="black", font=font("DejaVuSansMono-Bold.ttf", 36))
    for number, (label, value) in enumerate(card.rows):
        pen.text((40, 170 + number * 37), label, fill="black", font=plain)
        pen.text((270, 170 + number * 37), f": {value}", fill="black", font=plain)
    pen.rectangle((760, 150, 970, 430), fill="#b03030")
    pen.ellipse((815, 190, 915, 310), fill="#e0b090")
    pen.rectangle((800, 320, 930, 430), fill="#303040")
    pen.text((865, 470), "CONTOH REKAAN", fill="#700000", font=font("DejaVuSans-Bold.ttf", 20), anchor="ma")
    return drawn


def _table(chance: random.Random, card: Image.Image) -> Image.Image:
    table = Image.effect_noise((card.width + 160, card.height + 160), 60).convert("RGB")
    tint = Image.new("RGB", table.size, chance.choice(("#5a4632", "#6b6b60", "#3c4650")))
    table = Image.blend(table, tint, 0.7)
    table.paste(card, (80, 80), card.getchannel("A"))
    shade = Image.linear_gradient("L").resize(table.size).rotate(chance.choice((0, 90, 180, 270)))
    table = Image.composite(
        table, Image.blend(table, Image.new("RGB", table.size, "black"), 0.35), shade.resize(table.size)
    )
    noise = Image.effect_noise(table.size, chance.uniform(8, 18)).convert("RGB")
    return Image.blend(table, noise, 0.12)


def jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size)


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        Path(sys.argv[2], f"ktp-{number:04}.jpg").write_bytes(draw(invent(number), number))
