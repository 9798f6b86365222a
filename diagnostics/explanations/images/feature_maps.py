"""What the channels of a layer answer to: those with the most energy, place by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.images.network import ImageNetwork
from diagnostics.explanations.images.preparing import Image
from diagnostics.types import FloatArray, IntArray

SHOWN = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureMaps:
    """The strongest channels of a layer for one picture.

    Attributes
    ----------
    layer : str
    channels : ndarray of int, shape (k,)
        Most energy first.
    maps : ndarray, shape (k, height, width)
        Activations at the size of the layer.
    energy : ndarray, shape (k,)
        Share of the layer's sum of squares, 0 to 1.
    total : int
        Channels of the layer.
    silent : int
        Channels that are zero everywhere in this picture.
    """

    layer: str
    channels: IntArray
    maps: FloatArray
    energy: FloatArray
    total: int
    silent: int


def feature_maps(network: ImageNetwork, image: Image, tensor: str, k: int = SHOWN) -> FeatureMaps:
    """The `k` channels of a layer with the largest sum of squares."""
    found = network.activations(image, tensor)
    power = np.square(found).sum(axis=(1, 2))
    order = np.argsort(-power, kind="stable")[:k]
    whole = float(power.sum())
    return FeatureMaps(
        layer=tensor, channels=order.astype(np.int64), maps=found[order], total=len(found),
        energy=power[order] / whole if whole else np.zeros(len(order)), silent=int((power == 0).sum()),
    )  # fmt: skip
