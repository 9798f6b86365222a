"""Each method against what can be computed by hand, and what each says of maps that mean nothing."""

import numpy as np
import pytest

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.images import activation_maps, deletion, masking, occlusion, saliency
from diagnostics.explanations.images.explaining import Way, explain
from diagnostics.explanations.images.feature_maps import feature_maps
from diagnostics.explanations.images.network import default_layer, probabilities_of
from diagnostics.explanations.images.preparing import prepare
from diagnostics.explanations.sandbox.answers import ModelError
from tests.support import planted


class Fixed:
    """A network whose answers are known: class 1 is the mean of one corner."""

    batch_size = 8
    single = False

    def __init__(self, given, activations=None):
        self.given, self._activations = given, activations

    def activations(self, image, tensor):
        return self._activations

    def probabilities(self, images, told=None):
        chance = np.clip(images[:, :8, :8].mean(axis=(1, 2, 3)), 0, 1).astype(np.float64)
        return np.column_stack([1 - chance, chance])

    def column(self, number, positive):
        return number


def corner_lit(given):
    image = np.zeros((given.height, given.width, given.channels), np.float32)
    image[:8, :8] = 1
    return image


def test_layers_are_those_with_places_and_the_last_convolution_is_taken(network):
    layers = network.layers()
    assert [layer.kind for layer in layers] == ["Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Conv", "Relu"]
    assert default_layer(layers).tensor == "conv3_out"
    assert default_layer(layers).shape == (16, 8, 8)


def test_activations_are_the_tensor_of_the_graph(network, content):
    import onnx
    import onnxruntime

    pixels, _, _ = planted.pictures(1, seed=4)
    image = prepare(pixels[0], network.given)
    model = onnx.load_model_from_string(content)
    model.graph.output.append(onnx.ValueInfoProto(name="relu2_out"))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (expected,) = session.run(["relu2_out"], {"image": image.transpose(2, 0, 1)[None]})
    assert np.allclose(network.activations(image, "relu2_out"), expected[0], atol=1e-5)


@pytest.mark.parametrize("tensor", ["dense.weight", "scores", "nothing"])
def test_only_layers_with_places_can_be_asked_for(network, tensor):
    image = prepare(planted.pictures(1, seed=4)[0][0], network.given)
    with pytest.raises(ModelError) as refused:
        network.activations(image, tensor)
    assert refused.value.code == "layer_unknown"


def test_the_component_is_the_first_right_singular_vector():
    activations = np.abs(np.random.default_rng(3).normal(size=(5, 4, 6)))
    places = activations.reshape(5, -1).T
    _, _, vectors = np.linalg.svd(places, full_matrices=False)
    expected = (places @ vectors[0]).reshape(4, 6)
    found = activation_maps.component(activations)
    assert np.allclose(np.abs(found), np.abs(expected))
    assert found.mean() > 0


@pytest.mark.parametrize("shape", [(600, 4, 4), (600, 30, 30), (1, 3, 3)])
def test_large_layers_have_the_same_component(shape):
    activations = np.abs(np.random.default_rng(4).normal(size=shape))
    places = activations.reshape(shape[0], -1).T
    _, _, vectors = np.linalg.svd(places, full_matrices=False)
    found = activation_maps.component(activations)
    assert np.allclose(np.abs(found).ravel(), np.abs(places @ vectors[0]), rtol=1e-6)
    assert np.array_equal(found, activation_maps.component(activations))


def test_a_layer_that_is_too_large_is_refused(network, monkeypatch):
    from diagnostics.explanations.images import network as networks

    monkeypatch.setattr(networks, "MOST_ACTIVATIONS", 100)
    with pytest.raises(RunClinicError) as refused:
        network.activations(prepare(planted.pictures(1, seed=4)[0][0], network.given), "conv1_out")
    assert refused.value.code == "layer_too_large"


def test_score_cam_weights_channels_by_the_probability_they_keep(given):
    channels = np.zeros((3, 4, 4))
    channels[0, 0, 0] = channels[1, 3, 3] = 2.0
    channels[2] = 0.7
    found = activation_maps.score_cam(Fixed(given, channels), corner_lit(given), "t", 1, hidden="black")
    first = saliency.enlarged(channels[0], 32, 32)
    assert np.allclose(found, first * (first[:8, :8].mean() / 2), atol=1e-6)


def test_occlusion_is_the_mean_fall_over_covering_patches(given):
    walk = occlusion.plan(32, 32, 8, 8)
    found = occlusion.occlusion(Fixed(given), corner_lit(given), 1, walk, hidden="black")
    expected = np.zeros((32, 32))
    expected[:8, :8] = 1
    assert np.allclose(found, expected)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 9), (8, 8), (28, 28), (224, 224), (1024, 1024), (1024, 32)])
@pytest.mark.parametrize(("patch", "stride"), [(0, 0), (1, 1), (2, 0), (7, 900), (9999, 1), (50, 3)])
def test_a_walk_covers_every_place_within_bounds(height, width, patch, stride):
    walk = occlusion.plan(height, width, patch, stride)
    covered = np.zeros((height, width))
    corners = [(y, x) for y in occlusion.starts(height, walk.patch, walk.stride)
               for x in occlusion.starts(width, walk.patch, walk.stride)]  # fmt: skip
    for y, x in corners:
        covered[y : y + walk.patch, x : x + walk.patch] += 1
    assert covered.min() >= 1
    assert walk.places == len(corners) <= occlusion.MOST_POSITIONS
    assert 1 <= walk.stride <= walk.patch <= min(height, width)
    assert walk.stride >= occlusion.least_stride(height, width, walk.patch)
    assert walk.patch >= occlusion.least_patch(height, width)


