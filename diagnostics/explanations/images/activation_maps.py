"""Class activation maps: Eigen-CAM, Score-CAM and Grad-CAM, each from one layer of one picture."""

from __future__ import annotations

import numpy as np

from diagnostics.explanations.images.masking import answers, baseline
from diagnostics.explanations.images.network import ImageNetwork, Told
from diagnostics.explanations.images.preparing import Image
from diagnostics.explanations.images.saliency import enlarged, positive
from diagnostics.types import FloatArray

CHANNELS = 64
"""Channels Score-CAM asks the model about; those with the largest spread over the picture."""


SMALL = 512
"""Sides of a matrix whose eigenvectors are computed directly."""


def eigen_cam(network: ImageNetwork, image: Image, tensor: str) -> FloatArray:
    """First principal component of a layer's activations; it knows no classes.

    With A of shape (places, channels) and its first right singular vector v, the map is A v, not centred, with the
    sign that goes with the activations' energy; negative values become 0.

    Returns
    -------
    ndarray, shape (height, width) of the input
    """
    found = component(network.activations(image, tensor))
    return positive(enlarged(found, *image.shape[:2]))


def component(activations: FloatArray) -> FloatArray:
    """Projection of activations (channels, height, width) on their first right singular vector."""
    places = activations.reshape(len(activations), -1).T
    if not np.isfinite(places).all():
        return np.full(activations.shape[1:], np.nan)
    projected = places @ _first_vector(places)
    energy = np.square(places).sum(axis=1)
    if float(projected @ energy) < 0:
        projected = -projected
    found: FloatArray = projected.reshape(activations.shape[1:])
    return found


def _first_vector(places: FloatArray) -> FloatArray:
    """First right singular vector; large layers by Lanczos iteration from a fixed start, so that it repeats."""
    if not places.any():
        return np.zeros(places.shape[1])
    if places.shape[1] <= SMALL:
        return np.asarray(np.linalg.eigh(places.T @ places)[1][:, -1])
    if len(places) <= SMALL:
        found = places.T @ np.linalg.eigh(places @ places.T)[1][:, -1]
        return np.asarray(found / np.linalg.norm(found))
    from scipy.sparse.linalg import svds

    _, _, vectors = svds(places, k=1, v0=np.ones(min(places.shape)))
    return np.asarray(vectors[0])


def score_cam(
    network: ImageNetwork, image: Image, tensor: str, number: int, *, channels: int = CHANNELS, hidden: str = "mean",
    told: Told | None = None,
) -> FloatArray:  # fmt: skip
    """Channels of a layer, each weighted by the class's probability when only its places are shown.

    The map is ReLU(sum over k of w_k A_k) with w_k = p(image masked by A_k) - p(baseline), A_k enlarged to the input,
    for masking also scaled to 0 to 1; constant channels are left out.

    Parameters
    ----------
    number : int
        Class.
    channels : int
        Bound of how many are asked about.
    hidden : str
        One of `masking.BASELINES`.

    Returns
    -------
    ndarray, shape (height, width) of the input
    """
    activations = network.activations(image, tensor)
    if not np.isfinite(activations).all():
        return np.full(image.shape[:2], np.nan)
    spread = np.ptp(activations.reshape(len(activations), -1), axis=1)
    chosen = [int(k) for k in np.argsort(-spread, kind="stable")[:channels] if spread[k] > 0]
    if not chosen:
        return np.zeros(image.shape[:2])
    height, width = image.shape[:2]

    def mask(place: int) -> FloatArray:
        channel = activations[chosen[place]]
        return enlarged((channel - channel.min()) / np.ptp(channel), height, width)

    instead = baseline(image, hidden, network.given)
    nothing = float(network.probabilities(instead[None])[0, number])
    weights = answers(network, image, instead, mask, len(chosen), number, told) - nothing
    return positive(enlarged(np.einsum("k,kij->ij", weights, activations[chosen]), height, width))


def grad_cam(network: ImageNetwork, image: Image, tensor: str, number: int) -> FloatArray:
    """Channels of a layer, each weighted by the mean gradient of the class score.

    The map is ReLU(sum over k of mean(dy/dA_k) A_k) with y the score before a last softmax or sigmoid. Computed by
    captum; needs a network with gradients.

    Returns
    -------
    ndarray, shape (height, width) of the input
    """
    found = positive(network.gradient_map(image, tensor, number))
    return enlarged(found, *image.shape[:2])
