"""Damaged and hostile picture networks: every ask ends in an answer or one clear code, within memory and time.

`RUN_CLINIC_MUTANTS=1000` damages the network so often instead of 60 times.
"""

import errno
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.images.activation_maps import eigen_cam
from diagnostics.explanations.images.network import ImageNetwork, default_layer, has_gradients
from diagnostics.explanations.images.preparing import guess
from diagnostics.explanations.images.saliency import flag_of
from diagnostics.explanations.sandbox import Model, ModelError, Worker
from diagnostics.explanations.sandbox.client import MEMORY_BYTES, MEMORY_OF_FORMAT
from diagnostics.knowledge import LANGUAGES, error_text
from tests.support import hostile_networks, planted

COUNT = int(os.environ.get("RUN_CLINIC_MUTANTS", "60"))
NO_VISION = "the extra vision (torch, captum, onnx2torch) is not installed: make test-vision"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")

PARAMS = {"format": "onnx", "found": 1, "limit": 1, "layer": "x", "outputs": 1, "seconds": 1, "operator": "x",
          "domain": "x", "expected": 1}  # fmt: skip


def in_words(error):
    """A sentence of each language, none a code spelt out."""
    said = {error_text(error, language) for language in LANGUAGES}
    assert len(said) == len(LANGUAGES) and all(len(one) > 25 and "{" not in one for one in said), error.code


@pytest.fixture(scope="module", params=["onnx", "onnx_gradients"])
def asked(request, tmp_path_factory):
    """What damaged and hostile networks answered to every ask, and the folder the hostile ones name."""
    if request.param == "onnx_gradients" and not has_gradients():
        pytest.skip(NO_VISION)
    folder, models = tmp_path_factory.mktemp("named"), tmp_path_factory.mktemp("models")
    os.mkfifo(folder / "pipe")
    for name, (content, _) in hostile_networks.corpus(folder / "pipe", folder / "written").items():
        (models / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.image_mutants", request.param, str(models), str(COUNT), "11"],
        capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1]) | {"format": request.param, "folder": folder}


def test_damaged_networks_end_in_a_code_for_every_ask(asked):
    assert sum(n for ask, n in asked["codes"].items() if ask.split()[0] in ("load", "predict")) == COUNT
    for ask in {*asked["codes"], *(ask for codes in asked["named"].values() for ask in codes)}:
        code = ask.split()[1]
        if code != "answered":
            in_words(RunClinicError(code, **PARAMS))
    assert asked["handles"] == 0
    assert asked["peak"] <= MEMORY_OF_FORMAT.get(asked["format"], MEMORY_BYTES)
    assert asked["own"] <= MEMORY_BYTES


def test_a_network_without_harm_answers_every_ask(asked):
    gradients = asked["format"] == "onnx_gradients"
    wanted = {"predict", "agreement", "layers", "activations", "features", "score_cam", "eigen_cam", "occlusion"}
    wanted |= {"grad_cam"} if gradients else set()
    assert {ask.split()[0] for ask in asked["whole"] if ask.endswith(" answered")} == wanted
    refused = {ask for ask in asked["whole"] if ask.startswith("gradients ")}
    assert refused == (
        {"gradients layer_unknown", "gradients model_fewer_outputs"}
        if gradients
        else {"gradients model_has_no_gradients"}
    )


def test_hostile_networks_end_in_their_code(asked):
    expected = {name: code for name, (_, code) in hostile_networks.corpus("", "").items()}
    assert asked["named"].keys() == expected.keys()
    for name, code in expected.items():
        found = asked["named"][name]
        if any(ask.startswith("load ") for ask in found):
            assert found == {f"load {code}": 1}, name
        else:
            assert {"agreement", "score_cam", "grad_cam", "eigen_cam", "occlusion"} <= {
                ask.split()[0] for ask in found if ask.endswith(f" {code}")
            }, name


def test_nothing_that_a_network_names_is_opened_or_written(asked):
    assert [file.name for file in asked["folder"].iterdir()] == ["pipe"]
    # Somebody who had opened the pipe for reading would let a writer in.
    with pytest.raises(OSError) as caught:
        os.open(asked["folder"] / "pipe", os.O_WRONLY | os.O_NONBLOCK)
    assert caught.value.errno == errno.ENXIO


def refusal(network, tensor="t"):
    content = network if isinstance(network, bytes) else network.SerializeToString()
    with pytest.raises(RunClinicError) as caught, Worker(Model(format="onnx", content=content)) as worker:
        ImageNetwork(worker, guess(worker.description)).activations(np.zeros((8, 8, 1), np.float32), tensor)
    in_words(caught.value)
    return caught.value


