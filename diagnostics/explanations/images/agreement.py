"""Whether the model, fed this way, answers what the file says it answered, and which usual scaling does so best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.images.network import ImageNetwork, Told
from diagnostics.explanations.images.preparing import PRESETS, ImageInput, Pixels, prepare
from diagnostics.explanations.reproduction import REPRODUCED
from diagnostics.metrics.intervals import wilson
from diagnostics.types import IntArray

CHECKED = 48
"""Pictures that are compared."""


@dataclass(frozen=True, kw_only=True)
class ImageAgreement:
    """How often the model gives the file's class.

    Attributes
    ----------
    share, low, high : float or None
        With its 95 % interval; None where the file has no answers that can be compared.
    n : int
    outputs : int
        Classes of the model.
    """

    share: float | None
    low: float | None
    high: float | None
    n: int
    outputs: int

    @property
    def holds(self) -> bool:
        """Whether at least 99 % agree."""
        return self.share is not None and self.share >= REPRODUCED


def agreement(
    network: ImageNetwork, pictures: Sequence[Pixels], answers: IntArray, classes: int, positive: int = 1,
    told: Told | None = None,
) -> ImageAgreement:  # fmt: skip
    """Compare classes.

    Parameters
    ----------
    pictures : sequence of ndarray
    answers : ndarray of int, shape (n,)
        Class numbers of the file; -1 where it does not say.
    classes : int
        Classes of the file.
    positive : int
        Number of the positive class, for a model with one score.
    """
    images = np.stack([prepare(pixels, network.given) for pixels in pictures])
    found = network.probabilities(images, told)
    known = answers >= 0
    if found.shape[1] != classes or not known.any():
        return ImageAgreement(share=None, low=None, high=None, n=0, outputs=found.shape[1])
    wanted = (answers == positive).astype(np.int64) if network.single else answers
    hits, n = int((found.argmax(axis=1) == wanted)[known].sum()), int(known.sum())
    low, high = wilson(hits, n) or (None, None)
    return ImageAgreement(share=hits / n, low=low, high=high, n=n, outputs=found.shape[1])


def best_scaling(
    network: ImageNetwork, pictures: Sequence[Pixels], answers: IntArray, classes: int, positive: int = 1,
    told: Told | None = None,
) -> ImageInput:  # fmt: skip
    """The usual scaling under which most answers agree; the first of equals, and "unit" where none can be compared."""
    given = network.given
    best, most = given, -1.0
    for preset in PRESETS:
        network.given = given.scaled(preset)
        share = agreement(network, pictures, answers, classes, positive, told).share
        if share is not None and share > most:
            best, most = network.given, share
        if share is not None and share >= REPRODUCED:
            break
    network.given = given
    return best
