"""Size and brightness of pictures: what makes one hard to read before anybody looks at what it shows."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from diagnostics.readers.pictures import FORMATS, MAX_PIXELS

SIDE = 256
"""Pixels a picture is reduced to before its brightness is taken: the mean hardly moves, a large JPEG decodes faster."""

SIDEWAYS = (5, 6, 7, 8)
"""EXIF orientations of pictures that are stored lying on a side."""

_ORIENTATION = 0x0112
_WHITE = {"I;16": 65535.0, "I;16L": 65535.0, "I;16B": 65535.0, "I;16N": 65535.0}


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    """What is measured on one picture.

    Attributes
    ----------
    width, height : int
        Pixels, as it is shown: turned upright where the file says so.
    brightness : float or None
        Mean luma (ITU-R 601) of all pixels, 0 for black to 1 for white; None where the pixels cannot be decoded or
        their white is not known (32-bit and floating-point pictures).
    """

    width: int
    height: int
    brightness: float | None


def facts_of(content: bytes) -> PictureFacts | None:
    """Measure a picture; None where the bytes are not one, or it is larger than the pages would show."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            # `draft` makes the picture smaller than it is: its size is taken before.
            width, height = picture.size
            if width * height > MAX_PIXELS:
                return None
            if _is_sideways(picture):
                width, height = height, width
            return PictureFacts(width=width, height=height, brightness=_brightness(picture))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _is_sideways(picture: Any) -> bool:
    try:
        return picture.getexif().get(_ORIENTATION) in SIDEWAYS
    except (OSError, ValueError, SyntaxError):
        # A PNG may say so after its pixels, and this one is cut off: it is taken as it lies.
        return False


def _brightness(picture: Any) -> float | None:
    if picture.mode in _WHITE:
        return float(np.asarray(picture, dtype=np.float64).mean()) / _WHITE[picture.mode]
    if picture.mode in ("I", "F"):
        return None
    try:
        picture.draft("L", (SIDE, SIDE))
        grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError):
        # Cut off in the middle: the head still tells the size.
        return None
    return float(np.asarray(grey, dtype=np.float64).mean()) / 255.0
