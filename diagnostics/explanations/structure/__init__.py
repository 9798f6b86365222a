"""What a network is made of: layers, shapes, parameters and branches, read without running anything."""

from diagnostics.explanations.structure.network import Flag, Layer, Network
from diagnostics.explanations.structure.reading import read_structure

__all__ = ["Flag", "Layer", "Network", "read_structure"]
