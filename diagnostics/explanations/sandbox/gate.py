"""What an ONNX file may contain before a runtime sees it; runs inside the worker, behind its locks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, TensorProto

MAXIMUM_NODES = 50_000
MAXIMUM_ELEMENTS = 1 << 28
MAXIMUM_DEPTH = 8
DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml"})
# Everything else the two domains define may be used. Loop and Scan can run for ever; SequenceMap loops as well;
# ImageDecoder feeds bytes to image libraries; training operators have no place in a prediction.
REFUSED_OPERATORS = frozenset(
    {"Loop", "Scan", "SequenceMap", "ImageDecoder", "Gradient", "Adam", "Adagrad", "Momentum"}
)


class Refused(Exception):
    """A model that may not be loaded.

    Parameters
    ----------
    code : str
        Id of the sentence in the knowledge files.
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def check(model: ModelProto) -> None:
    """Pass or refuse a parsed model.

    Raises
    ------
    Refused
        External or sparse data, a foreign domain, a refused or unknown operator, own functions, or sizes over the caps.
    """
    if model.functions:
        raise Refused("model_functions")
    for opset in model.opset_import:
        if opset.domain not in DOMAINS:
            raise Refused("model_custom_domain", domain=opset.domain)
    known = _operators()
    nodes = 0
    for graph in _graphs(model.graph):
        nodes += len(graph.node)
        if nodes > MAXIMUM_NODES:
            raise Refused("model_too_many_nodes", limit=MAXIMUM_NODES)
        if graph.sparse_initializer:
            raise Refused("model_sparse_data")
        for node in graph.node:
            if node.domain not in DOMAINS:
                raise Refused("model_custom_domain", domain=node.domain)
            if node.op_type not in known:
                raise Refused("model_operator_unknown", operator=node.op_type[:80])
            if node.op_type in REFUSED_OPERATORS:
                raise Refused("model_operator", operator=node.op_type)
    for tensor in _tensors(model):
        if tensor.data_location == 1 or tensor.external_data:
            raise Refused("model_external_data")
        if math.prod(max(0, d) for d in tensor.dims) > MAXIMUM_ELEMENTS:
            raise Refused("model_too_large", limit=MAXIMUM_ELEMENTS)


def _operators() -> frozenset[str]:
    from onnx import defs

    return frozenset(s.name for s in defs.get_all_schemas() if s.domain in DOMAINS)


def _graphs(graph: GraphProto, depth: int = 0) -> Iterator[GraphProto]:
    if depth > MAXIMUM_DEPTH:
        raise Refused("model_too_deep", limit=MAXIMUM_DEPTH)
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g, depth + 1)
            for inner in attribute.graphs:
                yield from _graphs(inner, depth + 1)


def _tensors(model: ModelProto) -> Iterator[TensorProto]:
    for graph in _graphs(model.graph):
        yield from graph.initializer
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.sparse_tensors or attribute.HasField("sparse_tensor"):
                    raise Refused("model_sparse_data")
                if attribute.HasField("t"):
                    yield attribute.t
                yield from attribute.tensors
