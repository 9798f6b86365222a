"""From a model, a stand-in or uploaded values to one checked attribution: the route, in parts, first rows first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from diagnostics.explanations import shapley
from diagnostics.explanations.attribution import Attribution, Predict, additivity_gap
from diagnostics.explanations.binding import Predictor
from diagnostics.explanations.encoding import Encoding
from diagnostics.explanations.linear import Plane, plane, rescaled
from diagnostics.explanations.sampling import FIRST
from diagnostics.explanations.surrogates import Surrogate
from diagnostics.types import FloatArray

PART = 25
"""Rows of a part on the permutation route."""

BACKGROUND = 25
"""Background rows on the permutation route; each multiplies the calls of the model."""

PERMUTATIONS = 2

TREES = ("xgboost", "lightgbm", "catboost")


@dataclass(frozen=True, kw_only=True, eq=False)
class Explained:
    """An attribution with what is needed to read it.

    Attributes
    ----------
    attribution : Attribution
        Of the first `len(attribution.rows)` rows asked for.
    output : ndarray, shape (n,)
        The model's answer to these rows, on the scale explained.
    scale : str
        "margin", "logit" or "answer".
    wanted : int
        Rows asked for.
    """

    attribution: Attribution
    output: FloatArray
    scale: str
    wanted: int

    @property
    def complete(self) -> bool:
        """Whether all rows are there."""
        return len(self.attribution.rows) >= self.wanted


def by_model(
    predictor: Predictor, format: str, rows: FloatArray, names: Sequence[str], *, seed: int = 0, numeric: bool = True
) -> Iterator[Explained]:
    """Explain rows of an uploaded model; every yield holds all rows done so far.

    Parameters
    ----------
    predictor : Predictor
    format : str
        Of the model; boosting libraries compute tree SHAP themselves.
    rows : ndarray, shape (n, features)
    names : sequence of str
    seed : int
    numeric : bool
        Whether no column is categorical; only then a linear model is looked for.
    """
    yield from by_route(
        predictor, format, rows, names, found_plane(predictor, format, rows, numeric=numeric), seed=seed
    )


def found_plane(predictor: Predictor, format: str, rows: FloatArray, *, numeric: bool) -> Plane | None:
    """The plane of a linear model; None for others, for boosters (not asked) and beside categorical columns."""
    return plane(predictor, rows[:FIRST]) if numeric and format not in TREES else None


def by_route(
    predictor: Predictor, format: str, rows: FloatArray, names: Sequence[str], found: Plane | None, *, seed: int = 0
) -> Iterator[Explained]:
    """Explain rows by the route that fits, with the plane that was looked for before."""
    if format in TREES:
        yield from _by_trees(predictor, rows, tuple(names))
    elif found is not None:
        yield by_plane(predictor, found, rows, tuple(names))
    else:
        yield from by_permutations(predictor, rows, tuple(names), seed=seed)


def _by_trees(predictor: Predictor, rows: FloatArray, names: tuple[str, ...]) -> Iterator[Explained]:
    parts: list[tuple[FloatArray, FloatArray]] = []
    ends = [min(FIRST, len(rows)), len(rows)]
    for start, end in pairwise([0, *dict.fromkeys(ends)]):
        parts.append(predictor.contributions(rows[start:end]))
        contributions, margin = np.vstack([c for c, _ in parts]), np.concatenate([m for _, m in parts])
        attribution = shapley.from_trees(contributions, margin, rows[:end], names)
        yield Explained(attribution=attribution, output=margin, scale="margin", wanted=len(rows))


def by_plane(predict: Predict, found: Plane, rows: FloatArray, names: tuple[str, ...]) -> Explained:
    """Explain a linear model; rows with a missing value are left out by the gap, which they make infinite."""
    output = rescaled(predict(rows), found.scale)
    background = shapley.background_sample(rows)
    attribution = shapley.from_coefficients(found.coefficients, found.intercept, output, rows, background, names)
    return Explained(attribution=attribution, output=output, scale=found.scale, wanted=len(rows))


def by_permutations(
    predict: Predict, rows: FloatArray, names: tuple[str, ...], *, seed: int = 0, background: int = BACKGROUND,
) -> Iterator[Explained]:  # fmt: skip
    """Explain any model, part by part."""
    behind = shapley.background_sample(rows, size=background, seed=seed)
    parts: list[Attribution] = []
    outputs: list[FloatArray] = []
    for start in range(0, len(rows), PART):
        part = rows[start : start + PART]
        parts.append(shapley.by_permutation(predict, part, behind, names, seed=seed, permutations=PERMUTATIONS))
        outputs.append(np.asarray(predict(part), dtype=np.float64))
        output = np.concatenate(outputs)
        yield Explained(attribution=_joined(parts, output), output=output, scale="answer", wanted=len(rows))


def _joined(parts: Sequence[Attribution], output: FloatArray) -> Attribution:
    values, base = np.vstack([p.values for p in parts]), np.concatenate([p.base for p in parts])
    rows = np.vstack([p.rows for p in parts])
    return replace(parts[0], values=values, base=base, rows=rows, gap=additivity_gap(values, base, output))


def by_surrogate(surrogate: Surrogate, rows: FloatArray, encoding: Encoding, *, seed: int = 0) -> Iterator[Explained]:
    """Explain a stand-in; the route says so, and the gap is the stand-in's own, not the model's."""
    for found in by_permutations(surrogate.predict, rows, encoding.names, seed=seed):
        yield replace(found, attribution=replace(found.attribution, route="surrogate"))