def test_a_layer_that_does_not_exist_is_named():
    with Worker(Model(format="onnx", content=hostile_networks.network([]).SerializeToString())) as worker:
        found = ImageNetwork(worker, guess(worker.description))
        for tensor in ("nowhere", "/etc/passwd", "\x00" * 5000):
            with pytest.raises(ModelError) as caught:
                found.activations(np.zeros((8, 8, 1), np.float32), tensor)
            assert caught.value.code == "layer_unknown" and caught.value.params["layer"] == tensor[:80]


@pytest.mark.parametrize(
    ("scale", "code"),
    [(500.0, "layer_too_large"), (1000.0, "model_answer_too_large"), (1e6, "model_memory")],
    ids=["large", "huge", "impossible"],
)
def test_outputs_of_absurd_size_stay_in_the_worker(scale, code):
    assert refusal(hostile_networks.resized(scale)).code == code


def test_a_layer_of_no_height_is_refused():
    cut = hostile_networks.between("Pad", ("c", "p"), {"p": np.array([0, 0, -8, 0, 0, 0, 0, 0])}, source="c")
    assert refusal(cut).code == "layer_not_spatial"


@pytest.mark.parametrize(
    ("limits", "code"), [({"answer_seconds": 0.5}, "model_timeout"), ({"cpu_seconds": 2}, "model_died")]
)
def test_an_answer_that_takes_hours_is_ended(limits, code):
    with Worker(Model(format="onnx", content=hostile_networks.slow()), **limits) as worker:
        found = ImageNetwork(worker, guess(worker.description))
        for expected in (code, "model_died"):
            with pytest.raises(ModelError) as caught:
                found.activations(np.zeros((8, 8, 1), np.float32), "t")
            assert caught.value.code == expected
            in_words(caught.value)


def test_a_layer_of_five_axes_is_no_layer_with_places():
    weights = {"d": np.ones((1, 1, 2, 8, 8), np.float32)}
    assert refusal(hostile_networks.between("Add", ("c", "d"), weights, source="c")).code == "layer_unknown"


def planted_with_batch(count):
    from onnx import ModelProto

    model = ModelProto()
    model.ParseFromString(planted.FILE.read_bytes())
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = count
    return model.SerializeToString()


def test_a_batch_no_memory_holds_is_refused_before_a_picture_is_repeated():
    assert refusal(planted_with_batch(1 << 40)).code == "model_batch_too_large"


def test_a_batch_that_fits_is_filled(given):
    with Worker(Model(format="onnx", content=planted_with_batch(5))) as worker:
        found = ImageNetwork(worker, guess(worker.description))
        pictures = np.zeros((2, given.height, given.width, given.channels), np.float32)
        assert found.given.batch == 5 and found.probabilities(pictures).shape == (2, 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_pictures_that_are_no_numbers_give_a_map_that_says_so(value, network):
    picture = np.full((network.given.height, network.given.width, network.given.channels), value, np.float32)
    assert network.probabilities(picture[None]).shape == (1, 3)
    with np.errstate(all="ignore"):
        found = eigen_cam(network, picture, default_layer(network.layers()).tensor)
    assert flag_of(found) == "not_finite"


def test_scores_without_a_column_are_refused():
    from onnx import helper

    model = hostile_networks.network([], {"zero": np.array([0]), "one": np.array([1])})
    model.graph.node[-1].output[0] = "all"
    model.graph.node.append(helper.make_node("Slice", ["all", "zero", "zero", "one"], ["Y"]))
    content = model.SerializeToString()
    with pytest.raises(RunClinicError) as caught, Worker(Model(format="onnx", content=content)) as worker:
        ImageNetwork(worker, guess(worker.description)).probabilities(np.zeros((1, 8, 8, 1), np.float32))
    assert caught.value.code == "model_no_scores"


@pytest.mark.skipif(not has_gradients(), reason=NO_VISION)
def test_a_class_the_network_does_not_have_and_a_layer_without_places(content, given):
    picture = {given.name: np.zeros((1, given.channels, given.height, given.width), np.float32)}
    with Worker(Model(format="onnx_gradients", content=content)) as worker:
        layer, output = worker.layers()[-1]["tensor"], worker.description.outputs[0]["name"]
        asks = [(layer, number, "model_fewer_outputs") for number in (3, -4, 1 << 40)]
        for tensor, number, code in [*asks, (output, 0, "layer_unknown")]:
            with pytest.raises(ModelError) as caught:
                worker.gradients(picture, tensor, output, number)
            assert caught.value.code == code
            in_words(caught.value)
