"""Structure of an ONNX model; called inside the worker only, because it parses the whole file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Entry = dict[str, Any]
_ITEM_BYTES = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2}


def describe(model: ModelProto) -> Entry:
    """Layers of the main graph as JSON-able entries, with shapes inferred.

    Parameters
    ----------
    model : ModelProto
        Has passed the gate.
    """
    from onnx import shape_inference

    inferred = shape_inference.infer_shapes(model, check_type=False, strict_mode=False)
    graph = inferred.graph
    shapes = {v.name: _shape(v) for v in (*graph.input, *graph.value_info, *graph.output)}
    weights = {t.name: t for t in graph.initializer}
    made_by: dict[str, str] = {v.name: v.name for v in graph.input if v.name not in weights}
    layers: list[Entry] = [
        {
            "name": name,
            "kind": "Input",
            "inputs": [],
            "shape": shapes.get(name),
            "parameters": 0,
            "bytes": 0,
            "multiply_adds": 0,
        }
        for name in made_by
    ]
    used: set[str] = set(made_by)
    for number, node in enumerate(graph.node):
        name = _unique(node.name or f"{node.op_type}_{number}", used)
        own = [weights[i] for i in node.input if i in weights]
        count = sum(math.prod(t.dims) for t in own)
        layers.append(
            {
                "name": name,
                "kind": node.op_type,
                "inputs": list(dict.fromkeys(made_by[i] for i in node.input if i in made_by)),
                "shape": shapes.get(node.output[0]) if node.output else None,
                "parameters": count,
                "bytes": sum(math.prod(t.dims) * _ITEM_BYTES.get(t.data_type, 0) for t in own),
                "multiply_adds": _multiply_adds(node, shapes, {t.name: list(t.dims) for t in own}),
                "detail": _detail(node),
            }
        )
        made_by.update(dict.fromkeys(node.output, name))
    outputs = [made_by[v.name] for v in graph.output if v.name in made_by]
    inputs = [v.name for v in graph.input if v.name not in weights]
    return {"format": "onnx", "layers": layers, "inputs": inputs, "outputs": outputs}


def _unique(name: str, used: set[str]) -> str:
    found, number = name, 1
    while found in used:
        number += 1
        found = f"{name}_{number}"
    used.add(found)
    return found


def _shape(value: Any) -> list[int | None] | None:
    if not value.type.HasField("tensor_type") or not value.type.tensor_type.HasField("shape"):
        return None
    return [d.dim_value if d.HasField("dim_value") else None for d in value.type.tensor_type.shape.dim]


def _multiply_adds(node: NodeProto, shapes: dict[str, Any], own: dict[str, list[int]]) -> int | None:
    """For one example: Conv = outputs x kernel x channels in / groups; Gemm and MatMul = outputs x inner size."""
    if node.op_type not in ("Conv", "Gemm", "MatMul"):
        return 0
    output = shapes.get(node.output[0]) if node.output else None
    weight = next((own[i] for i in node.input if i in own and len(own[i]) >= 2), None)
    if not output or weight is None or any(size is None for size in output[1:]):
        return None
    places: int = math.prod(output[1:])
    if node.op_type == "Conv":
        return places * math.prod(weight[1:])
    transposed = any(a.name == "transB" and a.i for a in node.attribute)
    return places * (weight[1] if transposed else weight[-2])


def _detail(node: NodeProto) -> Entry:
    kept: Entry = {}
    for attribute in node.attribute[:12]:
        if attribute.type == 1:
            kept[attribute.name] = round(attribute.f, 6)
        elif attribute.type == 2:
            kept[attribute.name] = attribute.i
        elif attribute.type == 3:
            kept[attribute.name] = attribute.s.decode("utf-8", "replace")[:60]
        elif attribute.type == 7 and len(attribute.ints) <= 8:
            kept[attribute.name] = list(attribute.ints)
    return kept
