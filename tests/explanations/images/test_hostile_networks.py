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
from diagnostics.explanations.images.network import ImageNetwork, has_gradients
from diagnostics.explanations.images.preparing import guess
from diagnostics.explanations.sandbox import Model, ModelDescription, Worker, frames
from diagnostics.explanations.sandbox.client import MEMORY_BYTES, MEMORY_OF_FORMAT, ModelError
from diagnostics.knowledge import LANGUAGES, error_text
from tests.support import planted

COUNT = int(os.environ.get("RUN_CLINIC_MUTANTS", "60"))

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")

PARAMS = {"format": "onnx", "found": 1, "limit": 1, "layer": "x", "outputs": "x", "seconds": 1, "operator": "x",
          "domain": "x"}  # fmt: skip


def in_words(code):
    for language in LANGUAGES:
        said = error_text(RunClinicError(code, **PARAMS), language)
        assert len(said) > 25 and "{" not in said, code


@pytest.mark.parametrize("format", ["onnx", "onnx_gradients"])
def test_damaged_networks_end_in_a_code_for_every_ask(format):
    if format == "onnx_gradients" and not has_gradients():
        pytest.skip("the extra vision (torch, captum, onnx2torch) is not installed: make test-vision")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.image_mutants", format, str(planted.FILE), str(COUNT), "11"],
        capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said["whole"]["predict answered"] == 1 and said["whole"]["activations answered"] > 0
    loaded = sum(n for ask, n in said["codes"].items() if ask.split()[0] in ("load", "predict"))
    assert loaded >= COUNT
    for ask in said["codes"]:
        name, code = ask.split()
        if code != "answered" and name != "malformed":
            in_words(code)
    assert said["handles"] == 0
    assert said["peak"] <= MEMORY_OF_FORMAT.get(format, MEMORY_BYTES)
    assert said["own"] <= MEMORY_BYTES


