"""Structure from every kind of file, and the flags."""

import io
import json
import struct
import zipfile

import numpy as np
import pytest

from diagnostics.exceptions import BrokenFile, NotALog
from diagnostics.explanations.structure import Layer, Network, read_structure
from diagnostics.explanations.structure.blocks import blocks
from diagnostics.explanations.structure.flags import flags

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402


def small_cnn(dead=False):
    generator = np.random.default_rng(0)
    weights = {
        "k": generator.normal(size=(4, 1, 3, 3)),
        "w": generator.normal(size=(144, 10)),
        "b": np.zeros(10),
        "u": generator.normal(size=(144, 3)),
    }
    nodes = [
        helper.make_node("Conv", ["X", "k"], ["c"], name="conv", kernel_shape=[3, 3]),
        helper.make_node("Relu", ["c"], ["r"], name="relu"),
        helper.make_node("Flatten", ["r"], ["f"], name="flat"),
        helper.make_node("Gemm", ["f", "w", "b"], ["Y"], name="dense"),
    ]
    if dead:
        nodes.append(helper.make_node("MatMul", ["f", "u"], ["unused"], name="forgotten"))
    else:
        weights.pop("u")
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [1, 10])],
        initializer=[numpy_helper.from_array(v.astype(np.float32), k) for k, v in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def test_onnx_layers_shapes_parameters_and_work():
    network = read_structure(small_cnn(), "m.onnx")
    by_name = {layer.name: layer for layer in network.layers}
    assert by_name["conv"].shape == (1, 4, 6, 6)
    assert by_name["conv"].parameters == 36 and by_name["conv"].multiply_adds == 4 * 36 * 9
    assert by_name["dense"].parameters == 1450 and by_name["dense"].multiply_adds == 1440
    assert ("relu", "flat") in network.edges and network.outputs == ("dense",)
    assert network.parameters == 1486


def test_a_large_graph_without_a_zero_byte_at_its_head_is_no_text():
    shape = helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", 3, 32, 32])
    nodes = [
        helper.make_node("Relu", [f"t{i}" if i else "X"], [f"t{i + 1}"], name=f"/layer({i})/Relu") for i in range(150)
    ]
    out = helper.make_tensor_value_info("t150", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [shape], [out])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    assert b"\x00" not in made[:4096] and b"(" in made
    network = read_structure(made, "m.onnx")
    assert len(network.layers) == 151 and network.outputs == ("/layer(149)/Relu",)


def test_a_branch_that_leads_nowhere_is_flagged():
    found = flags(read_structure(small_cnn(dead=True), "m.onnx"))
    assert [(f.code, f.layer) for f in found] == [("dead_branch", "forgotten")]
    assert flags(read_structure(small_cnn(), "m.onnx")) == ()


def keras_archive(config):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    return stream.getvalue()


def functional():
    def inbound(*names):
        return [{"args": [{"config": {"keras_history": [n, 0, 0]}} for n in names], "kwargs": {}}]

    return {
        "class_name": "Functional",
        "config": {
            "layers": [
                {"class_name": "InputLayer", "config": {"name": "pic", "batch_shape": [None, 8, 8, 1]}},
                {
                    "class_name": "Conv2D",
                    "config": {"name": "conv", "filters": 4, "kernel_size": [3, 3], "padding": "same"},
                    "inbound_nodes": inbound("pic"),
                },
                {"class_name": "Flatten", "config": {"name": "flat"}, "inbound_nodes": inbound("conv")},
                {
                    "class_name": "Dense",
                    "config": {"name": "age", "units": 1},
                    "inbound_nodes": inbound("flat"),
                },
                {
                    "class_name": "Dense",
                    "config": {"name": "kind", "units": 3, "activation": "softmax"},
                    "inbound_nodes": inbound("flat"),
                },
            ],
            "input_layers": [["pic", 0, 0]],
            "output_layers": [["age", 0, 0], ["kind", 0, 0]],
        },
    }


def test_keras_archive_with_two_outputs():
    network = read_structure(keras_archive(functional()), "m.keras")
    by_name = {layer.name: layer for layer in network.layers}
    assert network.outputs == ("age", "kind")
    assert by_name["conv"].parameters == 40 and by_name["conv"].shape == (None, 8, 8, 4)
    assert by_name["kind"].parameters == 256 * 3 + 3
    assert flags(network) == ()
    wrong = flags(network, {"loss": "SparseCategoricalCrossentropy(from_logits=True)"})
    assert [(f.code, f.layer) for f in wrong] == [("softmax_before_loss_on_logits", "kind")]


def test_an_archive_without_a_config_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("other", "x")
    with pytest.raises(BrokenFile):
        read_structure(stream.getvalue(), "m.keras")


def test_safetensors_header_only():
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "conv.weight": {"dtype": "F32", "shape": [8, 3, 3, 3], "data_offsets": [0, 864]},
            "conv.bias": {"dtype": "F32", "shape": [8], "data_offsets": [864, 896]},
            "head.weight": {"dtype": "F16", "shape": [10, 8], "data_offsets": [896, 1056]},
        }
    ).encode()
    network = read_structure(struct.pack("<Q", len(header)) + header, "m.safetensors")
    assert [(layer.name, layer.parameters, layer.bytes) for layer in network.layers] == [
        ("conv", 224, 896),
        ("head", 80, 160),
    ]


