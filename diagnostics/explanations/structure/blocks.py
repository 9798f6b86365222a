"""A long network in fewer boxes: layers that only follow each other become one block."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from diagnostics.explanations.structure.network import Layer, Network


@dataclass(frozen=True, kw_only=True)
class Block:
    """Layers of a chain without branches.

    Attributes
    ----------
    name : str
        Of its first layer.
    layers : tuple of Layer
        In order of computation.
    inputs : tuple of str
        Names of the blocks it takes from.
    """

    name: str
    layers: tuple[Layer, ...]
    inputs: tuple[str, ...]

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """Kinds of its layers in the order they first come, each with how often."""
        return tuple(Counter(layer.kind for layer in self.layers).items())

    @property
    def parameters(self) -> int:
        """Parameters of all its layers that say."""
        return sum(layer.parameters or 0 for layer in self.layers)


def blocks(network: Network) -> tuple[Block, ...]:
    """Join every layer to the one before it where neither has another neighbour on that side.

    Parameters
    ----------
    network : Network
        With edges.
    """
    known = {layer.name for layer in network.layers}
    followers = Counter(source for source, _ in network.edges)
    home: dict[str, str] = {}
    members: dict[str, list[Layer]] = {}
    for layer in network.layers:
        sources = [source for source in layer.inputs if source in home]
        joins = len(sources) == 1 and followers[sources[0]] == 1 and members[home[sources[0]]][-1].name == sources[0]
        home[layer.name] = home[sources[0]] if joins else layer.name
        members.setdefault(home[layer.name], []).append(layer)
    return tuple(
        Block(
            name=name,
            layers=tuple(layers),
            inputs=tuple(dict.fromkeys(home[source] for source in layers[0].inputs if source in known)),
        )
        for name, layers in members.items()
    )
