"""Model formats a worker can load; every one is given as bytes, none touches a file.

Import what a format needs in `prepare`, which runs before the locks close; nothing can be imported afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.images.inside import Tapped
from diagnostics.explanations.sandbox import gate, skops_file
from diagnostics.explanations.sandbox.boosters import CatBoost, LightGBM, XGBoost
from diagnostics.explanations.sandbox.inside import onnx_graph
from diagnostics.explanations.sandbox.skops_file import Skops
from diagnostics.explanations.sandbox.tables import Arrays
from diagnostics.explanations.structure import from_onnx


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


class Open(Protocol):
    """A model that shows what it holds."""

    def native(self) -> dict[str, Any]:
        """`kind` ("trees", "linear", "none"), `measures` by name, number of `trees`, what comes `before`, `names`."""
        ...

    def tree(self, number: int, output: int) -> dict[str, Any]:
        """A tree; see `inside.flat.FlatTree.as_json`."""
        ...

    def seen(self, inputs: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """What trees or coefficients are given for some rows."""
        ...


class Onnx:
    """Any ONNX model that passes the gate, on onnxruntime's CPU provider, one thread."""

    def __init__(self, content: bytes) -> None:
        import onnx

        try:
            model = onnx.load_model_from_string(content)
        except Exception as error:  # protobuf raises its own types; whatever it is, this is no ONNX model
            raise gate.Refused("model_broken", format="onnx") from error
        if not model.graph.node and not model.graph.input:
            raise gate.Refused("model_broken", format="onnx")
        gate.check(model)
        self.model = model
        self._tapped = Tapped(model)
        plain, self.classes = _without_maps(model, content)
        self.session = _session(plain)

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

    def native(self) -> dict[str, Any]:
        """Splits or coefficients of the classical operators."""
        return onnx_graph.importance(self.model)

    def tree(self, number: int, output: int) -> dict[str, Any]:
        """One of the trees, flat."""
        return onnx_graph.tree(self.model, number, output)

    def seen(self, inputs: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """What the trees are given: an input, or a tensor inside the graph."""
        name = onnx_graph.seen_by(self.model)
        feed = self._feed(inputs)
        return np.asarray(feed[name] if name in feed else self._inner(name, feed), dtype=np.float64)

    def _feed(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        types = {value.name: value.type for value in self.session.get_inputs()}
        return {name: _typed(array, types.get(name, "")) for name, array in inputs.items()}

    def _inner(self, name: str, feed: Arrays) -> NDArray[Any]:
        from onnx import ModelProto, TensorProto, helper

        wider = ModelProto()
        wider.CopyFrom(self.model)
        del wider.graph.output[:]
        wider.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
        found: NDArray[Any] = _session(wider.SerializeToString()).run([name], feed)[0]
        return found

    def layers(self, _inputs: Mapping[str, NDArray[Any]], _options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Layers whose activations have places; see `images.layers.spatial`."""
        return self._tapped.layers()

    def activations(self, inputs: Mapping[str, NDArray[Any]], options: Mapping[str, Any]) -> Arrays:
        """What one layer gives; `options` names its tensor."""
        return {"activations": self._tapped.activations(self._feed(inputs), str(options.get("tensor")))}

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Run once; the classes of a map become an output of their own."""
        feed = self._feed(inputs)
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


def _session(content: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


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
        skops_file.prepare()
