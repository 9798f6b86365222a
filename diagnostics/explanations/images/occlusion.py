"""Occlusion: how far the class's probability falls when a patch of the picture is hidden."""

from __future__ import annotations

import math

import numpy as np

from diagnostics.explanations.images.masking import answers, baseline
from diagnostics.explanations.images.network import ImageNetwork, Told
from diagnostics.explanations.images.preparing import Image
from diagnostics.explanations.images.saliency import positive
from diagnostics.types import FloatArray

POSITIONS = 400
"""Places of the patch at most; a smaller stride is widened."""


def default_patch(height: int, width: int) -> int:
    """Side of the patch in px: a seventh of the shorter side, at least 2."""
    return max(2, round(min(height, width) / 7))


def default_stride(patch: int) -> int:
    """Half a patch, at least 1 px."""
    return max(1, patch // 2)


def starts(length: int, patch: int, stride: int) -> list[int]:
    """First px of every place of the patch along one side; the last touches the border."""
    last = max(0, length - patch)
    return sorted({*range(0, last + 1, stride), last})


def widened(height: int, width: int, patch: int, stride: int) -> int:
    """The stride, made so large that no more than `POSITIONS` places are asked about."""
    while len(starts(height, patch, stride)) * len(starts(width, patch, stride)) > POSITIONS:
        stride += max(1, math.ceil(stride / 8))
    return stride


def occlusion(
    network: ImageNetwork, image: Image, number: int, *, patch: int, stride: int, hidden: str = "mean",
    told: Told | None = None,
) -> FloatArray:  # fmt: skip
    """Mean fall of the class's probability over all patches that cover a place; a rise counts as 0.

    Parameters
    ----------
    number : int
        Class.
    patch, stride : int
        In px of the input; the stride is widened where there would be too many places.
    hidden : str
        One of `masking.BASELINES`.

    Returns
    -------
    ndarray, shape (height, width) of the input
        In probability.
    """
    height, width = image.shape[:2]
    stride = widened(height, width, patch, stride)
    corners = [(y, x) for y in starts(height, patch, stride) for x in starts(width, patch, stride)]
    instead = baseline(image, hidden, network.given)

    def kept(place: int) -> FloatArray:
        y, x = corners[place]
        mask = np.ones((height, width))
        mask[y : y + patch, x : x + patch] = 0
        return mask

    whole = float(network.probabilities(image[None])[0, number])
    falls = whole - answers(network, image, instead, kept, len(corners), number, told)
    total, covered = np.zeros((height, width)), np.zeros((height, width))
    for (y, x), fall in zip(corners, falls, strict=True):
        total[y : y + patch, x : x + patch] += fall
        covered[y : y + patch, x : x + patch] += 1
    return positive(total / covered)
