"""Is the hot region what the answer hangs on? It is hidden, and so are regions of the same shape elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.images.masking import answers, baseline
from diagnostics.explanations.images.network import ImageNetwork
from diagnostics.explanations.images.preparing import Image
from diagnostics.explanations.images.saliency import SaliencyMap
from diagnostics.types import FloatArray

SHARE = 0.1
"""Part of the picture that is hidden."""

ELSEWHERE = 24
SEED = 0


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """A class's probability with parts of the picture hidden.

    Attributes
    ----------
    before : float
    after : float or None
        With the hottest region hidden; None where the map means nothing.
    elsewhere : float or None
        Mean over the same region moved to other places.
    low, high : float or None
        Smallest and largest of these.
    n : int
        Places it was moved to.
    share : float
        Part of the picture hidden each time.
    """

    before: float
    after: float | None
    elsewhere: float | None
    low: float | None
    high: float | None
    n: int
    share: float = SHARE


def delete(network: ImageNetwork, image: Image, found: SaliencyMap, number: int, *, hidden: str = "mean") -> Deletion:
    """Hide the hottest tenth of a picture, then the same shape moved elsewhere (around the borders).

    Parameters
    ----------
    found : SaliencyMap
    number : int
        Class whose probability is watched.
    hidden : str
        One of `masking.BASELINES`.
    """
    before = float(network.probabilities(image[None])[0, number])
    if found.flag:
        return Deletion(before=before, after=None, elsewhere=None, low=None, high=None, n=0)
    hot = hottest(found.values)
    shifts = [(0, 0), *_shifts(*hot.shape)]
    instead = baseline(image, hidden, network.given)
    answered = answers(
        network, image, instead, lambda place: 1.0 - np.roll(hot, shifts[place], axis=(0, 1)), len(shifts), number
    )
    others = answered[1:]
    return Deletion(
        before=before, after=float(answered[0]), elsewhere=float(others.mean()), low=float(others.min()),
        high=float(others.max()), n=len(others), share=float(hot.mean()),
    )  # fmt: skip


def hottest(values: FloatArray, share: float = SHARE) -> FloatArray:
    """The places with the largest values, as booleans; ties go to the first ones."""
    count = max(1, round(share * values.size))
    chosen = np.zeros(values.size, dtype=bool)
    chosen[np.argsort(-values, axis=None, kind="stable")[:count]] = True
    return chosen.reshape(values.shape)


def _shifts(height: int, width: int) -> list[tuple[int, int]]:
    """Other places, the same for every picture of a size: at least a quarter of the picture away along one side."""
    generator = np.random.default_rng(SEED)
    found = []
    for place in range(ELSEWHERE):
        far, free = (height, width) if place % 2 else (width, height)
        one = int(generator.integers(max(1, far // 4), max(2, far - far // 4 + 1)))
        two = int(generator.integers(0, free))
        found.append((one, two) if place % 2 else (two, one))
    return found
