"""A network as a graph of layers, and what looks suspicious in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer or operator.

    Attributes
    ----------
    name : str
        Unique.
    kind : str
        As its framework calls it ("Conv", "Dense", "BatchNormalization").
    inputs : tuple of str
        Names of the layers it takes from.
    shape : tuple of int or None, or None
        Of the (first) output, batch first; None for what the file does not say.
    parameters : int or None
        Numbers learned or stored in it.
    multiply_adds : int or None
        For one example; None where the shapes do not tell.
    bytes : int or None
        Of its parameters.
    trainable : bool or None
    detail : mapping
        Activation, kernel size ... as the file has it.
    """

    name: str
    kind: str
    inputs: tuple[str, ...] = ()
    shape: Shape | None = None
    parameters: int | None = None
    multiply_adds: int | None = None
    bytes: int | None = None
    trainable: bool | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something suspicious; `code` has its sentence in the knowledge files."""

    code: str
    layer: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Network:
    """Layers in order of computation.

    Attributes
    ----------
    format : str
        "onnx", "keras", "safetensors" or "summary".
    layers : tuple of Layer
    inputs, outputs : tuple of str
        Names of layers.
    has_edges : bool
        False where the file only lists layers; then they are shown one after the other, as listed.
    """

    format: str
    layers: tuple[Layer, ...]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    has_edges: bool = True

    @property
    def parameters(self) -> int:
        """Parameters of all layers that say."""
        return sum(layer.parameters or 0 for layer in self.layers)

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Pairs (from, to)."""
        known = {layer.name for layer in self.layers}
        return tuple((source, layer.name) for layer in self.layers for source in layer.inputs if source in known)
