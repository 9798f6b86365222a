"""XGBoost, LightGBM and CatBoost models in their own formats, loaded from bytes; worker only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.sandbox import gate
from diagnostics.explanations.sandbox.inside import boosters
from diagnostics.explanations.sandbox.tables import Arrays, table

THREADS = min(4, os.cpu_count() or 1)
"""For contributions, which take seconds; predictions are over before a second thread has started."""

PART = 25
"""Rows a thread takes at a time."""


class XGBoost:
    """An XGBoost model saved as JSON or UBJ."""

    def __init__(self, content: bytes) -> None:
        import xgboost

        self.booster = xgboost.Booster(params={"nthread": THREADS})
        self.booster.load_model(bytearray(content))

    def describe(self) -> dict[str, Any]:
        """Feature names where the file has them."""
        return table(self.booster.feature_names or [], int(self.booster.num_features()))

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Probabilities or values."""
        import xgboost

        matrix = np.asarray(inputs["X"], dtype=np.float64)
        data = xgboost.DMatrix(matrix, feature_names=self.booster.feature_names, nthread=1)
        return {"output": np.asarray(self.booster.predict(data))}

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Tree SHAP by XGBoost itself."""
        import xgboost

        matrix = np.asarray(inputs["X"], dtype=np.float64)
        data = xgboost.DMatrix(matrix, feature_names=self.booster.feature_names, nthread=1)
        values = np.asarray(self.booster.predict(data, pred_contribs=True, strict_shape=True), dtype=np.float64)
        return {"values": values, "margin": _by_output(self.booster.predict(data, output_margin=True))}

    def native(self) -> dict[str, Any]:
        """Importance as the library keeps it."""
        return boosters.xgboost_importance(self.booster)

    def tree(self, number: int, output: int) -> dict[str, Any]:
        """One of the trees, flat."""
        return boosters.xgboost_tree(self.booster, number, output)

    def seen(self, inputs: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """What the trees compare: the rows."""
        return np.asarray(inputs["X"], dtype=np.float64)


class LightGBM:
    """A LightGBM model saved as text."""

    def __init__(self, content: bytes) -> None:
        import lightgbm

        self.booster = lightgbm.Booster(model_str=content.decode("utf-8"))

    def describe(self) -> dict[str, Any]:
        """Feature names as saved."""
        return table(self.booster.feature_name(), int(self.booster.num_feature()))

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Probabilities or values."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        return {"output": np.asarray(self.booster.predict(matrix, num_threads=1))}

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Tree SHAP by LightGBM itself."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        # LightGBM gives each thread its share beforehand and waits for the last; a core that others use too would
        # hold all of them up, so threads of ours take small parts one by one.
        parts = np.array_split(matrix, max(1, len(matrix) // PART))
        with ThreadPoolExecutor(THREADS) as threads:
            found = list(threads.map(self._explain, parts))
        margin = _by_output(self.booster.predict(matrix, raw_score=True, num_threads=1))
        return {"values": np.vstack(found).reshape(len(matrix), margin.shape[1], -1), "margin": margin}

    def _explain(self, part: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self.booster.predict(part, pred_contrib=True, num_threads=1), dtype=np.float64)

    def native(self) -> dict[str, Any]:
        """Importance as the library keeps it."""
        return boosters.lightgbm_importance(self.booster)

    def tree(self, number: int, output: int) -> dict[str, Any]:
        """One of the trees, flat."""
        return boosters.lightgbm_tree(self.booster, number, output)

    def seen(self, inputs: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """What the trees compare: the rows."""
        return np.asarray(inputs["X"], dtype=np.float64)


class CatBoost:
    """A CatBoost model in its own binary format, numeric features only."""

    def __init__(self, content: bytes) -> None:
        import catboost

        self.model = catboost.CatBoost()
        self.model.load_model(blob=content, format="cbm")
        if self.model.get_cat_feature_indices() or self.model.get_text_feature_indices():
            raise gate.Refused("model_categorical", format="catboost")

    def describe(self) -> dict[str, Any]:
        """Feature names as saved."""
        names = list(self.model.feature_names_ or [])
        return table(names, len(names))

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Probabilities where the model has them, else values."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        has_classes = self.model.classes_ is not None and len(self.model.classes_)
        kind = "Probability" if has_classes else "RawFormulaVal"
        return {"output": np.asarray(self.model.predict(matrix, prediction_type=kind, thread_count=1))}

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Tree SHAP by CatBoost itself."""
        import catboost

        matrix = np.asarray(inputs["X"], dtype=np.float64)
        values = np.asarray(
            self.model.get_feature_importance(catboost.Pool(matrix), type="ShapValues", thread_count=THREADS),
            dtype=np.float64,
        )
        margin = self.model.predict(matrix, prediction_type="RawFormulaVal", thread_count=1)
        return {"values": values if values.ndim == 3 else values[:, None, :], "margin": _by_output(margin)}

    def native(self) -> dict[str, Any]:
        """Importance as the library keeps it."""
        return boosters.catboost_importance(self.model)

    def tree(self, number: int, output: int) -> dict[str, Any]:
        """One of the trees, flat."""
        return boosters.catboost_tree(self.model, number, output)

    def seen(self, inputs: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """What the trees compare: the rows."""
        return np.asarray(inputs["X"], dtype=np.float64)


def _by_output(margin: Any) -> NDArray[np.float64]:
    array = np.asarray(margin, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array
