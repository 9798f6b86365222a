"""Does the uploaded model answer what the file says it answered? Everything else rests on that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.binding import LINKS, linked
from diagnostics.explanations.sampling import Sample
from diagnostics.types import FloatArray

NEAR = 1e-3
"""Answers agree within this part of their scale: 1 for probabilities, the range of the file's values otherwise."""

REPRODUCED = 0.99


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """How a model compares with the file's own predictions.

    Attributes
    ----------
    agreement : float or None
        Share of rows that agree within `NEAR`, or whose class is the same; None where nothing can be compared.
    largest : float or None
        Largest difference of scores; None where only classes could be compared.
    n : int
    compared : str
        "scores", "classes" or "nothing".
    link : str
        The link under which the agreement is best.
    """

    agreement: float | None
    largest: float | None
    n: int
    compared: str
    link: str = "identity"

    @property
    def holds(self) -> bool:
        """Whether at least 99 % of the rows agree."""
        return self.agreement is not None and self.agreement >= REPRODUCED


def reproduce(scores: FloatArray, sample: Sample) -> Reproduction:
    """Compare the model's raw scores with the file, under each link that fits.

    Parameters
    ----------
    scores : ndarray, shape (n, k)
        Before any link.
    sample : Sample
        The same rows.
    """
    found = [_under(link, scores, sample) for link in LINKS if link != "softmax" or scores.shape[1] > 1]
    return max(found, key=lambda r: (-1 if r.agreement is None else r.agreement, -(r.largest or 0)))


def _under(link: str, scores: FloatArray, sample: Sample) -> Reproduction:
    answered = linked(scores, link)
    said = sample.scores
    if said is not None and (pair := _same_columns(answered, said, sample)) is not None:
        mine, theirs = pair
        known = np.isfinite(mine).all(axis=1) & np.isfinite(theirs).all(axis=1)
        if known.any():
            spread = 1.0 if sample.is_classification else float(np.ptp(theirs[known])) or 1.0
            distance = np.abs(mine - theirs)[known].max(axis=1)
            return Reproduction(
                agreement=float(np.mean(distance <= NEAR * spread)), largest=float(distance.max()), n=int(known.sum()),
                compared="scores", link=link,
            )  # fmt: skip
    return _classes(answered, sample, link)


def _same_columns(answered: FloatArray, said: FloatArray, sample: Sample) -> tuple[FloatArray, FloatArray] | None:
    """Both sides with the same columns; one score of two classes is that of the positive one."""
    if answered.shape[1] == said.shape[1]:
        return answered, said
    positive = max(sample.positive, 0)
    if answered.shape[1] == 1 and said.shape[1] == 2:
        return answered, said[:, [1]]
    if said.shape[1] == 1 and answered.shape[1] == 2:
        return answered[:, [positive]], said
    return None


def _classes(answered: FloatArray, sample: Sample, link: str) -> Reproduction:
    known = sample.answer >= 0 if sample.is_classification else np.zeros(len(sample), dtype=bool)
    if not known.any() or answered.shape[1] not in (1, len(sample.classes)):
        return Reproduction(agreement=None, largest=None, n=0, compared="nothing", link=link)
    cut = answered[:, 0] >= 0.5 if answered.shape[1] == 1 else None
    decided = cut.astype(float) if cut is not None else answered.argmax(axis=1).astype(float)
    share = float(np.mean(decided[known] == sample.answer[known]))
    return Reproduction(agreement=share, largest=None, n=int(known.sum()), compared="classes", link=link)
