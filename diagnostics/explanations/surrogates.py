"""A stand-in for a model nobody uploaded: fitted to its predictions, and trusted only as far as it can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from diagnostics.types import FloatArray

TRUSTWORTHY = 0.7
DEPTH = 4
FOLDS = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Surrogate:
    """A fitted stand-in.

    Attributes
    ----------
    kind : str
        "tree" (shallow, can be drawn) or "boosting".
    model : scikit-learn regressor
        Fitted on all rows.
    fidelity : float
        R squared against the model's own output on rows it was not fitted to, mean of five folds.
    low, high : float
        Smallest and largest of the five.
    n : int
    """

    kind: str
    model: Any
    fidelity: float
    low: float
    high: float
    n: int

    @property
    def is_trustworthy(self) -> bool:
        """Whether the held-out fidelity reaches 0.7."""
        return self.fidelity >= TRUSTWORTHY

    def predict(self, rows: FloatArray) -> FloatArray:
        """Output for rows of shape (n, features)."""
        found: FloatArray = np.asarray(self.model.predict(rows), dtype=np.float64)
        return found


def fit(rows: FloatArray, output: FloatArray, *, kind: str = "tree", seed: int = 0, depth: int = DEPTH) -> Surrogate:
    """Fit a stand-in to a model's output.

    Parameters
    ----------
    rows : ndarray, shape (n, features)
        Encoded; missing values stay (both kinds can split on them).
    output : ndarray, shape (n,)
        What the model answered: probability of the class of interest, or the value.
    kind : str
        "tree" or "boosting".
    seed : int
    depth : int
        Of the tree.

    Raises
    ------
    ValueError
        Fewer than 50 rows, or a constant output.
    """
    from sklearn.base import clone
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.tree import DecisionTreeRegressor

    if len(rows) < 50 or np.ptp(output) == 0:
        raise ValueError("a surrogate needs at least 50 rows and an output that varies")
    if kind == "tree":
        model: Any = DecisionTreeRegressor(
            max_depth=depth, min_samples_leaf=max(5, len(rows) // 200), random_state=seed
        )
    else:
        model = HistGradientBoostingRegressor(random_state=seed)
    folds = KFold(n_splits=FOLDS, shuffle=True, random_state=seed)
    scores = cross_val_score(clone(model), rows, output, cv=folds, scoring="r2")
    return Surrogate(
        kind=kind,
        model=model.fit(rows, output),
        fidelity=float(scores.mean()),
        low=float(scores.min()),
        high=float(scores.max()),
        n=len(rows),
    )
