"""Inputs read from shapes, pictures brought to them, and the scaling under which a model answers as the file says."""

from dataclasses import replace

import numpy as np
import pytest

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.images.agreement import agreement, best_scaling
from diagnostics.explanations.images.preparing import PRESETS, ImageInput, guess, laid_out, prepare
from diagnostics.explanations.sandbox import ModelDescription
from tests.support import planted


def described(*shapes, kind="tensor(float)"):
    inputs = tuple({"name": f"x{i}", "type": kind, "shape": list(shape)} for i, shape in enumerate(shapes))
    return ModelDescription(inputs=inputs, outputs=(), features=(), classes=(), locks={})


@pytest.mark.parametrize(
    ("shape", "layout", "size", "channels", "batch"),
    [
        ((None, 3, 224, 200), "NCHW", (224, 200), 3, None),
        ((1, 1, 8, 8), "NCHW", (8, 8), 1, 1),
        ((None, 64, 48, 3), "NHWC", (64, 48), 3, None),
        ((None, 3, None, None), "NCHW", (224, 224), 3, None),
        ((None, None, None, None), "NCHW", (224, 224), 3, None),
        ((4, None, None, 1), "NHWC", (224, 224), 1, 4),
    ],
)
def test_the_input_is_read_from_its_shape(shape, layout, size, channels, batch):
    found = guess(described(shape))
    assert (found.layout, (found.height, found.width), found.channels, found.batch) == (layout, size, channels, batch)
    assert found.free == (None in (shape[2:] if layout == "NCHW" else shape[1:3]))


@pytest.mark.parametrize("shapes", [[(None, 10)], [(None, 7, 30, 30)], [(None, 3, 8, 8), (None, 3)], []])
def test_a_model_without_a_picture_says_what_it_takes(shapes):
    with pytest.raises(RunClinicError) as refused:
        guess(described(*shapes))
    assert refused.value.code == "model_no_image_input"


def test_whole_numbers_are_fed_raw():
    assert guess(described((None, 3, 8, 8), kind="tensor(uint8)")).preset == "raw"


def test_pictures_are_resized_scaled_and_laid_out():
    pixels = np.zeros((10, 20, 3), np.uint8)
    pixels[..., 0] = 255
    given = ImageInput(name="x", layout="NCHW", height=4, width=6, channels=3).scaled("imagenet")
    image = prepare(pixels, given)
    assert image.shape == (4, 6, 3) and image.dtype == np.float32
    expected = (np.array([1.0, 0, 0]) - PRESETS["imagenet"][1]) / PRESETS["imagenet"][2]
    assert np.allclose(image, expected, atol=1e-6)
    assert laid_out(image[None], given).shape == (1, 3, 4, 6)


def test_grey_pictures_keep_their_values_in_one_channel_and_colours_can_be_turned_round():
    grey = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)
    one = ImageInput(name="x", layout="NHWC", height=16, width=16, channels=1, factor=1.0)
    assert np.array_equal(prepare(grey, one)[..., 0], grey[..., 0])
    turned = ImageInput(name="x", layout="NHWC", height=1, width=1, channels=3, factor=1.0, order="BGR")
    assert prepare(np.array([[[1, 2, 3]]], np.uint8), turned).ravel().tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    "change", [{"height": 0}, {"deviation": [0.0]}, {"mean": [0, 0]}, {"layout": "x"}, {"factor": "a"}]
)
def test_impossible_inputs_are_refused(given, change):
    with pytest.raises(RunClinicError) as refused:
        ImageInput.from_json({**given.as_json(), **change})
    assert refused.value.code == "image_input_impossible"


def test_inputs_survive_storing(given):
    own = given.scaled("imagenet")
    assert ImageInput.from_json(own.as_json()) == own
    assert own.preset == "imagenet"


def test_the_scaling_that_reproduces_the_file_is_chosen(network):
    pixels, target, _ = planted.pictures(24, seed=9)
    told = agreement(network, pixels, target, 3)
    assert (told.share, told.n, told.outputs, told.holds) == (1.0, 24, 3, True)
    network.given = network.given.scaled("signed")
    worse = agreement(network, pixels, target, 3)
    assert worse.share < 0.9 and not worse.holds
    assert best_scaling(network, pixels, target, 3).preset == "unit"


def test_another_order_of_classes_is_told_and_does_not_disturb_the_scaling(network):
    pixels, target, _ = planted.pictures(24, seed=9)
    turned = np.array([1, 2, 0])[target]
    told = agreement(network, pixels, turned, 3)
    assert told.share < 0.1 and told.in_order == 1 and told.suggests_order
    assert told.order == (2, 0, 1)
    assert best_scaling(network, pixels, turned, 3).preset == "unit"
    network.given = replace(network.given, columns=told.order)
    assert agreement(network, pixels, turned, 3).share == 1
    assert not agreement(network, pixels, turned, 3).suggests_order


def test_a_model_of_other_classes_cannot_be_compared(network):
    pixels, target, _ = planted.pictures(3, seed=9)
    assert agreement(network, pixels, target, 5).share is None
    assert agreement(network, pixels, np.full(3, -1), 3).share is None
