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

MOST_ORDERED = 512
"""Classes for which another order is looked for."""

SUGGESTED = 0.9
"""Agreement another order of the classes must reach to be suggested."""


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
    order : tuple of int
        Column of the model for each class of the file under which most answers would agree; empty where unknown.
    in_order : float or None
        Share that would agree then.
    """

    share: float | None
    low: float | None
    high: float | None
    n: int
    outputs: int
    order: tuple[int, ...] = ()
    in_order: float | None = None

    @property
    def suggests_order(self) -> bool:
        """Whether another order of the classes explains most of the disagreement."""
        return self.share is not None and (self.in_order or 0) >= max(SUGGESTED, self.share + 0.2)

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
    decided = found.argmax(axis=1)[known]
    hits, n = int((decided == wanted[known]).sum()), int(known.sum())
    low, high = wilson(hits, n) or (None, None)
    order, matched = _best_order(wanted[known], decided, found.shape[1])
    return ImageAgreement(
        share=hits / n, low=low, high=high, n=n, outputs=found.shape[1], order=order, in_order=matched / n
    )


def _best_order(wanted: IntArray, decided: IntArray, classes: int) -> tuple[tuple[int, ...], int]:
    """The one-to-one order of columns under which most answers agree, and how many do."""
    if classes > MOST_ORDERED:
        return (), int((wanted == decided).sum())
    from scipy.optimize import linear_sum_assignment

    counts = np.zeros((classes, classes))
    np.add.at(counts, (wanted, decided), 1)
    # Of equally good orders the one that leaves most in place.
    rows, columns = linear_sum_assignment(-counts - 1e-3 * np.eye(classes))
    return tuple(int(column) for column in columns), int(counts[rows, columns].sum())


def best_scaling(
    network: ImageNetwork, pictures: Sequence[Pixels], answers: IntArray, classes: int, positive: int = 1,
    told: Told | None = None,
) -> ImageInput:  # fmt: skip
    """The usual scaling under which most answers agree; the first of equals, and "unit" where none can be compared."""
    given = network.given
    best, most = given, -1.0
    for preset in PRESETS:
        network.given = given.scaled(preset)
        # Whatever the order of the classes: a wrong one must not lead to a wrong scaling.
        share = agreement(network, pictures, answers, classes, positive, told).in_order
        if share is not None and share > most:
            best, most = network.given, share
        if share is not None and share >= REPRODUCED:
            break
    network.given = given
    return best