def network(nodes, weights=(), shape=(None, 1, 8, 8), **extra):
    from onnx import TensorProto, helper, numpy_helper

    first = helper.make_node("Conv", ["X", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    tensors = {"w": np.ones((2, 1, 3, 3), np.float32), **dict(weights)}
    graph = helper.make_graph(
        [first, *nodes], "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()


def scored(*between, source="c", weights=()):
    """A network with something between its convolution and its scores."""
    from onnx import helper

    nodes = [
        *between, helper.make_node("GlobalAveragePool", [source], ["m"]), helper.make_node("Flatten", ["m"], ["Y"]),
    ]  # fmt: skip
    return network(nodes, weights)


def refusal(content, tensor="t", picture=None):
    with pytest.raises(RunClinicError) as caught, Worker(Model(format="onnx", content=content)) as worker:
        found = ImageNetwork(worker, guess(worker.description))
        found.activations(np.zeros((8, 8, 1), np.float32) if picture is None else picture, tensor)
    in_words(caught.value.code)
    return caught.value.code


def test_a_layer_that_does_not_exist_is_named():
    assert refusal(scored(), "nowhere") == "layer_unknown"
    assert refusal(scored(), "/etc/passwd") == "layer_unknown"
    assert refusal(scored(), "\x00" * 5000) == "layer_unknown"


@pytest.mark.parametrize(
    ("scale", "codes"),
    [
        (500.0, {"layer_too_large"}),
        (1000.0, {"model_answer_too_large"}),
        (1e6, {"model_failed", "model_memory", "model_died"}),
        (0.01, {"layer_not_spatial", "model_failed"}),
    ],
    ids=["large", "huge", "impossible", "empty"],
)
def test_outputs_of_absurd_size_stay_in_the_worker(scale, codes):
    from onnx import helper

    resize = helper.make_node("Resize", ["c", "", "s"], ["t"])
    sizes = np.array([1, 1, scale, scale], np.float32)
    assert refusal(scored(resize, source="t", weights={"s": sizes})) in codes


def test_a_layer_without_height_and_width_is_refused():
    from onnx import helper

    flat = helper.make_node("Reshape", ["c", "r"], ["d"])
    added = helper.make_node("Add", ["c", "d"], ["t"])
    weights = {"r": np.array([1, -1, 2, 8, 8], np.int64)}
    content = network([flat, added, helper.make_node("ReduceMean", ["t"], ["Y"])], weights)
    assert refusal(content) in ("layer_not_spatial", "layer_unknown")


def test_a_batch_no_memory_holds_is_refused_before_a_picture_is_repeated():
    with Worker(Model(format="onnx", content=planted_with_batch(1 << 40))) as worker:
        for language in LANGUAGES:
            with pytest.raises(RunClinicError) as caught:
                guess(worker.description)
            assert caught.value.code == "model_batch_too_large"
            assert "{" not in error_text(caught.value, language)


def planted_with_batch(count):
    from onnx import ModelProto

    model = ModelProto()
    model.ParseFromString(planted.FILE.read_bytes())
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = count
    return model.SerializeToString()


def test_a_batch_that_fits_is_filled(given):
    with Worker(Model(format="onnx", content=planted_with_batch(5))) as worker:
        found = ImageNetwork(worker, guess(worker.description))
        pictures = np.zeros((2, given.height, given.width, given.channels), np.float32)
        assert found.given.batch == 5 and found.probabilities(pictures).shape == (2, 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_pictures_that_are_no_numbers_give_a_map_that_says_so(value, network):
    from diagnostics.explanations.images.activation_maps import eigen_cam
    from diagnostics.explanations.images.network import default_layer
    from diagnostics.explanations.images.saliency import flag_of

    picture = np.full((network.given.height, network.given.width, network.given.channels), value, np.float32)
    assert network.probabilities(picture[None]).shape == (1, 3)
    with np.errstate(all="ignore"):
        found = eigen_cam(network, picture, default_layer(network.layers()).tensor)
    assert flag_of(found) == "not_finite"


def test_scores_without_a_column_are_refused():
    from onnx import helper

    cut = helper.make_node("Slice", ["f", "z", "z", "a"], ["Y"])
    nodes = [helper.make_node("GlobalAveragePool", ["c"], ["m"]), helper.make_node("Flatten", ["m"], ["f"]), cut]
    content = network(nodes, {"z": np.zeros(1, np.int64), "a": np.ones(1, np.int64)})
    with Worker(Model(format="onnx", content=content)) as worker:
        found = ImageNetwork(worker, guess(worker.description))
        with pytest.raises(RunClinicError) as caught:
            found.probabilities(np.zeros((1, 8, 8, 1), np.float32))
    assert caught.value.code == "model_no_scores"


BROKEN = [
    ({}, {}),
    ({"layers": 5, "structure": [], "native": "x", "tree": None}, {}),
    ({"layers": [5]}, {"activations": np.zeros((1, 2, 3)), "map": np.zeros((1, 2, 3, 4)), "seen": np.zeros(2)}),
    ({"layers": [{}]}, {"activations": np.zeros((0, 2, 3, 3)), "map": np.zeros((0, 3, 3))}),
    ({"layers": [{"tensor": "a", "name": "a", "kind": "a", "shape": ["x"], "convolution": 1}]},
     {"activations": np.array([[[["a"]]]], dtype=object), "map": np.array([[["a"]]], dtype=object)}),
    ({"layers": [{"tensor": "a", "name": "a", "kind": "a", "shape": [1, 2], "convolution": 1}]}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("message", "arrays"), BROKEN)
def test_whatever_a_worker_says_is_understood_or_refused(message, arrays, given, monkeypatch):
    worker = Worker(Model(format="onnx", content=b""))
    worker.description = ModelDescription(inputs=(), outputs=(), features=(), classes=(), locks={})
    monkeypatch.setattr(worker, "_ask", lambda *a, **k: ({"ok": True, **message}, arrays))
    network = ImageNetwork(worker, given)
    network.output = "Y"
    picture = np.zeros((given.height, given.width, given.channels), np.float32)
    asks = [
        network.layers, lambda: network.activations(picture, "t"), lambda: network.gradient_map(picture, "t", 0),
        worker.structure, worker.native, lambda: worker.tree(0, 0, {}),
    ]  # fmt: skip
    for ask in asks:
        with pytest.raises(ModelError) as caught:
            ask()
        assert caught.value.code == "model_answer_broken"
    in_words("model_answer_broken")


def test_an_answer_over_the_limit_is_not_read(monkeypatch):
    import io

    stream = io.BytesIO()
    frames.write(stream, {"ok": True}, {"Y": np.zeros(1000)})
    stream.seek(0)
    with pytest.raises(frames.BrokenFrame):
        frames.read(stream, 7999)
    stream.seek(0)
    assert frames.read(stream, 8000)[1]["Y"].shape == (1000,)


@pytest.mark.skipif(not has_gradients(), reason="the extra vision is not installed: make test-vision")
@pytest.mark.parametrize("number", [3, -4, 1 << 40])
def test_a_class_the_network_does_not_have(number, content, given):
    with Worker(Model(format="onnx_gradients", content=content)) as worker:
        layer, output = worker.layers()[-1]["tensor"], worker.description.outputs[0]["name"]
        picture = np.zeros((1, given.channels, given.height, given.width), np.float32)
        with pytest.raises(ModelError) as caught:
            worker.gradients({given.name: picture}, layer, output, number)
        assert caught.value.code == "model_failed"
        in_words("model_failed")


def test_a_pipe_named_as_a_layer_or_weights_is_never_opened(tmp_path):
    from onnx import ModelProto, TensorProto

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    model = ModelProto()
    model.ParseFromString(scored())
    assert refusal(model.SerializeToString(), str(pipe)) == "layer_unknown"
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=str(pipe))
    assert refusal(model.SerializeToString(), "c") == "model_external_data"
    # Somebody who had opened the pipe for reading would let a writer in.
    with pytest.raises(OSError) as caught:
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    assert caught.value.errno == errno.ENXIO