def test_the_default_walk_follows_the_size_of_the_picture():
    assert [(p.patch, p.stride) for p in (occlusion.plan(28, 28), occlusion.plan(224, 224))] == [(4, 2), (32, 16)]
    assert occlusion.plan(224, 224).places <= occlusion.POSITIONS
    # Ten pictures of 169 places at 10 ms each.
    assert occlusion.plan(224, 224).seconds(0.01, 10) == pytest.approx(occlusion.plan(224, 224).places * 0.1)


def test_the_model_is_asked_once_for_every_place(given):
    asked = []

    class Counting(Fixed):
        def probabilities(self, images, told=None):
            asked.append(len(images))
            return super().probabilities(images, told)

    walk = occlusion.plan(32, 32, 8, 4)
    occlusion.occlusion(Counting(given), corner_lit(given), 1, walk, hidden="black")
    assert sum(asked) == walk.places + 1 == 50


def test_deletion_compares_with_the_same_shape_elsewhere(given):
    values = np.zeros((32, 32))
    values[:8, :8] = np.arange(64).reshape(8, 8) + 1
    found = saliency.SaliencyMap(
        method="occlusion", layer="", number=1, values=values, flag="", model_digest="m", image_digest="i"
    )
    said = deletion.delete(Fixed(given), corner_lit(given), found, 1, hidden="black")
    assert said.before == 1
    assert said.after == pytest.approx(0)
    assert said.low > 0.4
    assert said.n == deletion.ELSEWHERE


@pytest.mark.parametrize(
    ("values", "flag"),
    [
        (np.zeros((4, 4)), "all_zero"),
        (np.full((4, 4), 3.0), "constant"),
        (np.array([[np.nan, 1.0]]), "not_finite"),
        (np.array([[0.0, 1e-30]]), ""),
    ],
)
def test_maps_that_mean_nothing_are_flagged(values, flag):
    assert saliency.flag_of(values) == flag


@pytest.mark.parametrize(("method", "flag"), [("eigen_cam", "all_zero"), ("score_cam", "all_zero")])
def test_a_silent_layer_is_flagged_and_not_drawn(given, method, flag):
    pixels = planted.pictures(1, seed=5)[0][0]
    said = explain(Fixed(given, np.zeros((3, 4, 4))), pixels, Way(method=method, layer="t"), 1, ("m", "i"))
    assert said.saliency.flag == flag
    assert said.saliency.shown is None
    assert said.deletion.after is None


def test_a_class_the_model_does_not_have_is_refused(given):
    pixels = np.zeros((32, 32, 3), np.uint8)
    with pytest.raises(RunClinicError) as caught:
        explain(Fixed(given), pixels, Way(method="occlusion", layer=""), 2, ("m", "i"))
    assert caught.value.code == "model_fewer_outputs"


def test_a_network_that_sees_nothing_gives_no_occlusion_map(given):
    pixels = np.zeros((32, 32, 3), np.uint8)
    said = explain(Fixed(given), pixels, Way(method="occlusion", layer="", hidden="black"), 1, ("m", "i"))
    assert said.saliency.flag == "all_zero"


def test_feature_maps_are_ordered_by_energy(given):
    channels = np.zeros((4, 2, 2))
    channels[1], channels[3, 0, 0] = 1.0, 4.0
    found = feature_maps(Fixed(given, channels), corner_lit(given), "t", k=3)
    assert found.channels.tolist()[:2] == [3, 1]
    assert found.energy[:2].tolist() == [0.8, 0.2]
    assert (found.total, found.silent) == (4, 2)


@pytest.mark.parametrize("kind", masking.BASELINES)
def test_baselines_have_the_picture_s_shape(given, kind):
    image = prepare(planted.pictures(1, seed=6)[0][0], given.scaled("imagenet"))
    found = masking.baseline(image, kind, given.scaled("imagenet"))
    assert found.shape == image.shape
    whole = masking.blended(image, found, np.ones((1, *image.shape[:2])))
    assert np.allclose(whole[0], image, atol=1e-6)


def test_enlarging_agrees_with_interpolation_between_centres():
    values = np.array([[0.0, 1.0]])
    assert np.allclose(saliency.enlarged(values, 1, 4), [[0, 0.25, 0.75, 1]])


def test_scores_become_probabilities_by_what_they_are():
    chances = np.array([[0.2, 0.8], [0.5, 0.5]])
    assert np.allclose(probabilities_of(chances), chances)
    assert np.allclose(probabilities_of(np.log(chances)), chances)
    assert np.allclose(probabilities_of(np.log(chances) + 7), chances)
    assert np.allclose(probabilities_of(np.array([[0.3], [0.9]])), [[0.7, 0.3], [0.1, 0.9]])
    assert np.allclose(probabilities_of(np.array([[0.0], [9.0]]))[0], [0.5, 0.5])


def test_results_name_model_picture_and_settings(network):
    pixels = planted.pictures(1, seed=8)[0][0]
    said = explain(network, pixels, Way(method="occlusion", layer=""), 0, ("model", "picture"))
    found = said.saliency
    assert (found.model_digest, found.image_digest, found.number) == ("model", "picture", 0)
    assert found.settings == {"hidden": "mean", "patch": 5, "stride": 2}


def test_gradients_without_the_extra_say_what_to_install(content, given, monkeypatch):
    from diagnostics.explanations.images import network as networks

    monkeypatch.setattr(networks, "has_gradients", lambda: False)
    with pytest.raises(RunClinicError) as missing, networks.opened(content, given, gradients=True):
        pass
    assert missing.value.code == "vision_missing"
