"""How a model's inputs are fed from the columns of a prediction file, and which of its outputs is explained."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations import native
from diagnostics.explanations.encoding import Encoding, Feature
from diagnostics.explanations.known_rows import known_rows
from diagnostics.explanations.model_tree import ModelTree
from diagnostics.explanations.native import NativeImportance
from diagnostics.explanations.sandbox import ModelDescription, Worker
from diagnostics.types import FloatArray

LINKS = ("identity", "sigmoid", "softmax")


class BindingError(RunClinicError):
    """The model's inputs cannot be fed from the file."""


@dataclass(frozen=True, kw_only=True)
class Binding:
    """Which column feeds which input.

    Attributes
    ----------
    columns : tuple of str
        A file column for each feature of the model, in the model's order; "" where none is chosen.
    features : tuple of str
        The model's own names.
    link : str
        What turns the output into what the file holds: "identity", "sigmoid" or "softmax".
    codes : mapping of column to mapping of text to number
        How texts are encoded for models that take numbers.
    """

    columns: tuple[str, ...]
    features: tuple[str, ...]
    link: str = "identity"
    codes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every feature has a column."""
        return bool(self.columns) and all(self.columns)

    def as_json(self) -> dict[str, Any]:
        """For the project's settings."""
        codes = {name: dict(table) for name, table in self.codes.items()}
        return {"columns": list(self.columns), "features": list(self.features), "link": self.link, "codes": codes}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Binding:
        """The reverse of `as_json`."""
        return cls(
            columns=tuple(str(name) for name in said["columns"]),
            features=tuple(str(name) for name in said["features"]),
            link=str(said.get("link", "identity")),
            codes={str(n): {str(k): float(v) for k, v in t.items()} for n, t in said.get("codes", {}).items()},
        )


def features_of(description: ModelDescription, available: Sequence[str]) -> tuple[str, ...]:
    """The model's feature names; numbered where it has none.

    Raises
    ------
    BindingError
        "model_wants_images" for inputs of more than two axes.
    """
    inputs = description.inputs
    if any(len(entry["shape"]) > 2 for entry in inputs):
        raise BindingError("model_wants_images", shape="×".join(str(s or "?") for s in inputs[0]["shape"]))
    if len(inputs) > 1:
        return tuple(str(entry["name"]) for entry in inputs)
    if description.features:
        return description.features
    width = inputs[0]["shape"][-1] if inputs and inputs[0]["shape"] else None
    return tuple(f"f{i}" for i in range(int(width) if width else len(available)))


def guess(description: ModelDescription, available: Sequence[str], columns: Mapping[str, NDArray[Any]]) -> Binding:
    """Feed every feature by name where names agree; else all of them by order where the counts allow.

    Parameters
    ----------
    description : ModelDescription
    available : sequence of str
        Candidate columns in the file's order.
    columns : mapping of name to values
        Of a sample; numeric columns are preferred where the model takes one matrix of numbers.
    """
    features = features_of(description, available)
    folded = {_fold(name): name for name in available}
    named = [folded.get(_fold(feature), "") for feature in features]
    if not all(named):
        named = [name or _near(feature, available) for name, feature in zip(named, features, strict=True)]
    if not any(named) or len(set(filter(None, named))) < len([n for n in named if n]):
        numeric = [name for name in available if columns[name].dtype.kind == "f"]
        for pool in (available, numeric):
            if len(pool) == len(features):
                named = list(pool)
                break
        else:
            if not any(named):
                named = [*numeric[: len(features)], *[""] * (len(features) - len(numeric))]
    return Binding(columns=tuple(named), features=features, codes=_codes(named, columns))


def _fold(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _near(feature: str, available: Sequence[str]) -> str:
    close = difflib.get_close_matches(_fold(feature), [_fold(name) for name in available], n=1, cutoff=0.85)
    return next((name for name in available if close and _fold(name) == close[0]), "")


def _codes(names: Sequence[str], columns: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, float]]:
    """Sorted texts get 0, 1, 2 ..., as pandas' and scikit-learn's encoders number them."""
    found: dict[str, dict[str, float]] = {}
    for name in names:
        if name and columns[name].dtype.kind == "O":
            texts = sorted({str(v) for v in columns[name] if v is not None})
            found[name] = {text: float(code) for code, text in enumerate(texts)}
    return found


