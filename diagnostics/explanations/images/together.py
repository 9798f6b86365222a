"""Many pictures explained the same way, in a few numbers and one mean map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.images.explaining import ImageExplanation
from diagnostics.metrics.intervals import wilson
from diagnostics.types import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Together:
    """What pictures have in common.

    Attributes
    ----------
    mean : ndarray, shape (height, width), or None
        Mean of the maps, each scaled to 0 to 1 first, itself scaled to 1; None where no map means anything.
    n : int
        Pictures with a map.
    flagged : int
        Pictures whose map means nothing.
    carried : int
        Pictures whose hottest region carries the answer more than any other place tried.
    share, low, high : float or None
        Of `carried` among `n`, with its 95 % interval.
    """

    mean: FloatArray | None
    n: int
    flagged: int
    carried: int
    share: float | None
    low: float | None
    high: float | None


def together(found: Sequence[ImageExplanation]) -> Together:
    """Sum up explanations of pictures of one model."""
    maps = [shown for one in found if (shown := one.saliency.shown) is not None]
    carried = sum(carries(one) for one in found)
    low, high = (wilson(carried, len(maps)) or (None, None)) if maps else (None, None)
    mean = np.mean(maps, axis=0) if maps else None
    return Together(
        mean=None if mean is None else mean / mean.max(), n=len(maps), flagged=len(found) - len(maps),
        carried=carried, share=carried / len(maps) if maps else None, low=low, high=high,
    )  # fmt: skip


def carries(one: ImageExplanation) -> bool:
    """Whether hiding the hottest region costs more probability than hiding its shape at any other place tried."""
    said = one.deletion
    return said.after is not None and said.low is not None and said.after < said.low
