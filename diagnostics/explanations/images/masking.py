"""What a hidden part of a picture is replaced by, and what the model answers then."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.images.network import ImageNetwork, Told
from diagnostics.explanations.images.preparing import Image, ImageInput
from diagnostics.types import FloatArray

BASELINES = ("mean", "black", "white", "blur")


def baseline(image: Image, kind: str, given: ImageInput) -> Image:
    """A picture of the same shape that takes the place of what is hidden.

    Parameters
    ----------
    image : ndarray, shape (height, width, channels)
        Prepared.
    kind : str
        "mean" (the picture's mean colour), "black", "white", or "blur" (the picture without detail).
    given : ImageInput
    """
    if kind == "blur":
        return _blurred(image)
    if kind == "mean":
        colour = image.mean(axis=(0, 1))
    else:
        pixel = 255.0 if kind == "white" else 0.0
        colour = (pixel * given.factor - np.array(given.mean)) / np.array(given.deviation)
    return np.broadcast_to(np.asarray(colour, dtype=np.float32), image.shape).copy()


def blended(image: Image, instead: Image, kept: NDArray[np.float64]) -> Image:
    """Pictures with parts kept and the rest replaced.

    Parameters
    ----------
    image, instead : ndarray, shape (height, width, channels)
    kept : ndarray, shape (n, height, width)
        1 keeps a place, 0 replaces it.

    Returns
    -------
    ndarray of float32, shape (n, height, width, channels)
    """
    share = kept[..., None].astype(np.float32)
    return np.asarray(instead + share * (image - instead), dtype=np.float32)


def answers(
    network: ImageNetwork, image: Image, instead: Image, kept: Callable[[int], FloatArray], count: int, number: int,
    told: Told | None = None,
) -> FloatArray:  # fmt: skip
    """Probability of a class with parts of a picture hidden, shape (count,); only one batch is held at a time.

    Parameters
    ----------
    image, instead : ndarray, shape (height, width, channels)
    kept : callable
        The n-th mask, shape (height, width): 1 keeps a place, 0 replaces it.
    count : int
        Masks.
    number : int
        Class.
    """
    found = np.empty(count)
    size = network.batch_size
    for start in range(0, count, size):
        if told is not None:
            told(start, count)
        masks = np.stack([kept(place) for place in range(start, min(start + size, count))])
        found[start : start + size] = network.probabilities(blended(image, instead, masks))[:, number]
    return found


def _blurred(image: Image) -> Image:
    from scipy.ndimage import gaussian_filter

    sigma = max(image.shape[:2]) / 8
    return np.asarray(gaussian_filter(image, sigma=(sigma, sigma, 0), mode="nearest"), dtype=np.float32)
