"""Suspicious structure: what a reviewer would ask about when looking at the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from diagnostics.explanations.structure.network import Flag, Layer, Network

_WEIGHTED = re.compile(r"conv|dense|linear|gemm|matmul|lstm|gru|rnn|attention", re.IGNORECASE)
_NORMALISING = re.compile(r"norm", re.IGNORECASE)
_SOFTMAX = re.compile(r"^(log_?)?softmax$", re.IGNORECASE)
_LOSS_ON_LOGITS = re.compile(r"from_logits\W*true|withlogits|cross_?entropy_?loss\b", re.IGNORECASE)
# Plain stacks of this many weighted layers are hard to train without normalisation (He et al. 2015; Ioffe and
# Szegedy 2015 report trouble from about ten layers on).
DEEP = 10


def flags(network: Network, config: Mapping[str, Any] | None = None) -> tuple[Flag, ...]:
    """What looks suspicious.

    Parameters
    ----------
    network : Network
    config : mapping, optional
        The run's configuration; a loss that expects logits is looked for in it.
    """
    found = [*_softmax_then_logits(network, config or {}), *_no_normalisation(network), *_bottlenecks(network)]
    if network.has_edges:
        found += _dead_branches(network)
    return tuple(found)


def _softmax_then_logits(network: Network, config: Mapping[str, Any]) -> Iterator[Flag]:
    expects = next((f"{k}={v}" for k, v in config.items() if _LOSS_ON_LOGITS.search(f"{k}={v}")), None)
    ends = set(network.outputs) or ({network.layers[-1].name} if network.layers else set())
    if expects is None:
        return
    for layer in network.layers:
        activation = str(layer.detail.get("activation", ""))
        if layer.name in ends and (_SOFTMAX.match(layer.kind) or _SOFTMAX.match(activation)):
            yield Flag(code="softmax_before_loss_on_logits", layer=layer.name, params={"config": expects})


def _no_normalisation(network: Network) -> Iterator[Flag]:
    weighted = [layer for layer in network.layers if _WEIGHTED.search(layer.kind)]
    if len(weighted) >= DEEP and not any(_NORMALISING.search(layer.kind) for layer in network.layers):
        yield Flag(code="no_normalisation", layer=weighted[0].name, params={"layers": len(weighted)})


def _bottlenecks(network: Network) -> Iterator[Flag]:
    """A weighted layer with a single unit that is not an output: one number carries everything."""
    ends = set(network.outputs) or ({network.layers[-1].name} if network.layers else set())
    reachable = _feeding_only(network, ends)
    for layer in network.layers:
        narrow = layer.shape is not None and len(layer.shape) == 2 and layer.shape[-1] == 1
        if narrow and _WEIGHTED.search(layer.kind) and layer.name not in ends | reachable:
            yield Flag(code="bottleneck_of_one", layer=layer.name)


def _feeding_only(network: Network, ends: set[str]) -> set[str]:
    """Layers behind which only operators without weights come: their width is the output's width."""
    followers: dict[str, list[Layer]] = {}
    for layer in network.layers:
        for source in layer.inputs:
            followers.setdefault(source, []).append(layer)
    tail: set[str] = set()
    for layer in reversed(network.layers):
        after = followers.get(layer.name, [])
        if after and all((f.name in tail or f.name in ends) and not _WEIGHTED.search(f.kind) for f in after):
            tail.add(layer.name)
    return tail


def _dead_branches(network: Network) -> Iterator[Flag]:
    """Layers with parameters from which no path leads to an output."""
    if not network.outputs:
        return
    by_name = {layer.name: layer for layer in network.layers}
    alive: set[str] = set()
    waiting = [name for name in network.outputs if name in by_name]
    while waiting:
        name = waiting.pop()
        if name not in alive:
            alive.add(name)
            waiting += [source for source in by_name[name].inputs if source in by_name]
    for layer in network.layers:
        if layer.name not in alive and layer.parameters:
            yield Flag(code="dead_branch", layer=layer.name, params={"parameters": layer.parameters})
