"""Occlusion: how far the class's probability falls when a patch of the picture is hidden."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.images.masking import answers, baseline
from diagnostics.explanations.images.network import ImageNetwork, Told
from diagnostics.explanations.images.preparing import Image
from diagnostics.explanations.images.saliency import positive
from diagnostics.types import FloatArray

POSITIONS = 400
"""Places of the patch at most under the default stride."""

MOST_POSITIONS = 1600
"""Places of the patch at most under a stride that somebody chose."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a patch walks over a picture.

    Attributes
    ----------
    patch, stride : int
        In px of the model's input; the stride is at most the patch, so that every place is covered.
    places : int
        Of the patch; the model is asked about the picture with each of them hidden.
    """

    patch: int
    stride: int
    places: int

    def seconds(self, each: float, pictures: int = 1) -> float:
        """Expected time for some pictures, where the model takes `each` seconds to look at one."""
        return self.places * pictures * each


def plan(height: int, width: int, patch: int = 0, stride: int = 0) -> Plan:
    """The walk over an input of some size, brought within bounds.

    Parameters
    ----------
    height, width : int
        In px.
    patch, stride : int
        In px; 0 for the defaults. Both are brought between the least and the largest that are possible.
    """
    patch = min(max(patch or default_patch(height, width), least_patch(height, width)), height, width)
    least = least_stride(height, width, patch)
    stride = stride or _default_stride(height, width, patch)
    stride = min(max(stride, least), patch)
    return Plan(patch=patch, stride=stride, places=len(_corners(height, width, patch, stride)))


def default_patch(height: int, width: int) -> int:
    """Side of the patch in px: a seventh of the shorter side, at least 2."""
    return max(2, round(min(height, width) / 7))


def least_patch(height: int, width: int) -> int:
    """Smallest side with which patches side by side take no more than `MOST_POSITIONS` places."""
    patches = range(1, min(height, width) + 1)
    return next((p for p in patches if len(_corners(height, width, p, p)) <= MOST_POSITIONS), min(height, width))


def least_stride(height: int, width: int, patch: int) -> int:
    """Smallest stride with which a patch takes no more than `MOST_POSITIONS` places."""
    return next((s for s in range(1, patch) if len(_corners(height, width, patch, s)) <= MOST_POSITIONS), patch)


def starts(length: int, patch: int, stride: int) -> list[int]:
    """First px of every place of the patch along one side; the last touches the border."""
    last = max(0, length - patch)
    return sorted({*range(0, last + 1, stride), last})


def _corners(height: int, width: int, patch: int, stride: int) -> list[tuple[int, int]]:
    return [(y, x) for y in starts(height, patch, stride) for x in starts(width, patch, stride)]


def _default_stride(height: int, width: int, patch: int) -> int:
    """Half a patch, made so large that there are no more than `POSITIONS` places."""
    stride = max(1, patch // 2)
    while len(_corners(height, width, patch, stride)) > POSITIONS:
        stride += max(1, math.ceil(stride / 8))
    return stride


def occlusion(
    network: ImageNetwork, image: Image, number: int, plan: Plan, *, hidden: str = "mean", told: Told | None = None
) -> FloatArray:
    """Mean fall of the class's probability over all patches that cover a place; a rise counts as 0.

    Parameters
    ----------
    number : int
        Class.
    plan : Plan
        Made for the size of the input.
    hidden : str
        One of `masking.BASELINES`.

    Returns
    -------
    ndarray, shape (height, width) of the input
        In probability.
    """
    height, width = image.shape[:2]
    patch = plan.patch
    corners = _corners(height, width, patch, plan.stride)
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
