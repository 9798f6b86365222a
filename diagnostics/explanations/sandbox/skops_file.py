"""scikit-learn models saved by skops, made of nothing but known types; worker only."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.sandbox import gate
from diagnostics.explanations.sandbox.inside import estimators
from diagnostics.explanations.sandbox.tables import Arrays, table

# What a skops file may be made of; anything else is refused by name.
SKOPS_TYPES = (
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.link.MultinomialLogit",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.LogLink",
    "sklearn._loss.link.Interval",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss.loss.HalfMultinomialLoss",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn._loss._loss.CyHalfMultinomialLoss",
    "sklearn._loss._loss.CyHalfSquaredError",
)


class Skops:
    """A scikit-learn model saved by skops, made of nothing but known types."""

    def __init__(self, content: bytes) -> None:
        import skops.io

        foreign = sorted(set(skops.io.get_untrusted_types(data=content)) - set(SKOPS_TYPES))
        if foreign:
            raise gate.Refused("model_unknown_types", types=", ".join(foreign[:5]))
        self.model = skops.io.loads(content, trusted=list(SKOPS_TYPES))
        if not hasattr(self.model, "predict"):
            raise gate.Refused("model_broken", format="skops")

    def describe(self) -> dict[str, Any]:
        """Feature names and classes where the model keeps them."""
        names = [str(name) for name in getattr(self.model, "feature_names_in_", [])]
        described = table(names, int(getattr(self.model, "n_features_in_", len(names))))
        if hasattr(self.model, "classes_"):
            described["classes"] = [str(c) for c in self.model.classes_]
        return described

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Probabilities where the model has them, else values or labels."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        if hasattr(self.model, "predict_proba"):
            return {"output": np.asarray(self.model.predict_proba(matrix))}
        return {"output": np.asarray(self.model.predict(matrix))}

    def native(self) -> dict[str, Any]:
        """Importance or coefficients as the estimator keeps them."""
        return estimators.importance(self.model)

    def tree(self, number: int, output: int) -> dict[str, Any]:
        """One of the trees, flat."""
        return estimators.tree(self.model, number, output)

    def seen(self, inputs: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """What the last step of a pipeline is given."""
        return estimators.seen(self.model, np.asarray(inputs["X"], dtype=np.float64))


class _WithoutTorch:
    """Lets torch count as missing; skops lists all modules of scikit-learn, one of which imports it where it is there.

    Torch maps 4 GB, more than the worker may have, and no model here needs it.
    """

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse torch; leave everything else to the other finders."""
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name=name)


def prepare() -> None:
    """Import everything skops will ever need."""
    import importlib

    sys.meta_path.insert(0, _WithoutTorch())
    import skops.io
    from sklearn.ensemble import HistGradientBoostingClassifier

    for module in ("linear_model", "neural_network", "pipeline", "preprocessing", "svm", "tree", "calibration",
                   "compose", "impute", "naive_bayes", "neighbors"):  # fmt: skip
        importlib.import_module(f"sklearn.{module}")
    # A round trip imports what skops, zipfile and the codecs load only when they are used.
    small = HistGradientBoostingClassifier(max_iter=1).fit(np.arange(50.0)[:, None], np.arange(50) % 2)
    content = skops.io.dumps(small)
    skops.io.get_untrusted_types(data=content)
    skops.io.loads(content, trusted=list(SKOPS_TYPES)).predict_proba(np.zeros((1, 1)))