class Predictor:
    """A model behind its binding: a matrix of codes in, one number a row out.

    Parameters
    ----------
    worker : Worker
        Open.
    binding : Binding
    encoding : Encoding
        How the matrix is made from columns.
    output : int
        Number of the class explained; 0 for a regression. A model with a single score speaks for the positive class.
    classes : sequence of str
        The file's classes; a model that names its own is put into their order.

    Attributes
    ----------
    link : str
        Of the binding, until a comparison with the file finds a better one.
    """

    def __init__(
        self, worker: Worker, binding: Binding, encoding: Encoding, *, output: int = 0, classes: Sequence[str] = ()
    ) -> None:
        self._worker, self._binding, self._encoding = worker, binding, encoding
        self._output, self._classes = output, tuple(classes)
        self.link = binding.link

    def __call__(self, matrix: FloatArray) -> FloatArray:
        """Output of shape (n,) for encoded rows of shape (n, features)."""
        return one_output(self.all_outputs(matrix), self._output)

    def all_outputs(self, matrix: FloatArray) -> FloatArray:
        """Every output after the link, shape (n, outputs)."""
        return linked(self.raw_outputs(matrix), self.link)

    def raw_outputs(self, matrix: FloatArray) -> FloatArray:
        """Every output as the model gives it, columns in the order of the file's classes where both name them."""
        found = self._worker.predict(self.inputs(matrix))
        scores, named = scores_in(found)
        if len(scores) != len(matrix):
            raise BindingError("model_rows_vary", found=len(scores), expected=len(matrix))
        described = self._worker.description
        named = named or (described.classes if described is not None else ())
        if len(named) == scores.shape[1] and set(named) == set(self._classes):
            return scores[:, [list(named).index(name) for name in self._classes]]
        return scores

    def contributions(self, matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A booster's own tree SHAP for the output, shape (n, features + 1), and its raw score, shape (n,)."""
        ((name, rows),) = self.inputs(matrix).items()  # boosters have one input
        found = known_rows.contributions(
            self._worker.model.digest, rows, lambda new: self._worker.contributions({name: new})
        )
        values, margin = found["values"], found["margin"]
        place = 0 if values.shape[1] == 1 else self._output
        if place >= values.shape[1]:
            raise BindingError("model_fewer_outputs", outputs=values.shape[1], number=place + 1)
        return values[:, place], margin[:, place]

    def native(self) -> NativeImportance:
        """Importance as the model's own library keeps it."""
        return native.read(self._worker.native(), self._binding.columns, self._output)

    def tree(self, number: int, matrix: FloatArray) -> tuple[ModelTree, FloatArray]:
        """A tree that speaks for the output, and what it is given for the rows, shape (n, columns)."""
        said, seen = self._worker.tree(number, self._output, self.inputs(matrix))
        given = np.asarray(seen, dtype=np.float64)
        if given.ndim != 2 or len(given) != len(matrix):
            raise BindingError("model_tree_broken")
        return ModelTree.read(said, given.shape[1]), given

    def inputs(self, matrix: FloatArray) -> dict[str, NDArray[Any]]:
        """What the worker is sent."""
        described = self._worker.description
        assert described is not None
        columns = self._encoding.decode(matrix)
        if len(described.inputs) == 1:
            entry = described.inputs[0]
            stacked = [self._numbers(name, columns[name]) for name in self._binding.columns]
            return {str(entry["name"]): np.column_stack(stacked)}
        fed: dict[str, NDArray[Any]] = {}
        for entry, name in zip(described.inputs, self._binding.columns, strict=True):
            texts = "string" in str(entry["type"])
            value = _texts(columns[name]) if texts else self._numbers(name, columns[name])
            fed[str(entry["name"])] = value[:, None] if len(entry["shape"]) == 2 else value
        return fed

    def _numbers(self, name: str, values: NDArray[Any]) -> FloatArray:
        if values.dtype.kind != "O":
            return np.asarray(values, dtype=np.float64)
        codes = self._binding.codes.get(name, {})
        return np.array([np.nan if v is None else codes.get(str(v), np.nan) for v in values], dtype=np.float64)


def encoding_of(binding: Binding, columns: Mapping[str, NDArray[Any]]) -> Encoding:
    """Encoding of the bound columns: texts by their place among the sorted ones."""
    found = []
    for name in binding.columns:
        texts = sorted(binding.codes.get(name, {})) if columns[name].dtype.kind == "O" else []
        found.append(Feature(name=name, categories=tuple(texts)))
    return Encoding(features=tuple(found))


def scores_in(outputs: Mapping[str, NDArray[Any]]) -> tuple[FloatArray, tuple[str, ...]]:
    """The numeric output that holds scores, shape (n, k), and the classes it names.

    The widest output of floats is taken, else one of whole numbers.

    Raises
    ------
    BindingError
        "model_no_numbers" where every output holds texts.
    """
    numeric = {n: a for n, a in outputs.items() if a.dtype.kind in "fiub" and a.ndim in (1, 2)}
    if not numeric:
        raise BindingError("model_no_numbers", outputs=", ".join(outputs))
    name, best = max(numeric.items(), key=lambda e: (e[1].dtype.kind == "f", e[1].shape[1] if e[1].ndim == 2 else 1))
    classes = tuple(str(c) for c in outputs.get(f"{name}.classes", ()))
    return np.asarray(best, dtype=np.float64).reshape(len(best), -1), classes


def one_output(scores: FloatArray, number: int) -> FloatArray:
    """Column of a class; a single column is the second class of two, or the value."""
    if scores.shape[1] == 1:
        return scores[:, 0]
    if number >= scores.shape[1]:
        raise BindingError("model_fewer_outputs", outputs=scores.shape[1], number=number + 1)
    return scores[:, number]


def linked(scores: FloatArray, link: str) -> FloatArray:
    """Scores after the link."""
    if link == "sigmoid":
        return 1 / (1 + np.exp(-np.clip(scores, -700, 700)))
    if link == "softmax":
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        found: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
        return found
    return scores


def _texts(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind == "O":
        return np.array(["" if v is None else str(v) for v in values], dtype=object)
    return np.array([f"{v:g}" for v in values], dtype=object)
