"""Picture networks made to do harm, each with the code in which it ends."""

import io
import pickle
import zipfile

import numpy as np


def network(nodes, weights=(), *, source="c", **extra):
    """A convolution "c" of pictures 8 px wide, more nodes, and the mean of each channel as scores "Y"."""
    from onnx import TensorProto, helper, numpy_helper

    ends = [
        helper.make_node("Conv", ["X", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), *nodes,
        helper.make_node("GlobalAveragePool", [source], ["m"]), helper.make_node("Flatten", ["m"], ["Y"]),
    ]  # fmt: skip
    tensors = {"w": np.ones((2, 1, 3, 3), np.float32), **dict(weights)}
    graph = helper.make_graph(
        ends, "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 1, 8, 8])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()], **extra,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def between(operator, inputs=("c",), weights=(), *, source="t", **attributes):
    """A network with one more layer "t", by default before its scores."""
    from onnx import helper

    return network([helper.make_node(operator, list(inputs), ["t"], **attributes)], weights, source=source)


def resized(scale):
    """A layer "t" so many times as high and wide as the picture."""
    return between("Resize", ("c", "", "s"), {"s": np.array([1, 1, scale, scale], np.float32)})


def slow():
    """A layer "t" of little memory that takes hours."""
    from onnx import helper

    nodes = [
        helper.make_node("Resize", ["c", "", "s"], ["large"]),
        helper.make_node("MaxPool", ["large"], ["t"], kernel_shape=[701, 701]),
    ]  # fmt: skip
    sizes = np.array([1, 1, 200, 200], np.float32)
    return network(nodes, {"s": sizes}, source="t").SerializeToString()


def _loop():
    from onnx import TensorProto, helper

    again = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Relu", ["x"], ["y"])], "again",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("go", 9, []),
         helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("on", 9, []), helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )  # fmt: skip
    return helper.make_node("Loop", ["", "true", "c"], ["t"], body=again)


def _endless(*, hidden):
    from onnx import TensorProto, helper

    node = _loop()
    if hidden:
        branch = helper.make_graph(
            [node], "branch", [], [helper.make_tensor_value_info("t", TensorProto.FLOAT, None)]
        )  # fmt: skip
        node = helper.make_node("If", ["true"], ["t"], then_branch=branch, else_branch=branch)
    return network([node], {"true": np.array(True)}, source="t")


def _external(place):
    from onnx import TensorProto

    model = network([])
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=str(place))
    return model


def _huge_constant():
    from onnx import TensorProto, helper

    value = helper.make_tensor("v", TensorProto.FLOAT, [1], [1.0])
    nodes = [
        helper.make_node("ConstantOfShape", ["n"], ["k"], value=value), helper.make_node("ReduceMean", ["k"], ["r"]),
        helper.make_node("Mul", ["c", "r"], ["t"]),
    ]  # fmt: skip
    return network(nodes, {"n": np.array([1, 1, 1 << 20, 1 << 18])}, source="t")


def _claimed():
    model = network([])
    model.graph.initializer[0].dims[0] = 1 << 40
    return model


def _foreign():
    from onnx import helper

    model = between("Anything", domain="org.somebody")
    model.opset_import.append(helper.make_opsetid("org.somebody", 1))
    return model


def _own_function():
    from onnx import helper

    model = network([])
    model.functions.append(
        helper.make_function("org.somebody", "F", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])],
                             [helper.make_opsetid("", 17)])
    )  # fmt: skip
    return model


def _sparse():
    from onnx import TensorProto, helper

    sparse = helper.make_sparse_tensor(
        helper.make_tensor("k", TensorProto.FLOAT, [1], [1.0]), helper.make_tensor("k", TensorProto.INT64, [1], [0]),
        [1 << 40],
    )  # fmt: skip
    return network([], sparse_initializer=[sparse])


def _deep():
    from onnx import helper

    inner = helper.make_graph([helper.make_node("Relu", ["c"], ["t"])], "g0", [], [])
    for number in range(12):
        node = helper.make_node("If", ["true"], ["t"], then_branch=inner)
        inner = helper.make_graph([node], f"g{number + 1}", [], [])
    return network(inner.node, {"true": np.array(True)}, source="t")


def _varying():
    """As many scores as the first picture of a batch has bright places."""
    from onnx import helper

    nodes = [
        helper.make_node("Slice", ["c", "zero", "one", "zero"], ["first"]),
        helper.make_node("Greater", ["first", "level"], ["bright"]),
        helper.make_node("NonZero", ["bright"], ["places"]), helper.make_node("Shape", ["places"], ["sizes"]),
        helper.make_node("Gather", ["sizes", "one"], ["count"]),
        helper.make_node("Concat", ["one", "count", "one", "one"], ["shape"], axis=0),
        helper.make_node("Slice", ["c", "zero", "one", "one"], ["channel"]),
        helper.make_node("GlobalAveragePool", ["channel"], ["score"]),
        helper.make_node("Expand", ["score", "shape"], ["t"]),
    ]  # fmt: skip
    return network(nodes, {"zero": np.array([0]), "one": np.array([1]), "level": np.float32(4)}, source="t")


class Payload:
    """Writes a file when it is unpickled."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return (open, (self.place, "w"))


def _zipped():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("model.onnx", network([]).SerializeToString())
    return stream.getvalue()


def corpus(pipe, written):
    """Content of each and the code in which it ends, by name.

    Parameters
    ----------
    pipe : path
        Named as the place of weights; whoever opens it can be found out.
    written : path
        What the pickle would write.
    """
    refused = {
        "external data": (_external(pipe), "model_external_data"), "deep": (_deep(), "model_too_deep"),
        "endless loop": (_endless(hidden=False), "model_operator"), "claimed size": (_claimed(), "model_too_large"),
        "endless loop in a branch": (_endless(hidden=True), "model_operator"),
        "image decoder": (between("ImageDecoder"), "model_operator"),
        "unknown operator": (between("Anything"), "model_operator_unknown"),
        "custom operator": (_foreign(), "model_custom_domain"), "own function": (_own_function(), "model_functions"),
        "sparse weights": (_sparse(), "model_sparse_data"), "zip": (_zipped(), "model_broken"),
        "pickle": (pickle.dumps(Payload(written)), "model_broken"), "nothing": (b"", "model_broken"),
        "text": (b"#!/bin/sh\nexit\n" * 40, "model_broken"),
    }  # fmt: skip
    absurd = {
        "huge constant": (_huge_constant(), "model_memory"), "huge layer": (resized(1e6), "model_memory"),
        "varying scores": (_varying(), "model_scores_vary"),
    }  # fmt: skip
    return {
        name: (model if isinstance(model, bytes) else model.SerializeToString(), code)
        for name, (model, code) in (refused | absurd).items()
    }
