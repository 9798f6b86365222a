"""LIME for one row, repeated under several seeds so that its luck can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.attribution import Predict
from diagnostics.explanations.encoding import Encoding
from diagnostics.types import FloatArray

SEEDS = (0, 1, 2, 3, 4)
SAMPLES = 5000


class MissingValues(RunClinicError):
    """LIME silently explains a missing value as the largest one; so a row with a missing value is refused."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LocalExplanation:
    """LIME's weights around one row.

    Attributes
    ----------
    features : tuple of str
    weights : ndarray, shape (features,)
        Mean over the seeds.
    low, high : ndarray, shape (features,)
        Smallest and largest weight over the seeds.
    fit : float
        Median over the seeds of the local model's R squared; low means that the weights say little.
    agreement : float
        Mean rank correlation between the weights of two seeds, -1 to 1.
    seeds : tuple of int
    """

    features: tuple[str, ...]
    weights: FloatArray
    low: FloatArray
    high: FloatArray
    fit: float
    agreement: float
    seeds: tuple[int, ...]


def explain_row(
    predict: Predict, row: FloatArray, background: FloatArray, encoding: Encoding, *, seeds: tuple[int, ...] = SEEDS,
    samples: int = SAMPLES,
) -> LocalExplanation:  # fmt: skip
    """Explain one row (Ribeiro, Singh and Guestrin 2016), on the scale of the output.

    Parameters
    ----------
    predict : callable
        (n, features) to (n,).
    row : ndarray, shape (features,)
    background : ndarray, shape (m, features)
        Where the spread of each feature is taken from; its rows with missing values are left out.
    encoding : Encoding
        Categorical columns are sampled by category, not by number.
    seeds : tuple of int
    samples : int
        Perturbed rows a seed.

    Raises
    ------
    MissingValues
        The row or the whole background has missing values.
    """
    complete = background[~np.isnan(background).any(axis=1)]
    missing = [name for name, cell in zip(encoding.names, row, strict=True) if np.isnan(cell)]
    if missing or not len(complete):
        raise MissingValues("lime_missing_values", columns=", ".join(missing))
    found = [_once(predict, row, complete, encoding, seed, samples) for seed in seeds]
    weights = np.vstack([w for w, _ in found])
    return LocalExplanation(
        features=encoding.names,
        weights=weights.mean(axis=0),
        low=weights.min(axis=0),
        high=weights.max(axis=0),
        fit=float(np.median([score for _, score in found])),
        agreement=_agreement(weights),
        seeds=seeds,
    )


def _once(
    predict: Predict, row: FloatArray, background: FloatArray, encoding: Encoding, seed: int, samples: int
) -> tuple[FloatArray, float]:
    from lime.lime_tabular import LimeTabularExplainer

    categorical = [i for i, feature in enumerate(encoding.features) if feature.is_categorical]
    # A fresh explainer a seed: the same one called twice gives two answers.
    explainer = LimeTabularExplainer(
        background,
        mode="regression",
        feature_names=list(encoding.names),
        categorical_features=categorical,
        categorical_names={i: list(encoding.features[i].categories) for i in categorical},
        discretize_continuous=True,
        random_state=seed,
    )
    answer = explainer.explain_instance(row, predict, num_features=len(row), num_samples=samples)
    weights = np.zeros(len(row))
    for index, weight in answer.as_map()[1]:
        weights[index] = weight
    return weights, float(answer.score)


def _agreement(weights: FloatArray) -> float:
    """Mean Spearman correlation over all pairs of rows of shape (seeds, features); 1 for a single seed."""
    from scipy.stats import rankdata

    if len(weights) < 2 or weights.shape[1] < 2:
        return 1.0
    ranks = np.vstack([rankdata(np.abs(row)) * np.where(row < 0, -1, 1) for row in weights])
    if np.any(ranks.std(axis=1) == 0):
        return 1.0 if np.ptp(ranks, axis=0).max() == 0 else 0.0
    matrix = np.corrcoef(ranks)
    return float(matrix[np.triu_indices(len(weights), 1)].mean())
