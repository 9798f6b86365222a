"""Maps and pictures as PNG: made here from numbers, so that nothing of an uploaded file leaves but pixels."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.images.preparing import Pixels
from diagnostics.types import FloatArray

STOPS = np.array([[38, 36, 110], [196, 56, 80], [240, 128, 48], [252, 214, 90]], dtype=np.float64)
"""Colours from cold to hot; lightness rises all the way, so the order is seen without hue."""

_CRISP = 64
"""Pictures with shorter sides than this are enlarged without smoothing, so that their pixels are seen."""


def picture(pixels: Pixels, side: int) -> bytes:
    """A picture whose longer side is `side` px."""
    return _png(_sized(pixels, side))


def overlay(pixels: Pixels, heat: FloatArray, opacity: float, side: int) -> bytes:
    """A picture with a map over it; cold places stay clear.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    heat : ndarray
        Between 0 and 1, of any size; stretched over the picture.
    opacity : float
        Of the hottest place, 0 to 1.
    side : int
        Of the result, in px.
    """
    below = _sized(pixels, side).astype(np.float64)
    large = _stretched(heat, below.shape[0], below.shape[1])
    share = (opacity * large)[..., None]
    return _png((below * (1 - share) + colours(large) * share).astype(np.uint8))


def colours(values: FloatArray) -> FloatArray:
    """Colour of each value between 0 and 1, shape (..., 3)."""
    place = np.linspace(0, 1, len(STOPS))
    return np.stack([np.interp(values, place, STOPS[:, k]) for k in range(3)], axis=-1)


def bar(width: int = 320, height: int = 12) -> bytes:
    """The colours from 0 to 1, left to right."""
    return _png(np.tile(colours(np.linspace(0, 1, width)), (height, 1, 1)).astype(np.uint8))


def channel(values: FloatArray, side: int) -> bytes:
    """Activations of one channel, from its smallest to its largest value; flat ones are all cold."""
    low, spread = float(values.min()), float(np.ptp(values))
    scaled = (values - low) / spread if spread else np.zeros_like(values)
    return picture(colours(scaled).astype(np.uint8), side)


def _sized(pixels: Pixels, side: int) -> NDArray[np.uint8]:
    from PIL import Image

    scale = side / max(pixels.shape[:2])
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    way = Image.Resampling.NEAREST if max(pixels.shape[:2]) < _CRISP else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(pixels).resize(size, way))


def _stretched(heat: FloatArray, height: int, width: int) -> FloatArray:
    from PIL import Image

    found = Image.fromarray(np.asarray(heat, dtype=np.float32)).resize((width, height), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(found, dtype=np.float64), 0, 1)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG")
    return out.getvalue()
