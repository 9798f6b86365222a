"""A map over a picture: how much each place mattered, by which method, and why it may say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from diagnostics.types import FloatArray

CONSTANT = 1e-6
"""A map whose range is under this part of its largest value is constant."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SaliencyMap:
    """Where a network looked.

    Attributes
    ----------
    method : str
        "grad_cam", "score_cam", "eigen_cam" or "occlusion".
    layer : str
        Tensor whose activations were used; "" for occlusion.
    number : int
        Class explained; -1 where the method knows no classes.
    values : ndarray, shape (height, width)
        At the size of the model's input, 0 and more, in the method's own unit.
    flag : str
        "" or why the map means nothing: "all_zero", "constant", "not_finite".
    model_digest, image_digest : str
    settings : mapping
        What else it hangs on (channels, patch, stride, baseline).
    """

    method: str
    layer: str
    number: int
    values: FloatArray
    flag: str
    model_digest: str
    image_digest: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> FloatArray | None:
        """Values between 0 and 1 (the hottest place), or None where the map means nothing."""
        if self.flag:
            return None
        return np.asarray(self.values / self.values.max())

    @property
    def hottest(self) -> tuple[int, int] | None:
        """Row and column of the largest value in px of the input, or None where the map means nothing."""
        if self.flag:
            return None
        row, column = np.unravel_index(int(self.values.argmax()), self.values.shape)
        return int(row), int(column)


def shrunk(found: SaliencyMap, side: int) -> SaliencyMap:
    """The same map with sides of at most `side`, for small pictures of many."""
    height, width = found.values.shape
    if max(height, width) <= side:
        return found
    scale = side / max(height, width)
    small = enlarged(found.values, max(1, round(height * scale)), max(1, round(width * scale)))
    return replace(found, values=small, flag=found.flag or flag_of(small))


def flag_of(values: FloatArray) -> str:
    """Why a map means nothing, "" where it may be drawn."""
    if not np.isfinite(values).all():
        return "not_finite"
    largest = float(values.max(initial=0.0))
    if largest <= 0:
        return "all_zero"
    return "constant" if float(np.ptp(values)) <= CONSTANT * largest else ""


def positive(values: FloatArray) -> FloatArray:
    """What raises the class; what lowers it is left out. NaN stays NaN."""
    return np.asarray(np.maximum(values, 0.0), dtype=np.float64)


def enlarged(values: FloatArray, height: int, width: int) -> FloatArray:
    """A map brought to another size: bilinear, centres of cells aligned, as `align_corners=False`."""
    from PIL import Image

    if values.shape == (height, width):
        return np.asarray(values, dtype=np.float64)
    if not np.isfinite(values).all():
        return np.full((height, width), np.nan)
    scale = float(np.abs(values).max()) or 1.0  # float32 inside the image library: keep small numbers
    picture = Image.fromarray(np.asarray(values / scale, dtype=np.float32))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float64) * scale
