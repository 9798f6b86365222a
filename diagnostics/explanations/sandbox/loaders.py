"""Model formats a worker can load; every one is given as bytes, none touches a file.

Import what a format needs in `prepare`, which runs before the locks close; nothing can be imported afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.images.inside import Tapped
from diagnostics.explanations.sandbox import gate
from diagnostics.explanations.structure import from_onnx

Arrays = dict[str, NDArray[Any]]

# What a skops file may be made of; anything else is refused by name.
SKOPS_TYPES = (
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


class Loaded(Protocol):
    """A model that can answer."""

    def describe(self) -> dict[str, Any]:
        """Inputs (name, type, shape), outputs, classes where known."""
        ...

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Outputs by name."""
        ...


class Explaining(Protocol):
    """A model of trees that computes its own tree SHAP."""

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """`values` of shape (n, outputs, features + 1), the last column the base; `margin` of shape (n, outputs)."""
        ...


class Onnx:
    """Any ONNX model that passes the gate, on onnxruntime's CPU provider, one thread."""

    def __init__(self, content: bytes) -> None:
        import onnx
        import onnxruntime

        try:
            model = onnx.load_model_from_string(content)
        except Exception as error:  # protobuf raises its own types; whatever it is, this is no ONNX model
            raise gate.Refused("model_broken", format="onnx") from error
        if not model.graph.node and not model.graph.input:
            raise gate.Refused("model_broken", format="onnx")
        gate.check(model)
        self.model = model
        self._tapped = Tapped(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        plain, self.classes = _without_maps(model, content)
        self.session = onnxruntime.InferenceSession(plain, options, providers=["CPUExecutionProvider"])

    def describe(self) -> dict[str, Any]:
        """Names, types and shapes; a symbolic or free size is None."""

        def entry(value: Any) -> dict[str, Any]:
            sizes = [size if isinstance(size, int) else None for size in (value.shape or [])]
            return {"name": value.name, "type": value.type, "shape": sizes}

        return {
            "inputs": [entry(v) for v in self.session.get_inputs()],
            "outputs": [entry(v) for v in self.session.get_outputs()],
        }

    def structure(self) -> dict[str, Any]:
        """Layers with shapes and parameters; see `structure.from_onnx`."""
        return from_onnx.describe(self.model)

    def layers(self, _inputs: Mapping[str, NDArray[Any]], _options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Layers whose activations have places; see `images.layers.spatial`."""
        return self._tapped.layers()

    def activations(self, inputs: Mapping[str, NDArray[Any]], options: Mapping[str, Any]) -> Arrays:
        """What one layer gives; `options` names its tensor."""
        types = {value.name: value.type for value in self.session.get_inputs()}
        feed = {name: _typed(array, types.get(name, "")) for name, array in inputs.items()}
        return {"activations": self._tapped.activations(feed, str(options.get("tensor")))}

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Run once; the classes of a map become an output of their own."""
        types = {value.name: value.type for value in self.session.get_inputs()}
        feed = {name: _typed(array, types.get(name, "")) for name, array in inputs.items()}
        names = [value.name for value in self.session.get_outputs()]
        found: Arrays = {}
        for name, value in zip(names, self.session.run(names, feed), strict=True):
            if isinstance(value, list) and value and isinstance(value[0], dict):
                classes = list(value[0])
                found[name] = np.array([[row[c] for c in classes] for row in value], dtype=np.float64)
                found[f"{name}.classes"] = np.array([str(c) for c in classes], dtype=object)
            elif isinstance(value, np.ndarray):
                found[name] = value
                if name in self.classes:
                    found[f"{name}.classes"] = np.array(self.classes[name], dtype=object)
        return found


def _without_maps(model: Any, content: bytes) -> tuple[bytes, dict[str, list[str]]]:
    """The model with every ZipMap at its outputs replaced by the matrix behind it, and the classes of its columns.

    A dictionary for each row makes an answer ten times as slow.
    """
    from onnx import ModelProto, TensorProto, helper

    ends = {value.name for value in model.graph.output}
    if not any(node.op_type == "ZipMap" and node.output[0] in ends for node in model.graph.node):
        return content, {}
    plain = ModelProto()
    plain.CopyFrom(model)
    classes: dict[str, list[str]] = {}
    for node in plain.graph.node:
        if node.op_type != "ZipMap" or node.output[0] not in ends:
            continue
        given = {a.name: a for a in node.attribute}
        labels = given.get("classlabels_strings") or given.get("classlabels_int64s")
        if labels is None:
            continue
        name, source = node.output[0], node.input[0]
        classes[name] = [v.decode("utf-8", "replace") for v in labels.strings] or [str(v) for v in labels.ints]
        node.CopyFrom(helper.make_node("Identity", [source], [name], name=node.name))
        for value in plain.graph.output:
            if value.name == name:
                value.CopyFrom(helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, len(classes[name])]))
    return plain.SerializeToString(), classes


_ONNX_TYPES = {
    "tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8, "tensor(int8)": np.int8,
}  # fmt: skip


def _typed(array: NDArray[Any], type: str) -> NDArray[Any]:
    if type == "tensor(string)":
        return np.array([str(item) for item in array.ravel()], dtype=object).reshape(array.shape)
    wanted = _ONNX_TYPES.get(type)
    return array if wanted is None else np.ascontiguousarray(array, dtype=wanted)


