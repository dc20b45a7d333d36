"""Invented files: pictures, documents and recordings that say too much, and such as nobody should open."""

from __future__ import annotations

import io
import os
import random
import subprocess
import zipfile
from pathlib import Path

import pikepdf
from PIL import Image

NAME = "Budi Rekaan"
PLACE = "-1.7152, 103.2566"
# In two halves, so that scanners leave this source alone.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def picture(seed: int = 0, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Coarse noise, another for each seed: what JPEG does to it is small."""
    small = Image.frombytes("RGB", (16, 12), random.Random(seed).randbytes(16 * 12 * 3))
    return small.resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def photo(seed: int = 0) -> bytes:
    """A JPEG as a phone writes it: who, where and when in its EXIF, turned by a quarter, with a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = NAME
    exif[0x010E] = PLACE
    exif.get_ifd(0x8825).update({1: "S", 2: (1.0, 42.0, 54.7), 3: "E", 4: (103.0, 15.0, 23.8)})
    return encoded(picture(seed), "JPEG", exif=exif, comment=NAME.encode(), quality=95)


def png(seed: int = 0) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", NAME)
    return encoded(picture(seed), "PNG", pnginfo=info)


def pdf(seed: int = 0, pages: int = 2, attached: bytes | None = b"catatan rekaan", **options: object) -> bytes:
    out = io.BytesIO()
    first, *others = [picture(seed + number) for number in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=others, author=NAME, title=PLACE)
    with pikepdf.open(out) as document:
        if attached is not None:
            document.attachments[f"{NAME}.txt"] = attached
        with document.open_metadata() as metadata:
            metadata["dc:creator"] = [NAME]
        done = io.BytesIO()
        document.save(done, compress_streams=True, recompress_flate=True, **options)
    return done.getvalue()


def recording(folder: Path, ending: str, *inputs: str, seconds: int = 2) -> bytes:
    """By ffmpeg, with a name and a place in its tags. `inputs`: "picture", "sound"."""
    sources = {
        "picture": ("-f", "lavfi", "-i", f"testsrc=duration={seconds}:size=320x240:rate=15"),
        "sound": ("-f", "lavfi", "-i", f"sine=duration={seconds}"),
    }
    tags = {"title": NAME, "artist": NAME, "location": PLACE, "comment": PLACE, "creation_time": "2026-01-02T03:04:05Z"}
    path = folder / f"{os.urandom(4).hex()}.{ending}"
    command = ["ffmpeg", "-nostdin", "-v", "error", *(word for name in inputs for word in sources[name])]
    command += [word for name, value in tags.items() for word in ("-metadata", f"{name}={value}")]
    subprocess.run(
        [*command, "-movflags", "use_metadata_tags", str(path)]
        if ending in ("mp4", "m4a", "mov")
        else [*command, str(path)],
        check=True,
    )
    content = path.read_bytes()
    path.unlink()
    return content


def office(**more: bytes) -> bytes:
    """A small Word document, as far as two detectors can tell; `more`: entries beside its own."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    override = f'<Override PartName="/word/document.xml" ContentType="{main}"/>'
    entries = {
        "[Content_Types].xml": f'<Types xmlns="{types}">{override}</Types>',
        "_rels/.rels": "<Relationships/>",
        "word/document.xml": "<w:document><w:p>Rekaan</w:p></w:document>",
        "word/styles.xml": "<w:styles/>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
        for name, content in more.items():
            archive.writestr(f"word/{name}", content)
    return out.getvalue()


def office_bomb() -> bytes:
    """A small document that unpacks to more than a quarter of a gigabyte."""
    return office(**{"media.xml": bytes(300 << 20)})


def encrypted_zip() -> bytes:
    """One stored entry that says it is encrypted (general purpose bit 0), with its 12 bytes of header."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("rahasia.txt", os.urandom(64))
    content = bytearray(out.getvalue())
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    return bytes(content)


def image_bomb() -> bytes:
    """A hundred kilobytes that would be 900 million pixels."""
    return encoded(Image.new("1", (30_000, 30_000)), "PNG")
