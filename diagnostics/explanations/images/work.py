"""What the page asks for in the background; each reports to its job and can be cancelled between answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from diagnostics.explanations.images.agreement import ImageAgreement, agreement, best_scaling
from diagnostics.explanations.images.examples import Example
from diagnostics.explanations.images.explaining import NEEDS_GRADIENTS, ImageExplanation, Way, explain
from diagnostics.explanations.images.feature_maps import FeatureMaps, feature_maps
from diagnostics.explanations.images.network import SpatialLayer, Told, opened
from diagnostics.explanations.images.preparing import ImageInput, Pixels, prepare
from diagnostics.explanations.jobs import Job


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageModel:
    """An uploaded model and how pictures are fed to it.

    Attributes
    ----------
    path : Path
    digest : str
    given : ImageInput
    positive : int
        Number of the positive class, for a model with one score.
    """

    path: Path
    digest: str
    given: ImageInput
    positive: int = 1

    def key(self, *more: object) -> str:
        """Digest of model, input and whatever else a result hangs on."""
        said = json.dumps([self.digest, self.given.as_json(), self.positive, *map(repr, more)])
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, eq=False)
class Decoded:
    """A row and its picture.

    Attributes
    ----------
    example : Example
    pixels : ndarray of uint8, shape (height, width, 3)
    digest : str
        Of the picture's content.
    """

    example: Example
    pixels: Pixels
    digest: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Checked:
    """What is known of a model before anything is explained.

    Attributes
    ----------
    layers : tuple of SpatialLayer
    agreement : ImageAgreement
    """

    layers: tuple[SpatialLayer, ...]
    agreement: ImageAgreement


def choose_scaling(job: Job, model: ImageModel, pictures: Sequence[Decoded], classes: int) -> ImageInput:
    """The usual scaling under which the model agrees best with the file."""
    job.tell(0, 1)
    with opened(model.path.read_bytes(), model.given) as network:
        return best_scaling(
            network, [p.pixels for p in pictures], _answers(pictures), classes, model.positive, job.tell
        )


def check(job: Job, model: ImageModel, pictures: Sequence[Decoded], classes: int) -> Checked:
    """Layers of a model, and how often it answers what the file says."""
    job.tell(0, 1)
    with opened(model.path.read_bytes(), model.given) as network:
        layers = network.layers()
        found = agreement(network, [p.pixels for p in pictures], _answers(pictures), classes, model.positive, job.tell)
    return Checked(layers=layers, agreement=found)


def explain_pictures(
    job: Job, model: ImageModel, pictures: Sequence[Decoded], way: Way, numbers: Sequence[int | None]
) -> tuple[ImageExplanation, ...]:
    """Explain pictures one after the other; what is done is there to be shown.

    Parameters
    ----------
    numbers : sequence of int or None
        Class for each; None for the one the model answers.
    """
    content = model.path.read_bytes()
    found: list[ImageExplanation] = []
    job.tell(0, len(pictures))
    for picture, number in zip(pictures, numbers, strict=True):
        # A worker for each picture: long sheets do not use up the processor time of one.
        with opened(content, model.given, gradients=way.method in NEEDS_GRADIENTS) as network:
            one = explain(
                network, picture.pixels, way, number, (model.digest, picture.digest), positive=model.positive,
                told=_within(job, len(found), len(pictures)),
            )  # fmt: skip
        found.append(one)
        job.tell(len(found), len(pictures), tuple(found))
    return tuple(found)


def look_inside(job: Job, model: ImageModel, picture: Decoded, tensor: str) -> FeatureMaps:
    """The strongest channels of a layer for one picture."""
    job.tell(0, 1)
    with opened(model.path.read_bytes(), model.given) as network:
        return feature_maps(network, prepare(picture.pixels, model.given), tensor)


def _answers(pictures: Sequence[Decoded]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([picture.example.answer for picture in pictures], dtype=np.int64)


_FINE = 1000


def _within(job: Job, done: int, total: int) -> Told:
    """Progress inside one of several pictures."""

    def tell(part: int, parts: int) -> None:
        job.tell(done * _FINE + part * _FINE // max(1, parts), total * _FINE)

    return tell
