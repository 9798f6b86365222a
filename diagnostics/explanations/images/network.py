"""An image model as the methods ask it: probabilities, activations of a layer, gradients, all from a worker."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.binding import linked
from diagnostics.explanations.images.preparing import Image, ImageInput, laid_out
from diagnostics.explanations.sandbox import Model, ModelError, Worker, answers
from diagnostics.explanations.warm import warm
from diagnostics.types import FloatArray

BATCH = 32
MOST_LAYERS = 400
"""Layers that are listed: the last ones of a graph with more."""

MOST_ACTIVATIONS = 1 << 24
"""Numbers of one layer for one picture that are taken into this process."""

BATCH_VALUES = 1 << 22
"""Numbers of one call at most: 16 MB as float32."""

Told = Callable[[int, int], None]
"""Called with what is done and the total, between two calls of the model; may raise to stop."""


@dataclass(frozen=True, kw_only=True)
class SpatialLayer:
    """A layer whose activations have places.

    Attributes
    ----------
    tensor : str
        Name of its output in the graph.
    name, kind : str
    shape : tuple of int or None
        Channels, height, width; None for sizes the file does not say.
    convolution : bool
    """

    tensor: str
    name: str
    kind: str
    shape: tuple[int | None, ...] | None
    convolution: bool


class ImageNetwork:
    """A loaded model and the way pictures are fed to it.

    Parameters
    ----------
    worker : Worker
        Has loaded an ONNX model.
    given : ImageInput
    """

    def __init__(self, worker: Worker, given: ImageInput) -> None:
        self._worker = worker
        self.given = given
        self.output = ""
        """Name of the output that holds the scores; known after the first answer."""
        self._width = 0
        self.single = False
        """Whether the model gives one score, that of the positive class; known after the first answer."""

    def layers(self) -> tuple[SpatialLayer, ...]:
        """Layers in the order of the graph; empty where the model has no convolution."""
        return tuple(_layer(one) for one in self._worker.layers()[-MOST_LAYERS:])

    def scores(self, images: Image, told: Told | None = None) -> FloatArray:
        """Raw scores, shape (n, classes).

        Parameters
        ----------
        images : ndarray, shape (n, height, width, channels)
            Prepared.
        told : callable, optional

        Raises
        ------
        RunClinicError
            "model_no_scores" where no output has one row of numbers for each picture, "model_scores_vary" where two
            answers have rows of different length; else as `Worker.predict`.
        """
        size = self.batch_size
        found = []
        for start in range(0, len(images), size):
            if told is not None:
                told(start, len(images))
            part = images[start : start + size]
            outputs = self._worker.predict(self._feed(part))
            found.append(self._rows(outputs, len(self._padded(part)))[: len(part)])
        return np.concatenate(found)

    def probabilities(self, images: Image, told: Told | None = None) -> FloatArray:
        """Scores as probabilities, shape (n, classes), in the order of the file's classes; see `probabilities_of`."""
        scores = self.scores(images, told)
        self.single = scores.shape[1] == 1
        found = probabilities_of(scores)
        return found[:, self.given.columns] if len(self.given.columns) == found.shape[1] else found

    def column(self, number: int, positive: int) -> int:
        """Column of `probabilities` for a class of the file; with one score, 1 for the positive class, 0 for others."""
        return int(number == positive) if self.single else number

    def activations(self, image: Image, tensor: str) -> FloatArray:
        """What a layer gives for one picture, shape (channels, height, width).

        Raises
        ------
        RunClinicError
            "layer_too_large" over `MOST_ACTIVATIONS` numbers; else as `Worker.activations`.
        """
        found = self._worker.activations(self._feed(image[None]), tensor)[0]
        if found.size > MOST_ACTIVATIONS:
            raise RunClinicError("layer_too_large", layer=tensor[:80], found=found.size, limit=MOST_ACTIVATIONS)
        return np.asarray(found, dtype=np.float64)

    def gradient_map(self, image: Image, tensor: str, number: int) -> FloatArray:
        """Grad-CAM before its ReLU at the size of the layer; needs a worker with torch."""
        if not self.output:
            self.probabilities(image[None])
        columns = self.given.columns
        asked = 0 if self.single else columns[number] if number < len(columns) else number
        found = self._worker.gradients(self._feed(image[None]), tensor, self.output, asked)
        return np.asarray(-found[0] if self.single and number == 0 else found[0], dtype=np.float64)

    @property
    def batch_size(self) -> int:
        """Pictures of one call."""
        given = self.given
        if given.batch:
            return given.batch
        return max(1, min(BATCH, BATCH_VALUES // (given.height * given.width * given.channels)))

    def _padded(self, images: Image) -> Image:
        """A full batch where the model wants one: the last picture is repeated."""
        missing = (self.given.batch or 0) - len(images)
        return np.concatenate([images, np.repeat(images[-1:], missing, axis=0)]) if missing > 0 else images

    def _feed(self, images: Image) -> dict[str, NDArray[Any]]:
        return {self.given.name: laid_out(self._padded(images), self.given)}

    def _rows(self, outputs: Mapping[str, NDArray[Any]], n: int) -> FloatArray:
        """The widest output of floats with one row for each picture."""
        flat = {
            name: value.reshape(n, -1)
            for name, value in outputs.items()
            if value.dtype.kind == "f"
            and value.ndim
            and len(value) == n
            and value.size in (n, n * value.shape[-1])
            and value.size
        }
        self.output = self.output or max(flat, key=lambda name: flat[name].shape[1], default="")
        if self.output not in flat:
            raise RunClinicError("model_no_scores", outputs=", ".join(outputs))
        found = flat[self.output]
        self._width = self._width or found.shape[1]
        if found.shape[1] != self._width:
            raise RunClinicError("model_scores_vary", found=found.shape[1], expected=self._width)
        return np.asarray(found, dtype=np.float64)


def _layer(said: Mapping[str, Any]) -> SpatialLayer:
    """A layer as a worker describes it.

    Raises
    ------
    ModelError
        "model_answer_broken" where that is no description.
    """
    try:
        shape = None if said["shape"] is None else tuple(answers.sizes(said["shape"]))
        if shape is not None and len(shape) != 3:
            raise ValueError("not channels, height and width")
        return SpatialLayer(
            tensor=str(said["tensor"]), name=str(said["name"]), kind=str(said["kind"]), shape=shape,
            convolution=bool(said["convolution"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelError("model_answer_broken") from error


def probabilities_of(scores: FloatArray) -> FloatArray:
    """Scores as probabilities, by what they look like.

    Numbers between 0 and 1 are taken as they are; numbers whose exponentials add up to 1 are log-probabilities; any
    others pass through a softmax. A single column passes through the logistic function unless it lies between 0 and 1,
    and becomes two: of the negative and of the positive class.
    """
    inside = bool(np.isfinite(scores).all()) and scores.min() >= -1e-6 and scores.max() <= 1 + 1e-6
    if scores.shape[1] == 1:
        chance = np.clip(scores, 0.0, 1.0) if inside else linked(scores, "sigmoid")
        return np.hstack([1 - chance, chance])
    if inside:
        return np.clip(scores, 0.0, 1.0)
    if scores.max() <= 1e-6 and np.allclose(np.exp(scores).sum(axis=1), 1, atol=1e-3):
        found: FloatArray = np.exp(scores)
        return found
    return linked(scores, "softmax")


def default_layer(layers: tuple[SpatialLayer, ...]) -> SpatialLayer | None:
    """The last convolution, else the last layer with places; None where there is none."""
    return next((layer for layer in reversed(layers) if layer.convolution), layers[-1] if layers else None)


def has_gradients() -> bool:
    """Whether the extra `vision` is installed; nothing of it is imported."""
    return all(importlib.util.find_spec(name) is not None for name in ("torch", "captum", "onnx2torch"))


@contextmanager
def opened(content: bytes, given: ImageInput, *, gradients: bool = False) -> Iterator[ImageNetwork]:
    """A model in a worker nobody else uses meanwhile.

    Raises
    ------
    RunClinicError
        "vision_missing" for gradients without the extra `vision`.
    ModelError
        Refused or broken.
    """
    if gradients and not has_gradients():
        raise RunClinicError("vision_missing")
    with warm.borrowed(Model(format="onnx_gradients" if gradients else "onnx", content=content)) as worker:
        yield ImageNetwork(worker, given)
