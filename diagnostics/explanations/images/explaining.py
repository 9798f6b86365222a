"""One picture explained by one method, with the check that hides its hottest region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.images import activation_maps, occlusion
from diagnostics.explanations.images.deletion import Deletion, delete
from diagnostics.explanations.images.network import ImageNetwork, Told
from diagnostics.explanations.images.preparing import Image, Pixels, prepare
from diagnostics.explanations.images.saliency import SaliencyMap, flag_of
from diagnostics.types import FloatArray

METHODS = ("score_cam", "grad_cam", "eigen_cam", "occlusion")
NEEDS_GRADIENTS = ("grad_cam",)
KNOWS_NO_CLASS = ("eigen_cam",)
KNOWS_NO_LAYER = ("occlusion",)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How pictures are explained.

    Attributes
    ----------
    method : str
        One of `METHODS`.
    layer : str
        Tensor; not used by occlusion.
    hidden : str
        What hidden parts are replaced by, one of `masking.BASELINES`.
    patch, stride : int
        Of occlusion, in px of the model's input; 0 for the defaults.
    channels : int
        Bound of Score-CAM.
    """

    method: str
    layer: str
    hidden: str = "mean"
    patch: int = 0
    stride: int = 0
    channels: int = activation_maps.CHANNELS

    def as_json(self) -> dict[str, Any]:
        """For keys of results."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageExplanation:
    """What a picture's explanation consists of.

    Attributes
    ----------
    saliency : SaliencyMap
    deletion : Deletion
    probabilities : ndarray, shape (classes,)
        Of the whole picture.
    column : int
        Of the class explained, or watched where the method knows no classes.
    """

    saliency: SaliencyMap
    deletion: Deletion
    probabilities: FloatArray
    column: int


def explain(
    network: ImageNetwork, pixels: Pixels, way: Way, number: int | None, digests: tuple[str, str], *,
    positive: int = 1, told: Told | None = None,
) -> ImageExplanation:  # fmt: skip
    """Explain a picture.

    Parameters
    ----------
    network : ImageNetwork
        With gradients for Grad-CAM.
    pixels : ndarray of uint8, shape (height, width, 3)
    way : Way
    number : int or None
        Class; None for the one the model answers.
    digests : tuple of str
        Of the model and of the picture's content.
    positive : int
        Number of the positive class, for a model with one score.

    Raises
    ------
    RunClinicError
        "model_fewer_outputs" for a class the model does not have; else as `Worker.predict`, `Worker.activations` and
        `Worker.gradients`.
    """
    image = prepare(pixels, network.given)
    chances = network.probabilities(image[None])[0]
    column = int(chances.argmax()) if number is None else network.column(number, positive)
    if column >= len(chances):
        raise RunClinicError("model_fewer_outputs", outputs=len(chances), number=column + 1)
    values, settings = _values(network, image, way, column, told)
    found = _map(values, way, column, digests, settings)
    return ImageExplanation(
        saliency=found, deletion=delete(network, image, found, column, hidden=way.hidden),
        probabilities=np.asarray(chances), column=column,
    )  # fmt: skip


def _values(
    network: ImageNetwork, image: Image, way: Way, column: int, told: Told | None
) -> tuple[FloatArray, dict[str, Any]]:
    """The map of a method, and the settings it hangs on."""
    settings: dict[str, Any] = {"hidden": way.hidden}
    if way.method == "occlusion":
        height, width = image.shape[:2]
        plan = occlusion.plan(height, width, way.patch, way.stride)
        found = occlusion.occlusion(network, image, column, plan, hidden=way.hidden, told=told)
        return found, settings | {"patch": plan.patch, "stride": plan.stride}
    if way.method == "score_cam":
        found = activation_maps.score_cam(
            network, image, way.layer, column, channels=way.channels, hidden=way.hidden, told=told
        )
        return found, settings | {"channels": way.channels}
    if way.method == "grad_cam":
        return activation_maps.grad_cam(network, image, way.layer, column), settings
    return activation_maps.eigen_cam(network, image, way.layer), settings


def _map(
    values: FloatArray, way: Way, column: int, digests: tuple[str, str], settings: Mapping[str, Any]
) -> SaliencyMap:
    return SaliencyMap(
        method=way.method, layer="" if way.method in KNOWS_NO_LAYER else way.layer,
        number=-1 if way.method in KNOWS_NO_CLASS else column, values=values, flag=flag_of(values),
        model_digest=digests[0], image_digest=digests[1], settings=settings,
    )  # fmt: skip
