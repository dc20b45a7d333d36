"""PDF: its attachments, to be scanned each; and a clean copy made of pictures of its pages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from evidence.inside.frames import Refused
from evidence.inside.images import to_jpeg

POINTS_PER_INCH = 72
DPI = 150
LONGEST_SIDE = 4_000  # pixels: a page may say that it is five metres wide
MOST_PAGES = 1_000
MOST_ATTACHED = 200 << 20


def attachments(path: Path) -> Iterator[bytes]:
    """Decompressed: ClamAV doesn't look into compressed ones (tried). Raises Refused: encrypted, damaged, too_large."""
    total = 0
    try:
        with pikepdf.open(path) as pdf:
            for stream in _embedded(pdf):
                content = stream.read_bytes()
                total += len(content)
                if total > MOST_ATTACHED:
                    raise Refused("too_large")
                yield content
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except (pikepdf.PdfError, RuntimeError):
        raise Refused("damaged") from None


def _embedded(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    """Whatever way they hang on the document (name tree, annotation, nothing): every stream that says so, or that some
    file specification names."""
    seen: set[tuple[int, int]] = set()
    found: list[Any] = []
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream):
            if thing.get("/Type") == "/EmbeddedFile":
                found.append(thing)
        elif isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
            found.extend(_named_in(thing))
    for stream in found:
        if stream.objgen not in seen:
            seen.add(stream.objgen)
            yield stream


def _named_in(thing: Any, depth: int = 0) -> Iterator[pikepdf.Stream]:
    """Streams of the file specifications in an object, and in what is written directly into it."""
    if depth > 20 or (depth and thing.is_indirect):
        return
    if isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        files = thing.get("/EF")
        if isinstance(files, pikepdf.Dictionary):
            yield from (each for each in files.values() if isinstance(each, pikepdf.Stream))
        inner = list(thing.values())
    for each in inner:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Array):
            yield from _named_in(each, depth + 1)


def remake(path: Path) -> bytes:
    """Raises Refused: damaged or too_large."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise Refused("damaged") from None
    if len(document) > MOST_PAGES:
        raise Refused("too_large")
    copy = pikepdf.new()
    for number in range(len(document)):
        _add_picture(copy, document, number)
    out = io.BytesIO()
    copy.save(out)
    return out.getvalue()


def _add_picture(copy: pikepdf.Pdf, document: pypdfium2.PdfDocument, number: int) -> None:
    try:
        page = document[number]
        width, height = page.get_size()
        scale = min(DPI / POINTS_PER_INCH, LONGEST_SIDE / max(width, height))
        image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        page.close()
    except (pypdfium2.PdfiumError, ValueError):
        raise Refused("damaged") from None
    new = copy.add_blank_page(page_size=(width, height))
    picture = copy.make_stream(
        to_jpeg(image),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    new.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=picture))
    new.Contents = copy.make_stream(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Page Do Q".encode())
