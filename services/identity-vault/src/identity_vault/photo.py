"""The photo of a card, decoded under limits and re-made from pixels. Runs in limited child processes only.

What decodes here is hostile until it has decoded: nothing of this module is called in a process that holds a secret.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter

from chassis.checks.child import whole
from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
MOST_SCANS = 100  # a progressive JPEG has ten or so; each more goes over all pixels again
LARGEST_SIDE = 1600  # what is read and shown; a phone sends less
SMALLEST_SIDE = 240
MOST_ELONGATED = 3.0
# A photograph has noise and shade; a screenshot is mostly its ground. Share of the most frequent colour, in 16 levels a
# channel, above which a picture is no photograph.
FLAT_SHARE = 0.6

_SCAN = b"\xff\xda"  # the marker that begins one; data has no such bytes


class Damaged(Exception):
    """Not a JPEG that decodes within the limits."""


def decode(jpeg: bytes) -> Image.Image:
    """Upright, in RGB, at most LARGEST_SIDE pixels a side. Size is looked at before a pixel is decoded."""
    if jpeg.count(_SCAN) > MOST_SCANS:
        raise Damaged
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
            if picture.width * picture.height > MOST_PIXELS:
                raise Damaged
            picture.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Damaged from None
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return upright


def could_show_a_card(picture: Image.Image) -> bool:
    short, long = sorted(picture.size)
    return short >= SMALLEST_SIDE and long <= short * MOST_ELONGATED


def is_flat(picture: Image.Image) -> bool:
    small = picture.resize((160, 160), Image.Resampling.NEAREST)
    colours = Counter(bytes(channel >> 4 for channel in pixel) for pixel in _pixels(small))
    return colours.most_common(1)[0][1] > FLAT_SHARE * small.width * small.height


def _pixels(picture: Image.Image) -> list[bytes]:
    data = picture.tobytes()
    return [data[at : at + 3] for at in range(0, len(data), 3)]


def remake(jpeg: bytes) -> bytes:
    """The same picture from its pixels alone, for a person's browser; b"" if it does not decode."""
    try:
        picture = decode(jpeg)
    except Damaged:
        return b""
    clean = io.BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(clean, "JPEG", quality=90)
    return clean.getvalue()


remake_in_child = whole(remake)
