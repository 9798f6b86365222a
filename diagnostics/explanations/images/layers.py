"""Layers whose activations have a place in the picture; runs inside the worker, because it reads the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

CONVOLUTIONS = frozenset({"Conv", "ConvTranspose"})

KEEPS_PLACES = frozenset(
    {
        "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "Sigmoid", "HardSigmoid", "HardSwish",
        "Tanh", "Softplus", "Softsign", "Mish", "Gelu", "Swish", "Clip", "Erf", "Abs", "Identity", "Dropout", "Cast",
        "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "MaxPool", "AveragePool", "LpPool",
        "Add", "Sub", "Mul", "Div", "Sum", "Max", "Min", "Mean", "Concat", "Pad", "Resize", "Upsample",
    }
)  # fmt: skip
"""Operators whose output has the channels of a convolution first and the places of the picture after them."""


def spatial(model: ModelProto) -> list[dict[str, Any]]:
    """Tensors of shape (batch, channels, height, width) that come from a convolution, in the order of the graph.

    Parameters
    ----------
    model : ModelProto
        Has passed the gate.

    Returns
    -------
    list of dict
        tensor, name, kind, shape (channels, height, width; None where not known), convolution (bool).
    """
    from onnx import shape_inference

    graph = shape_inference.infer_shapes(model, check_type=False, strict_mode=False).graph
    shapes = _shapes(graph)
    weights = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    placed: set[str] = set()
    found = []
    for number, node in enumerate(graph.node):
        if not node.output or not _keeps_places(node, placed, weights, shapes):
            continue
        placed.add(node.output[0])
        shape = shapes.get(node.output[0])
        if shape is not None and any(side == 1 for side in shape[2:]):
            continue
        found.append(
            {
                "tensor": node.output[0],
                "name": node.name or f"{node.op_type}_{number}",
                "kind": node.op_type,
                "shape": None if shape is None else shape[1:],
                "convolution": node.op_type in CONVOLUTIONS,
            }
        )
    return found


def _keeps_places(
    node: NodeProto, placed: set[str], weights: dict[str, list[int]], shapes: dict[str, list[int | None]]
) -> bool:
    known = shapes.get(node.output[0])
    if known is not None and len(known) != 4:
        return False
    if node.op_type in CONVOLUTIONS:
        weight = weights.get(node.input[1]) if len(node.input) > 1 else None
        return known is not None or weight is None or len(weight) == 4
    return node.op_type in KEEPS_PLACES and any(name in placed for name in node.input)


def _shapes(graph: GraphProto) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        kind = value.type.tensor_type
        if value.type.HasField("tensor_type") and kind.HasField("shape"):
            found[value.name] = [d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim]
    return found
