"""Files for the demo and the end-to-end tests, all invented: photo with GPS, receipt as PDF, video, and a report."""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from contracts.facts import Facts
from contracts.letters import Person
from contracts.schema import to_json
from contracts.vocabulary import Category, LossBand
from PIL import Image, ImageDraw

from wbs_local import drawn_cards
from wbs_local.drawn_cards import Card

GPS_IFD, GPS_LATITUDE_REF, GPS_LATITUDE, GPS_LONGITUDE_REF, GPS_LONGITUDE = 0x8825, 1, 2, 3, 4
CAMERA = "Kamera Rekaan"
SECONDS = 20
FACTS = Facts(
    category=Category.VILLAGE_FUND,
    area="15.04.03",
    skpd="dpmd",
    period_from="2025-01",
    period_to="2025-06",
    loss=LossBand.UNDER_1_BILLION,
)
STORY = (
    "Cerita rekaan. Papan proyek jalan usaha tani mencantumkan dana Rp480 juta, tetapi pekerjaan berhenti sesudah "
    "pengukuran.\n\nKepala urusan keuangan meminta tanda tangan penerimaan barang yang tidak pernah datang."
)


@dataclass(frozen=True)
class Reporter:
    """An invented reporter with the card that proves it, and what they tell of themselves."""

    person: Person
    ktp_photo: bytes


def reporter(seed: int) -> Reporter:
    """Whose card and words agree."""
    card = drawn_cards.invent(seed)
    return Reporter(person_of(card), drawn_cards.draw(card, seed))


def reporter_with_another_birth_date(seed: int) -> Reporter:
    """Whose NIK was issued with another date, as happens: never wrong, but somebody has to look."""
    card = drawn_cards.invent(seed)
    told = Card(card.nik, card.full_name, card.birth_date.replace(year=card.birth_date.year - 1), card.sex)
    return Reporter(person_of(told), drawn_cards.draw(card, seed))


def person_of(card: Card) -> Person:
    return Person(
        nik=card.nik,
        full_name=card.full_name,
        birth_date=card.birth_date,
        sex=card.sex,
        address="Jl. Rekaan No. 1",
        phone="0800-000-0000",
        email="rekaan@example.id",
        occupation="Petani (rekaan)",
    )


def photo(caption: str = "PROYEK JALAN USAHA TANI (REKAAN)") -> bytes:
    """A JPEG whose EXIF tells camera and place, as phones write it."""
    picture = Image.new("RGB", (1600, 1200), "#7aa35a")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((300, 350, 1300, 800), fill="#f4f1e4", outline="#444444", width=8)
    pen.text((420, 480), caption, fill="black", font_size=44)
    pen.text((420, 580), "Dana Desa 2025: Rp 480.000.000", fill="black", font_size=44)
    exif = Image.Exif()
    exif[0x0110] = CAMERA
    exif.get_ifd(GPS_IFD).update(
        {
            GPS_LATITUDE_REF: "S",
            GPS_LATITUDE: (1.0, 41.0, 30.0),
            GPS_LONGITUDE_REF: "E",
            GPS_LONGITUDE: (103.0, 16.0, 0.0),
        }
    )
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def receipt() -> bytes:
    """A one-page PDF with an author in its metadata."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    pen.text((120, 120), "KUITANSI (REKAAN)", fill="black", font_size=60)
    pen.text((120, 260), "Sudah terima dari: Pemerintah Desa Contoh", fill="black", font_size=36)
    pen.text((120, 330), "Uang sejumlah: Rp 150.000.000", fill="black", font_size=36)
    pen.text((120, 400), "Untuk: 40 truk batu yang tidak pernah datang", fill="black", font_size=36)
    out = io.BytesIO()
    page.save(out, "PDF", author=CAMERA, title="kuitansi rekaan")
    return out.getvalue()


def video(path: Path, megabytes: int = 20) -> Path:
    """An MP4 of about so many megabytes, with a place in its metadata; made once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        rate = f"{megabytes * 8 * 1000 // SECONDS}k"
        source = f"-f lavfi -i testsrc2=size=1280x720:rate=25,noise=alls=40:allf=t -t {SECONDS}"
        coding = f"-c:v libx264 -preset ultrafast -b:v {rate} -minrate {rate} -maxrate {rate} -bufsize {rate}"
        place = "-metadata location=-1.6917+103.2667/"
        subprocess.run([*f"ffmpeg -v error -y {source} {coding} {place}".split(), str(path)], check=True)
    return path


def write_report(folder: Path) -> Path:
    """A report for `wbs file`, with the files that it names; where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    made = reporter(4)
    for name, content in (("ktp.jpg", made.ktp_photo), ("papan.jpg", photo()), ("kuitansi.pdf", receipt())):
        (folder / name).write_bytes(content)
    video(folder / "lokasi.mp4")
    report = {
        "route": "inspektorat",
        "identity": {**to_json(made.person), "ktp_photo": "ktp.jpg"},
        "story": STORY,
        "answers": {"who": "Perangkat desa (rekaan)", "when": "Maret 2025", "where": "Jalan usaha tani (rekaan)"},
        "evidence": [
            {"path": "papan.jpg", "kind": "foto", "name": "Papan proyek", "description": "Dipotret di lokasi"},
            {"path": "kuitansi.pdf", "kind": "bukti_transaksi", "name": "Kuitansi batu"},
            {"path": "lokasi.mp4", "kind": "video", "name": "Video lokasi"},
        ],
        "facts": {
            "category": "dana_desa",
            "area": "15.04.03",
            "skpd": "dpmd",
            "period_from": "2025-01",
            "period_to": "2025-06",
            "loss": "100_juta_1_miliar",
        },
    }
    path = folder / "report.json"
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False))
    return path
