"""Grad-CAM of an ONNX model by captum, on the same graph as torch modules; runs inside the worker.

Needs the extra `vision`; everything torch loads lazily is loaded before the locks close.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.images.inside import placed
from diagnostics.explanations.sandbox.gate import Refused
from diagnostics.explanations.sandbox.loaders import Onnx, _typed

SQUASHING = frozenset({"Softmax", "LogSoftmax", "Sigmoid"})
"""Last operators that are left out: the class score before them is what Grad-CAM differentiates."""

_NAME = "node{}"


class OnnxGradients(Onnx):
    """A model on onnxruntime as ever, and once more as torch modules for its gradients."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._network: tuple[str, Any, dict[str, str]] | None = None

    def gradients(self, inputs: Mapping[str, NDArray[Any]], options: Mapping[str, Any]) -> Mapping[str, NDArray[Any]]:
        """Grad-CAM before the ReLU, shape (n, height, width): sum over channels of mean gradient times activation.

        Parameters
        ----------
        inputs : mapping
            The model's only input.
        options : mapping
            tensor (of the layer), output (name of the model's output), number (of the class).

        Raises
        ------
        Refused
            "layer_unknown" or "layer_not_spatial", "model_fewer_outputs" for a class the model does not have, or
            "gradients_unsupported" where the graph has no torch counterpart.
        """
        import torch
        from captum.attr import LayerGradCam

        tensor, number = str(options["tensor"]), int(options["number"])
        self._tapped.known(tensor)
        network, names = self._converted(str(options["output"]))
        if tensor not in names:
            raise Refused("layer_unknown", layer=tensor[:80])
        types = {value.name: value.type for value in self.session.get_inputs()}
        ((name, array),) = inputs.items()
        rows = torch.from_numpy(np.array(_typed(array, types.get(name, "")), dtype=np.float32))
        with torch.no_grad():
            scores = network(rows)
        wide = scores.ndim == 2 and scores.shape[1] > 1
        if wide and not 0 <= number < scores.shape[1]:
            raise Refused("model_fewer_outputs", outputs=scores.shape[1])
        forward = network if wide else lambda given: network(given).reshape(len(given))
        cam = LayerGradCam(forward, network.get_submodule(names[tensor]))
        found = placed(cam.attribute(rows, target=number if wide else None).detach().numpy(), tensor)
        return {"map": found[:, 0].astype(np.float64)}

    def _converted(self, output: str) -> tuple[Any, dict[str, str]]:
        if self._network is None or self._network[0] != output:
            try:
                network, names = convert(self.model, output)
            except Refused:
                raise
            except Exception as error:  # the converter raises what it likes for operators it does not know
                said = " ".join(str(error).split())[:200]
                raise Refused("gradients_unsupported", found=f"{type(error).__name__}: {said}") from error
            self._network = (output, network, names)
        return self._network[1], self._network[2]


def convert(model: Any, output: str) -> tuple[Any, dict[str, str]]:
    """A graph as torch modules up to the scores before a last softmax or sigmoid.

    Returns
    -------
    network : torch.fx.GraphModule
        In evaluation mode.
    names : dict of tensor to module
    """
    import onnx2torch
    from onnx import ModelProto, ValueInfoProto

    cut = ModelProto()
    cut.CopyFrom(model)
    by_output = {name: node for node in cut.graph.node for name in node.output}
    last = by_output.get(output)
    if last is None:
        raise Refused("gradients_unsupported", found=output[:80])
    end = last.input[0] if last.op_type in SQUASHING else output
    wanted = _needed(by_output, end)
    kept = [node for node in cut.graph.node if node.output and node.output[0] in wanted]
    names = {}
    for number, node in enumerate(kept):
        node.name = _NAME.format(number)
        names[node.output[0]] = node.name
    del cut.graph.output[:]
    cut.graph.output.append(ValueInfoProto(name=end))
    nodes = [type(node).FromString(node.SerializeToString()) for node in kept]
    del cut.graph.node[:]
    cut.graph.node.extend(nodes)
    return onnx2torch.convert(cut).eval(), names


def _needed(by_output: Mapping[str, Any], end: str) -> set[str]:
    """First outputs of the nodes that lead to a tensor."""
    found: set[str] = set()
    waiting = [end]
    while waiting:
        node = by_output.get(waiting.pop())
        if node is not None and node.output[0] not in found:
            found.add(node.output[0])
            waiting.extend(node.input)
    return found


def prepare() -> None:
    """Import torch, captum and the converter, and run a small network through them.

    Raises
    ------
    ImportError
        One of them is not installed.
    """
    import captum.attr  # noqa: F401
    import onnx2torch  # noqa: F401
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    OnnxGradients(_small()).gradients(
        {"x": np.ones((1, 1, 4, 4), np.float32)}, {"tensor": "a", "output": "y", "number": 0}
    )


def _small() -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["a"]),
        helper.make_node("MaxPool", ["a"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("GlobalAveragePool", ["p"], ["g"]),
        helper.make_node("Flatten", ["g"], ["f"]),
        helper.make_node("Gemm", ["f", "v", "b"], ["s"], transB=1),
        helper.make_node("Softmax", ["s"], ["y"]),
    ]
    weights = {"w": np.ones((2, 1, 3, 3)), "v": np.ones((2, 2)), "b": np.zeros(2)}
    graph = helper.make_graph(
        nodes, "small", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 4, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())
