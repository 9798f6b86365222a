"""The hottest place of a map lies in the patch that decides the class."""

import numpy as np
import pytest

from diagnostics.explanations.images.explaining import Way, explain
from diagnostics.explanations.images.network import default_layer, has_gradients, opened
from tests.support import planted

COUNT = 60


def hits(network, method):
    """Share of pictures whose hottest place is in the patch, and the explanations."""
    layer = default_layer(network.layers()).tensor
    pixels, target, corners = planted.pictures(COUNT, seed=21)
    found = [explain(network, p, Way(method=method, layer=layer), None, ("m", "i")) for p in pixels]
    assert [one.column for one in found] == target.tolist()
    pointed = [
        one.saliency.hottest is not None and planted.inside(corner, one.saliency.hottest)
        for one, corner in zip(found, corners, strict=True)
    ]
    return float(np.mean(pointed)), found


@pytest.mark.parametrize("method", ["score_cam", "occlusion"])
def test_the_planted_patch_is_found(network, method):
    share, found = hits(network, method)
    assert share >= 0.95
    falls = [one.deletion.after < one.deletion.low <= one.deletion.elsewhere <= one.deletion.high for one in found]
    assert np.mean(falls) >= 0.85


def test_eigen_cam_points_better_than_chance_without_a_class(network):
    share, found = hits(network, "eigen_cam")
    assert share > 3 * (planted.PATCH / planted.SIDE) ** 2
    assert {one.saliency.number for one in found} == {-1}


@pytest.mark.skipif(not has_gradients(), reason="the extra vision (torch, captum, onnx2torch) is not installed")
def test_grad_cam_finds_the_planted_patch(content, given):
    with opened(content, given, gradients=True) as network:
        share, _ = hits(network, "grad_cam")
    assert share >= 0.95
