"""Whether a slice's extra errors look like wrong labels: the model was as sure as where it is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.intervals import Z95, midranks
from diagnostics.slices.outcome import Outcome

LEAST_ERRORS = 10
"""Errors inside and right answers on both sides that a comparison needs."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """How confident the extra errors of a slice are.

    Attributes
    ----------
    share : float
        Where the extra errors lie between the confidence of ordinary errors (0) and that of the slice's right answers
        (1). Labels that are wrong regardless of the input give 1 or a little more (some flips make an ordinary error
        right); inputs that the model finds hard give about 0.
    low, high : float
        95 % interval.
    errors : int
        Errors in the slice.
    extra : float
        Part of them beyond the rest's error rate, 0 to 1.
    confidence_errors, confidence_right : float
        Median confidence of the slice's errors and right answers.
    shift, shift_z : float
        Chance that a row of the slice is answered more confidently than one of the rest, minus 1/2, and the same in
        standard errors. Wrong labels leave the model's answers as they are; changed inputs do not.
    """

    share: float
    low: float
    high: float
    errors: int
    extra: float
    confidence_errors: float
    confidence_right: float
    shift: float
    shift_z: float


def disagreement(outcome: Outcome, mask: np.ndarray) -> Disagreement | None:
    """Compare the confidence of a slice's errors with that of right answers and of ordinary errors.

    The errors of the slice are a mixture: as many ordinary ones as elsewhere, and the extra ones. With r the mean
    rank of a confidence among the right answers of the rest, share = (r_errors - r_ordinary) / (extra * (r_right -
    r_ordinary)), where r_errors and r_right are taken in the slice and r_ordinary over the errors outside.

    Returns
    -------
    Disagreement or None
        None without confidences, with too few errors, or where right and wrong answers are equally confident.
    """
    confidence = outcome.more.get("confidence")
    if confidence is None:
        return None
    known = np.isfinite(confidence)
    wrong = outcome.loss > 0
    right_outside = np.sort(confidence[known & ~mask & ~wrong])
    groups = [known & mask & wrong, known & mask & ~wrong, known & ~mask & wrong]
    if min(int(groups[0].sum()), int(groups[1].sum()), len(right_outside)) < LEAST_ERRORS:
        return None
    ranks = [_ranks(confidence[g], right_outside) for g in groups]
    error_rate, other_rate = float(wrong[mask].mean()), float(wrong[~mask].mean())
    extra = 1 - other_rate / error_rate
    ordinary = float(ranks[2].mean()) if len(ranks[2]) else 0.0
    span = extra * (float(ranks[1].mean()) - ordinary)
    if extra <= 0 or span <= 0.02:
        return None
    share = (float(ranks[0].mean()) - ordinary) / span
    error = float(ranks[0].std(ddof=1)) / float(np.sqrt(len(ranks[0]))) / span
    shift, shift_z = _shift(confidence[known], mask[known])
    return Disagreement(
        share=share, low=share - Z95 * error, high=share + Z95 * error, errors=len(ranks[0]), extra=extra,
        confidence_errors=float(np.median(confidence[groups[0]])),
        confidence_right=float(np.median(confidence[groups[1]])), shift=shift, shift_z=shift_z,
    )  # fmt: skip


def _ranks(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Mid-rank of each value among sorted others, 0 to 1."""
    below, upto = np.searchsorted(among, values, side="left"), np.searchsorted(among, values, side="right")
    return (below + upto) / (2 * len(among))


def _shift(confidence: np.ndarray, mask: np.ndarray) -> tuple[float, float]:
    """Mann and Whitney's comparison of the slice's confidences with the rest's."""
    inside, n = int(mask.sum()), len(mask)
    outside = n - inside
    area = (float(midranks(confidence)[mask].mean()) - (inside + 1) / 2) / outside
    return area - 0.5, (area - 0.5) / float(np.sqrt((n + 1) / (12 * inside * outside)))
