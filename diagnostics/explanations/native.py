"""What the model's own library says of its features: gains, splits, impurity, coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from diagnostics.explanations.importance import FeatureImportance
from diagnostics.explanations.sandbox import ModelError
from diagnostics.types import FloatArray, MetricValue

STANDARDISING = frozenset({"StandardScaler", "Scaler"})
"""Steps after which a coefficient is per standard deviation of the training rows (ONNX calls the step Scaler)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NativeImportance:
    """Importance as the model's file holds it; a number of the whole model, so without an interval.

    Attributes
    ----------
    kind : str
        "trees", "linear" or "none".
    features : tuple of str
        What the last step sees; file columns where that are the model's inputs.
    measures : mapping of measure to ndarray, shape (features,)
        "gain", "total_gain", "cover", "weight", "split", "impurity", "prediction_values_change", "coefficient".
    trees : int
        Trees that speak for one output.
    before : tuple of str
        Steps before the trees or coefficients; their units are not the file's then.
    """

    kind: str
    features: tuple[str, ...]
    measures: Mapping[str, FloatArray]
    trees: int
    before: tuple[str, ...]

    @property
    def standardised(self) -> bool:
        """Whether the model standardises its inputs before the coefficients."""
        return any(step in STANDARDISING for step in self.before)

    def ranked(self, measure: str) -> tuple[FeatureImportance, ...]:
        """Features by a measure, the largest in size first."""
        values = self.measures[measure]
        order = np.argsort(-np.abs(values), kind="stable")
        return tuple(
            FeatureImportance(
                feature=self.features[int(i)],
                value=MetricValue(name=f"native_{measure}", value=float(abs(values[i])), n=0, greater_is_better=True),
            )
            for i in order
        )


def read(said: Mapping[str, Any], columns: Sequence[str], number: int) -> NativeImportance:
    """Take a worker's answer apart, trusting none of its lengths.

    Parameters
    ----------
    said : mapping
        Of `Worker.native`.
    columns : sequence of str
        File columns that feed the model, in its order.
    number : int
        Class explained; picks the coefficients of a model of several classes.

    Raises
    ------
    ModelError
        "model_answer_broken" for an answer that is none.
    """
    try:
        measures = {str(name): _column(values, number) for name, values in said["measures"].items()}
        named = tuple(str(name) for name in said.get("names", ()))
        found = NativeImportance(
            kind=str(said["kind"]),
            features=_features(named or tuple(columns), max((len(v) for v in measures.values()), default=0)),
            measures={name: values for name, values in measures.items() if len(values)},
            trees=int(said.get("trees", 0)),
            before=tuple(str(step) for step in said.get("before", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError("model_answer_broken") from error
    width = len(found.features)
    # An ensemble in ONNX names no column behind the last one it splits on.
    padded = {name: np.pad(values, (0, width - len(values))) for name, values in found.measures.items()}
    return NativeImportance(
        kind=found.kind if padded else "none", features=found.features, measures=padded, trees=found.trees,
        before=found.before,
    )  # fmt: skip


def _column(values: Any, number: int) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 2:
        array = array[min(number, len(array) - 1)] if len(array) > 1 else array[0]
    if array.ndim != 1:
        raise ValueError("an importance that is no list")
    return array


def _features(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    return names if width <= len(names) else tuple(f"f{i}" for i in range(width))
