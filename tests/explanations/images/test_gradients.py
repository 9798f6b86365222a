"""Grad-CAM from ONNX in the locked worker against captum on the plain torch model it came from.

Needs the extra `vision`: `make test-vision` installs it and runs this file; elsewhere it is skipped.
"""

import io

import numpy as np
import pytest

from diagnostics.explanations.images.activation_maps import grad_cam
from diagnostics.explanations.images.network import has_gradients, opened
from diagnostics.explanations.images.preparing import guess, prepare
from diagnostics.explanations.images.saliency import enlarged
from diagnostics.explanations.sandbox import Model, Worker

pytestmark = pytest.mark.skipif(
    not has_gradients(), reason="the extra vision (torch, captum, onnx2torch) is not installed: make test-vision"
)


def residual_network(torch, squash):
    """A small network with a normalised residual block."""

    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            nn = torch.nn
            self.first = nn.Conv2d(3, 8, 3, padding=1)
            self.norm = nn.BatchNorm2d(8)
            self.second = nn.Conv2d(8, 8, 3, padding=1, stride=2)
            self.side = nn.Conv2d(8, 8, 1, stride=2)
            self.last = nn.Conv2d(8, 12, 3, padding=1)
            self.dense = nn.Linear(12, 1 if squash == "one" else 4)

        def forward(self, image):
            value = torch.relu(self.norm(self.first(image)))
            value = torch.relu(self.second(value) + self.side(value))
            scores = self.dense(torch.relu(self.last(value)).mean(dim=(2, 3)))
            return torch.softmax(scores, dim=1) if squash == "softmax" else scores

    torch.manual_seed(3)
    network = Block()
    with torch.no_grad():
        network.norm.running_mean.normal_()
        network.norm.running_var.uniform_(0.5, 2)
    return network.eval()


def exported(torch, network):
    out = io.BytesIO()
    torch.onnx.export(
        network, torch.zeros(1, 3, 16, 16), out, input_names=["image"], output_names=["scores"], opset_version=17,
        dynamic_axes={"image": {0: "n"}, "scores": {0: "n"}}, dynamo=False,
    )  # fmt: skip
    return out.getvalue()


def described(content):
    with Worker(Model(format="onnx", content=content)) as worker:
        return guess(worker.description)


@pytest.mark.parametrize("squash", ["", "softmax", "one"])
def test_grad_cam_equals_captum_on_the_torch_model(squash):
    import torch
    from captum.attr import LayerGradCam

    network = residual_network(torch, squash)
    content = exported(torch, network)
    given = described(content)
    pixels = np.random.default_rng(5).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    image = prepare(pixels, given)
    rows = torch.from_numpy(image.transpose(2, 0, 1)[None].copy())
    plain = residual_network(torch, "" if squash == "softmax" else squash)
    with opened(content, given, gradients=True) as ours:
        layers = [layer for layer in ours.layers() if layer.kind == "Conv"]
        modules = (plain.first, plain.second, plain.side, plain.last)
        by_shape = {tuple(layer.shape): layer for layer in layers}
        last = by_shape[(12, 8, 8)]
        for number in (0,) if squash == "one" else range(4):
            expected = LayerGradCam(plain, modules[3]).attribute(rows, target=number)[0, 0].detach().numpy()
            # a model with one score knows two classes: 1 is the positive one
            column = 1 if squash == "one" else number
            found = ours.gradient_map(image, last.tensor, column)
            assert np.abs(found - expected).max() < 1e-5
            drawn = grad_cam(ours, image, last.tensor, column)
            assert np.allclose(drawn, enlarged(np.maximum(expected, 0), 16, 16), atol=1e-5)
        assert np.abs(expected).max() > 1e-4


def test_torch_runs_behind_the_same_locks():
    import torch

    content = exported(torch, residual_network(torch, ""))
    with Worker(Model(format="onnx_gradients", content=content)) as worker:
        assert worker.description.locks["limits"]
        plain = Worker(Model(format="onnx", content=content))
        with plain:
            assert worker.description.locks == plain.description.locks


def test_an_operator_without_a_torch_counterpart_says_so():
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], name="c"),
        helper.make_node("LpPool", ["c"], ["l"], kernel_shape=[2, 2]),
        helper.make_node("Flatten", ["l"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 4, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 9])],
        [numpy_helper.from_array(np.ones((1, 1, 1, 1), np.float32), "w")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    content = model.SerializeToString()
    given = described(content)
    from diagnostics.explanations.sandbox.answers import ModelError

    with opened(content, given, gradients=True) as network, pytest.raises(ModelError) as refused:
        network.gradient_map(np.ones((4, 4, 1), np.float32), "c", 1)
    assert refused.value.code == "gradients_unsupported"
