"""Activations of a layer; runs inside the worker, behind its locks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.images.layers import spatial
from diagnostics.explanations.sandbox.gate import Refused

KEPT = 3
"""Sessions with one more output that are kept; each holds the weights once more."""


class Tapped:
    """A model whose inner tensors can be read.

    Parameters
    ----------
    model : ModelProto
        Has passed the gate.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._layers: list[dict[str, Any]] | None = None
        self._sessions: OrderedDict[str, Any] = OrderedDict()

    def layers(self) -> list[dict[str, Any]]:
        """See `layers.spatial`."""
        if self._layers is None:
            self._layers = spatial(self._model)
        return self._layers

    def activations(self, feed: Mapping[str, NDArray[Any]], tensor: str) -> NDArray[Any]:
        """What a layer gave, shape (n, channels, height, width).

        Raises
        ------
        Refused
            "layer_unknown" or "layer_not_spatial"; see `known` and `placed`.
        """
        self.known(tensor)
        (found,) = self._session(tensor).run([tensor], dict(feed))
        return np.asarray(placed(found, tensor), dtype=np.float32)

    def known(self, tensor: str) -> None:
        """Refuse with "layer_unknown" a tensor that is not one of `layers`."""
        if tensor not in {layer["tensor"] for layer in self.layers()}:
            raise Refused("layer_unknown", layer=tensor[:80])

    def _session(self, tensor: str) -> Any:
        import onnxruntime
        from onnx import ModelProto, ValueInfoProto

        if tensor not in self._sessions:
            wider = ModelProto()
            wider.CopyFrom(self._model)
            del wider.graph.output[:]
            wider.graph.output.append(ValueInfoProto(name=tensor))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 4
            self._sessions[tensor] = onnxruntime.InferenceSession(
                wider.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
            while len(self._sessions) > KEPT:
                self._sessions.popitem(last=False)
        self._sessions.move_to_end(tensor)
        return self._sessions[tensor]


def placed(found: NDArray[Any], tensor: str) -> NDArray[Any]:
    """Refuse with "layer_not_spatial" what has not four axes, or nothing along one of them."""
    if found.ndim != 4 or not found.size:
        raise Refused("layer_not_spatial", layer=tensor[:80], found=" × ".join(map(str, found.shape)))
    return found
