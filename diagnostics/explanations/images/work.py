"""What the page asks for in the background; each reports to its job and can be cancelled between answers."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.images.agreement import ImageAgreement, agreement, best_scaling
from diagnostics.explanations.images.examples import Decoded, Example, decode
from diagnostics.explanations.images.explaining import NEEDS_GRADIENTS, ImageExplanation, Way, explain
from diagnostics.explanations.images.feature_maps import FeatureMaps, feature_maps
from diagnostics.explanations.images.network import SpatialLayer, Told, opened
from diagnostics.explanations.images.preparing import ImageInput, Pixels, prepare
from diagnostics.explanations.images.saliency import shrunk
from diagnostics.explanations.jobs import Job
from diagnostics.readers.pictures import Pictures
from diagnostics.types import IntArray

TILE_SIDE = 128
"""Sides of the maps of a sheet, in px."""


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
class Checked:
    """What is known of a model before anything is explained.

    Attributes
    ----------
    layers : tuple of SpatialLayer
    agreement : ImageAgreement
    seconds : float
        That the model took for one picture, all of them asked for together.
    """

    layers: tuple[SpatialLayer, ...]
    agreement: ImageAgreement
    seconds: float


def choose_scaling(
    job: Job, model: ImageModel, pictures: Pictures, chosen: Sequence[Example], classes: int
) -> ImageInput:
    """The usual scaling under which the model agrees best with the file on some rows."""
    job.tell(0, 1)
    shown, answers = _readable(pictures, chosen)
    if not shown:
        return model.given
    with opened(model.path.read_bytes(), model.given) as network:
        return best_scaling(network, shown, answers, classes, model.positive, job.tell)


def check(job: Job, model: ImageModel, pictures: Pictures, chosen: Sequence[Example], classes: int) -> Checked:
    """Layers of a model, and how often it answers what the file says on some rows.

    Raises
    ------
    RunClinicError
        "no_readable_pictures" where none of them can be decoded.
    """
    job.tell(0, 1)
    shown, answers = _readable(pictures, chosen)
    if not shown:
        raise RunClinicError("no_readable_pictures", n=len(chosen))
    with opened(model.path.read_bytes(), model.given) as network:
        start = time.perf_counter()
        found = agreement(network, shown, answers, classes, model.positive, job.tell)
        seconds = (time.perf_counter() - start) / len(shown)
        return Checked(layers=network.layers(), agreement=found, seconds=seconds)


def explain_pictures(
    job: Job, model: ImageModel, pictures: Pictures, chosen: Sequence[Example], way: Way,
    numbers: Sequence[int | None],
) -> tuple[ImageExplanation | None, ...]:  # fmt: skip
    """Explain pictures one after the other; what is done is there to be shown.

    Parameters
    ----------
    numbers : sequence of int or None
        Class for each; None for the one the model answers.

    Returns
    -------
    tuple of ImageExplanation or None
        None for a picture that cannot be decoded.
    """
    content = model.path.read_bytes()
    found: list[ImageExplanation | None] = []
    job.tell(0, len(chosen))
    for example, number in zip(chosen, numbers, strict=True):
        picture = decode(pictures, example)
        told = _within(job, len(found), len(chosen))
        one = None if picture is None else _explained(content, model, picture, way, number, told)
        # A sheet of large maps would take hundreds of megabytes while it is remembered.
        found.append(one if one is None or len(chosen) == 1 else replace(one, saliency=shrunk(one.saliency, TILE_SIDE)))
        job.tell(len(found), len(chosen), tuple(found))
    return tuple(found)


def _explained(
    content: bytes, model: ImageModel, picture: Decoded, way: Way, number: int | None, told: Told
) -> ImageExplanation:
    """One picture in a worker of its own loan: long sheets do not use up the processor time of one."""
    with opened(content, model.given, gradients=way.method in NEEDS_GRADIENTS) as network:
        digests = (model.digest, picture.digest)
        return explain(network, picture.pixels, way, number, digests, positive=model.positive, told=told)


def look_inside(job: Job, model: ImageModel, pictures: Pictures, example: Example, tensor: str) -> FeatureMaps:
    """The strongest channels of a layer for one picture.

    Raises
    ------
    RunClinicError
        "no_readable_pictures" where it cannot be decoded.
    """
    job.tell(0, 1)
    picture = decode(pictures, example)
    if picture is None:
        raise RunClinicError("no_readable_pictures", n=1)
    with opened(model.path.read_bytes(), model.given) as network:
        return feature_maps(network, prepare(picture.pixels, model.given), tensor)


def _readable(pictures: Pictures, chosen: Sequence[Example]) -> tuple[list[Pixels], IntArray]:
    """Pixels of the pictures that can be decoded, and what the file answers for them."""
    found = [picture for example in chosen if (picture := decode(pictures, example)) is not None]
    return [one.pixels for one in found], np.array([one.example.answer for one in found], dtype=np.int64)


_FINE = 1000


def _within(job: Job, done: int, total: int) -> Told:
    """Progress inside one of several pictures."""

    def tell(part: int, parts: int) -> None:
        job.tell(done * _FINE + part * _FINE // max(1, parts), total * _FINE)

    return tell