KERAS_TEXT = """
Model: "functional_1"
┏━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)  ┃ Output Shape ┃ Param # ┃ Connected to  ┃
┡━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ a (InputLayer)│ (None, 64)   │       0 │ -             │
│ d1 (Dense)    │ (None, 1)    │      65 │ a[0][0]       │
│ d2 (Dense)    │ (None, 10)   │      20 │ d1[0][0]      │
└───────────────┴──────────────┴─────────┴───────────────┘
 Total params: 85
"""
TORCH_TEXT = """
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 64, 24, 24]           1,664
              ReLU-2           [-1, 64, 24, 24]               0
            Linear-3                   [-1, 10]           5,130
================================================================
"""


def test_printed_summaries_and_a_bottleneck():
    keras = read_structure(KERAS_TEXT.encode(), "summary.txt")
    assert [layer.name for layer in keras.layers] == ["a", "d1", "d2"] and keras.edges == (("a", "d1"), ("d1", "d2"))
    assert [(f.code, f.layer) for f in flags(keras)] == [("bottleneck_of_one", "d1")]
    torch = read_structure(TORCH_TEXT.encode(), "summary.txt")
    assert [(layer.kind, layer.parameters) for layer in torch.layers] == [
        ("Conv2d", 1664),
        ("ReLU", 0),
        ("Linear", 5130),
    ]


def test_a_deep_stack_without_normalisation_is_flagged():
    layers = tuple(Layer(name=f"d{i}", kind="Dense", inputs=(f"d{i - 1}",) if i else ()) for i in range(12))
    plain = Network(format="keras", layers=layers, outputs=("d11",))
    assert [f.code for f in flags(plain)] == ["no_normalisation"]
    normed = Network(format="keras", layers=(*layers, Layer(name="n", kind="BatchNormalization")), outputs=("d11",))
    assert flags(normed) == ()


@pytest.mark.parametrize("content", [b"hello", b"\x80\x04pickle\x00\x00", b"\x00" * 100])
def test_anything_else_is_refused_with_a_sentence(content):
    with pytest.raises((NotALog, BrokenFile)):
        read_structure(content, "x")


def test_layers_that_only_follow_each_other_become_one_block():
    given = {"in": (), "a": ("in",), "b": ("a",), "c": ("b",), "sum": ("c", "a"), "end": ("sum",)}
    network = Network(
        format="onnx", inputs=("in",), outputs=("end",),
        layers=tuple(Layer(name=n, kind=n[0], inputs=i, parameters=2) for n, i in given.items()),
    )  # fmt: skip
    found = blocks(network)
    assert [(b.name, [layer.name for layer in b.layers], b.inputs) for b in found] == [
        ("in", ["in", "a"], ()),
        ("b", ["b", "c"], ("in",)),
        ("sum", ["sum", "end"], ("b", "in")),
    ]
    assert found[0].kinds == (("i", 1), ("a", 1)) and found[0].parameters == 4
