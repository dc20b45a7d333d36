"""A clean copy of an image: nothing but its pixels, as a new JPEG."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

from evidence.inside.frames import Refused
from evidence.inside.media_types import JPEG, PNG, WEBP

MOST_PIXELS = 100_000_000
QUALITY = 92
FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
Image.MAX_IMAGE_PIXELS = None  # ours is checked before anything is decoded


def remake(path: Path, media_type: str) -> bytes:
    """Raises Refused: damaged or too_large. Pillow tries the decoder of the type that was found, and no other."""
    try:
        with Image.open(path, formats=[FORMATS[media_type]]) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Refused("too_large")
            upright = ImageOps.exif_transpose(found).convert("RGB")
    except (OSError, SyntaxError, ValueError):
        raise Refused("damaged") from None
    return to_jpeg(upright)


def to_jpeg(image: Image.Image) -> bytes:
    """Pixels alone go over into the new image: its `info` (EXIF, profiles, comments) stays behind."""
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
