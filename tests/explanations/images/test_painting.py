"""Maps as pictures: cold places stay clear, hot ones take the colour, and nothing but pixels leaves."""

import io

import numpy as np
from PIL import Image

from diagnostics.explanations.images import painting


def opened(content):
    assert content.startswith(b"\x89PNG")
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def test_cold_places_stay_clear_and_hot_ones_are_coloured():
    pixels = np.full((40, 80, 3), 100, np.uint8)
    heat = np.zeros((40, 80))
    heat[:, 60:] = 1
    found = opened(painting.overlay(pixels, heat, 1.0, 160))
    assert found.shape == (80, 160, 3)
    assert (found[:, :100] == 100).all()
    assert np.abs(found[40, 150] - painting.STOPS[-1]).max() <= 1


def test_opacity_blends():
    pixels = np.zeros((10, 10, 3), np.uint8)
    found = opened(painting.overlay(pixels, np.ones((10, 10)), 0.5, 20))
    assert np.abs(found[5, 5] - painting.STOPS[-1] / 2).max() <= 1
    assert (opened(painting.overlay(pixels, np.ones((10, 10)), 0.0, 20)) == 0).all()


def test_colours_rise_in_lightness():
    values = painting.colours(np.linspace(0, 1, 30)) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(values) > 0).all()


def test_small_pictures_keep_their_pixels_and_flat_channels_are_cold():
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0, 0] = 255
    found = opened(painting.picture(pixels, 20))
    assert set(np.unique(found)) == {0, 255}
    flat = opened(painting.channel(np.full((3, 3), 7.0), 30))
    assert (flat == painting.STOPS[0].astype(int)).all()
