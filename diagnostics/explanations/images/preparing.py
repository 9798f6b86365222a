"""From a picture to the array a model was trained on: size, channels, scale, and the layout of its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.sandbox import ModelDescription

Pixels = NDArray[np.uint8]
Image = NDArray[np.float32]
"""A prepared picture, shape (height, width, channels), in the unit the model takes."""

DEFAULT_SIDE = 224
"""Side in px where the model leaves its input's size free."""

MAXIMUM_SIDE = 1024

MAXIMUM_BATCH_VALUES = 1 << 24
"""Numbers of a batch whose size the model fixes: 64 MB as float32. One picture is repeated until it is full."""

CHANNELS = (1, 3, 4)
LAYOUTS = ("NCHW", "NHWC")
ORDERS = ("RGB", "BGR")

PRESETS: Mapping[str, tuple[float, tuple[float, ...], tuple[float, ...]]] = {
    "unit": (1 / 255, (0.0,), (1.0,)),
    "raw": (1.0, (0.0,), (1.0,)),
    "signed": (1 / 255, (0.5,), (0.5,)),
    "imagenet": (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}
"""Usual ways to scale pixels: factor, mean and deviation by channel; value = (pixel * factor - mean) / deviation."""


@dataclass(frozen=True, kw_only=True)
class ImageInput:
    """How pictures are fed to a model.

    Attributes
    ----------
    name : str
        Of the model's input.
    layout : str
        "NCHW" or "NHWC".
    height, width : int
        In px; pictures are stretched to it (bilinear).
    channels : int
        1 (luma), 3 or 4.
    factor : float
    mean, deviation : tuple of float
        One for all channels, or one each.
    order : str
        "RGB" or "BGR".
    batch : int or None
        Pictures a call must have; None where it is free.
    free : bool
        Whether the model leaves height or width free, so that they were chosen here.
    columns : tuple of int
        Column of the model's output for each class of the file; empty where the order is the same.
    """

    name: str
    layout: str
    height: int
    width: int
    channels: int
    factor: float = 1 / 255
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)
    order: str = "RGB"
    batch: int | None = None
    free: bool = False
    columns: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For storing, and for the keys of results."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ImageInput:
        """What `as_json` wrote.

        Raises
        ------
        RunClinicError
            "image_input_impossible" where it cannot be used.
        """
        try:
            found = cls(
                name=str(stored["name"]), layout=str(stored["layout"]), height=int(stored["height"]),
                width=int(stored["width"]), channels=int(stored["channels"]), factor=float(stored["factor"]),
                mean=tuple(map(float, stored["mean"])), deviation=tuple(map(float, stored["deviation"])),
                order=str(stored["order"]), batch=None if stored["batch"] is None else int(stored["batch"]),
                free=bool(stored["free"]), columns=tuple(map(int, stored["columns"])),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise RunClinicError("image_input_impossible") from error
        return found.checked()

    def checked(self) -> ImageInput:
        """The input itself.

        Raises
        ------
        RunClinicError
            "image_input_impossible" for a size, layout or scale no picture can be brought to, "model_batch_too_large"
            where the model wants more pictures at once than are sent.
        """
        sizes = all(1 <= side <= MAXIMUM_SIDE for side in (self.height, self.width))
        scales = all(len(one) in (1, self.channels) for one in (self.mean, self.deviation))
        finite = bool(np.isfinite([self.factor, *self.mean, *self.deviation]).all())
        known = self.layout in LAYOUTS and self.order in ORDERS and self.channels in CHANNELS
        ordered = sorted(self.columns) == list(range(len(self.columns)))
        if not (ordered and sizes and scales and finite and known and all(self.deviation) and self.factor):
            raise RunClinicError("image_input_impossible", limit=MAXIMUM_SIDE)
        most = MAXIMUM_BATCH_VALUES // (self.height * self.width * self.channels)
        if self.batch is not None and not 1 <= self.batch <= most:
            raise RunClinicError("model_batch_too_large", found=self.batch, limit=most)
        return self

    def scaled(self, preset: str) -> ImageInput:
        """The same input under one of `PRESETS`; three values are averaged where there are not three channels."""
        from dataclasses import replace

        factor, mean, deviation = PRESETS[preset]
        if len(mean) not in (1, self.channels):
            mean, deviation = (float(np.mean(mean)),), (float(np.mean(deviation)),)
        return replace(self, factor=factor, mean=mean, deviation=deviation)

    @property
    def preset(self) -> str:
        """Name of the preset it follows; "" for values of one's own."""
        own = (self.factor, self.mean, self.deviation)
        named = {name: self.scaled(name) for name in PRESETS}
        return next((n for n, one in named.items() if own == (one.factor, one.mean, one.deviation)), "")


def guess(description: ModelDescription) -> ImageInput:
    """How pictures are fed, from the shape of a model's only input.

    Raises
    ------
    RunClinicError
        "model_no_image_input" where the input is not four-dimensional with 1, 3 or 4 channels.
    """
    shapes = ", ".join(_told(entry) for entry in description.inputs)
    if len(description.inputs) != 1:
        raise RunClinicError("model_no_image_input", found=shapes)
    entry = description.inputs[0]
    sizes = list(entry["shape"])
    if len(sizes) != 4 or "string" in str(entry["type"]):
        raise RunClinicError("model_no_image_input", found=shapes)
    if sizes[1] in CHANNELS or (sizes[1] is None and sizes[3] not in CHANNELS):
        layout, channels, height, width = "NCHW", sizes[1] or 3, sizes[2], sizes[3]
    elif sizes[3] in CHANNELS:
        layout, channels, height, width = "NHWC", sizes[3], sizes[1], sizes[2]
    else:
        raise RunClinicError("model_no_image_input", found=shapes)
    found = ImageInput(
        name=str(entry["name"]), layout=layout, height=height or width or DEFAULT_SIDE,
        width=width or height or DEFAULT_SIDE, channels=channels, batch=sizes[0] or None,
        free=height is None or width is None,
    )  # fmt: skip
    return (found.scaled("raw") if "int8" in str(entry["type"]) else found).checked()


def _told(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']} {' × '.join('?' if size is None else str(size) for size in entry['shape'])}".strip()


def prepare(pixels: Pixels, given: ImageInput) -> Image:
    """A picture as the model takes it.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        RGB.
    given : ImageInput

    Returns
    -------
    ndarray of float32, shape (given.height, given.width, given.channels)
        (pixel * factor - mean) / deviation.
    """
    from PIL import Image as Pictures

    modes = {1: "L", 3: "RGB", 4: "RGBA"}
    picture = Pictures.fromarray(pixels).convert(modes[given.channels])
    if picture.size != (given.width, given.height):
        picture = picture.resize((given.width, given.height), Pictures.Resampling.BILINEAR)
    values = np.asarray(picture, dtype=np.float64).reshape(given.height, given.width, given.channels)
    if given.order == "BGR" and given.channels == 3:
        values = values[..., ::-1]
    return np.asarray((values * given.factor - np.array(given.mean)) / np.array(given.deviation), dtype=np.float32)


def laid_out(images: Image, given: ImageInput) -> Image:
    """A batch (n, height, width, channels) in the layout of the model's input."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)) if given.layout == "NCHW" else images