class XGBoost:
    """An XGBoost model saved as JSON or UBJ."""

    def __init__(self, content: bytes) -> None:
        import xgboost

        self.booster = xgboost.Booster(params={"nthread": 1})
        self.booster.load_model(bytearray(content))

    def describe(self) -> dict[str, Any]:
        """Feature names where the file has them."""
        return _table(self.booster.feature_names or [], int(self.booster.num_features()))

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Probabilities or values, and the raw margin."""
        import xgboost

        matrix = np.asarray(inputs["X"], dtype=np.float64)
        data = xgboost.DMatrix(matrix, feature_names=self.booster.feature_names, nthread=1)
        return {
            "output": np.asarray(self.booster.predict(data)),
            "margin": np.asarray(self.booster.predict(data, output_margin=True)),
        }

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Tree SHAP by XGBoost itself."""
        import xgboost

        matrix = np.asarray(inputs["X"], dtype=np.float64)
        data = xgboost.DMatrix(matrix, feature_names=self.booster.feature_names, nthread=1)
        values = np.asarray(self.booster.predict(data, pred_contribs=True, strict_shape=True), dtype=np.float64)
        return {"values": values, "margin": _by_output(self.booster.predict(data, output_margin=True))}


class LightGBM:
    """A LightGBM model saved as text."""

    def __init__(self, content: bytes) -> None:
        import lightgbm

        self.booster = lightgbm.Booster(model_str=content.decode("utf-8"))

    def describe(self) -> dict[str, Any]:
        """Feature names as saved."""
        return _table(self.booster.feature_name(), int(self.booster.num_feature()))

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Probabilities or values, and the raw score."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        return {
            "output": np.asarray(self.booster.predict(matrix, num_threads=1)),
            "margin": np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=1)),
        }

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Tree SHAP by LightGBM itself."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        flat = np.asarray(self.booster.predict(matrix, pred_contrib=True, num_threads=1), dtype=np.float64)
        margin = _by_output(self.booster.predict(matrix, raw_score=True, num_threads=1))
        return {"values": flat.reshape(len(matrix), margin.shape[1], -1), "margin": margin}


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
        return _table(names, len(names))

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """The raw score, and probabilities where the model has them."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        margin = np.asarray(self.model.predict(matrix, prediction_type="RawFormulaVal", thread_count=1))
        if self.model.classes_ is None or not len(self.model.classes_):
            return {"output": margin, "margin": margin}
        chances = np.asarray(self.model.predict(matrix, prediction_type="Probability", thread_count=1))
        return {"output": chances, "margin": margin}

    def contributions(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Tree SHAP by CatBoost itself."""
        import catboost

        matrix = np.asarray(inputs["X"], dtype=np.float64)
        values = np.asarray(
            self.model.get_feature_importance(catboost.Pool(matrix), type="ShapValues", thread_count=1),
            dtype=np.float64,
        )
        margin = self.model.predict(matrix, prediction_type="RawFormulaVal", thread_count=1)
        return {"values": values if values.ndim == 3 else values[:, None, :], "margin": _by_output(margin)}


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
        described = _table(names, int(getattr(self.model, "n_features_in_", len(names))))
        if hasattr(self.model, "classes_"):
            described["classes"] = [str(c) for c in self.model.classes_]
        return described

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Probabilities where the model has them, else values or labels."""
        matrix = np.asarray(inputs["X"], dtype=np.float64)
        if hasattr(self.model, "predict_proba"):
            return {"output": np.asarray(self.model.predict_proba(matrix))}
        return {"output": np.asarray(self.model.predict(matrix))}


def _by_output(margin: Any) -> NDArray[np.float64]:
    array = np.asarray(margin, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array


def _table(names: Sequence[str], count: int) -> dict[str, Any]:
    return {
        "inputs": [{"name": "X", "type": "table", "shape": [None, count]}],
        "features": list(names) if len(names) == count else [],
        "outputs": [{"name": "output", "type": "table", "shape": [None]}],
    }


def _with_gradients(content: bytes) -> Loaded:
    from diagnostics.explanations.images.gradients import OnnxGradients

    return OnnxGradients(content)


FORMATS: dict[str, Callable[[bytes], Loaded]] = {
    "onnx": Onnx, "xgboost": XGBoost, "lightgbm": LightGBM, "catboost": CatBoost, "skops": Skops,
    "onnx_gradients": _with_gradients,
}  # fmt: skip


def prepare(format: str) -> None:
    """Import everything a format will ever need, lazily loaded parts included.

    Raises
    ------
    ImportError
        The library is not installed.
    """
    if format in ("onnx", "onnx_gradients"):
        import onnx
        import onnxruntime  # noqa: F401

        gate._operators()
        onnx.shape_inference.infer_shapes(onnx.helper.make_model(onnx.helper.make_graph([], "warm", [], [])))
        if format == "onnx_gradients":
            from diagnostics.explanations.images import gradients

            gradients.prepare()
    elif format == "xgboost":
        import pandas  # noqa: F401
        import scipy.sparse
        import xgboost

        xgboost.DMatrix(np.zeros((1, 1)), nthread=1)
    elif format == "lightgbm":
        import lightgbm  # noqa: F401
        import scipy.sparse  # noqa: F401
    elif format == "catboost":
        import catboost  # noqa: F401
    elif format == "skops":
        _prepare_skops()


def _prepare_skops() -> None:
    import importlib

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
