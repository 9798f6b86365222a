"""Damaged and hostile picture networks asked for everything a page asks.

`python -m tests.support.image_mutants FORMAT FOLDER COUNT SEED`. Every file of the folder, and the planted network
damaged so often, gets a locked process of its own, as in `mutants`, and the server's own code asks it: how pictures are
fed, probabilities, layers, activations, maps of every method, gradients (which only the format "onnx_gradients" has).
Whatever comes back is an answer or a `RunClinicError`; anything else ends this process. Prints one JSON object with the
codes of every ask.
"""

import json
import os
import random
import resource
import select
import signal
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.images.agreement import best_scaling
from diagnostics.explanations.images.explaining import METHODS, Way, explain
from diagnostics.explanations.images.feature_maps import feature_maps
from diagnostics.explanations.images.network import ImageNetwork
from diagnostics.explanations.images.preparing import guess
from diagnostics.explanations.sandbox import Model, ModelError, Worker, answers, frames, loaders, worker
from diagnostics.explanations.sandbox.client import CPU_SECONDS, MEMORY_BYTES, MEMORY_OF_FORMAT
from tests.support import planted
from tests.support.mutants import PATIENCE, mutated

KINDS = ("resized", "renamed", "sized", "wide", "bytes")


class Forked(Worker):
    """A worker in a fork of this process, which has the libraries imported already."""

    def __init__(self, model):
        super().__init__(model)
        ask, replies = os.pipe(), os.pipe()
        self.child = os.fork()
        if self.child == 0:
            os.close(ask[1])
            os.close(replies[0])
            nowhere = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):  # who waits for the output of this process must not wait for its forks
                os.dup2(nowhere, number)
            with os.fdopen(ask[0], "rb") as requests, os.fdopen(replies[1], "wb") as out:
                memory = MEMORY_OF_FORMAT.get(model.format, MEMORY_BYTES)
                os._exit(worker.serve(model.format, memory, CPU_SECONDS, requests, out))
        os.close(ask[0])
        os.close(replies[1])
        self._requests, self._replies = os.fdopen(ask[1], "wb"), os.fdopen(replies[0], "rb", buffering=0)

    def __enter__(self):
        message, _ = self._ask({"load": self.model.format}, blob=self.model.content, seconds=PATIENCE)
        if "refused" in message:
            raise answers.refusal(message["refused"], message["params"])
        self.description = answers.description(message)
        assert all(self.description.locks.values())
        return self

    def close(self):
        """End the process."""
        self._replies.close()
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        try:
            self._requests.close()
        except BrokenPipeError:
            return

    def _ask(self, message, arrays=None, *, seconds, blob=b""):
        try:
            frames.write(self._requests, message, arrays, blob)
            if not select.select([self._replies], [], [], PATIENCE)[0]:
                raise ModelError("model_timeout", seconds=PATIENCE)
            found, arrays, _ = frames.read(self._replies, frames.MAXIMUM_ANSWER)
        except (OSError, EOFError, frames.BrokenFrame) as error:
            raise ModelError("model_died") from error
        return found, arrays


def damaged(content, chance):
    """A mutant: bytes as ever, or a graph that parses and says something absurd."""
    from onnx import ModelProto

    kind = chance.choice(KINDS)
    if kind == "bytes":
        return mutated(content, chance)
    model = ModelProto()
    model.ParseFromString(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change(model.graph, kind, chance)
    return model.SerializeToString()


def _change(graph, kind, chance):
    node = chance.choice(graph.node)
    if kind == "resized":
        tensor = chance.choice(graph.initializer)
        tensor.dims[chance.randrange(len(tensor.dims))] = chance.choice((0, 1, -1, 7, 1 << 20, 1 << 40))
    elif kind == "renamed":
        node.op_type = chance.choice(("Relu", "Conv", "Concat", "Flatten", "Shape", "Softmax", "Identity", "Transpose"))
    elif kind == "sized":
        dim = chance.choice(chance.choice((graph.input[0], graph.output[0])).type.tensor_type.shape.dim)
        dim.dim_value = chance.choice((0, 1, -1, -(1 << 40), 2, 5, 4096, 1 << 31, 1 << 40))
    else:
        _insert(graph, node, chance)


def _insert(graph, node, chance):
    """A layer in between whose output is huge, empty, NaN or of other axes."""
    from onnx import helper, numpy_helper

    place = list(graph.node).index(node)
    inner, name = f"inner{place}_{chance.randrange(1 << 30)}", node.output[0]
    values = {
        "Tile": [chance.choice((1, 0, 3, 4096)), 1, chance.choice((1, 0, 64, 4096)), 1],
        "Reshape": chance.choice(([0, -1], [-1, 1, 1, 1], [1, -1, 0, 1], [-1])),
        "Expand": [chance.choice((1, 1 << 10)), 1, 1, chance.choice((1, 1 << 20))],
        "Resize": None, "Div": None, "MaxPool": None,
    }  # fmt: skip
    kind = chance.choice(tuple(values))
    extra = []
    if values[kind] is not None:
        graph.initializer.append(numpy_helper.from_array(np.array(values[kind], np.int64), f"{inner}_s"))
        extra = [f"{inner}_s"]
    elif kind == "Resize":
        scale = chance.choice((0.01, 2.0, 500.0))
        graph.initializer.append(numpy_helper.from_array(np.array([1, 1, scale, scale], np.float32), f"{inner}_s"))
        extra = ["", f"{inner}_s"]
    elif kind == "Div":
        graph.initializer.append(numpy_helper.from_array(np.zeros(1, np.float32), f"{inner}_s"))
        extra = [f"{inner}_s"]
    side = {"kernel_shape": [chance.choice((2, 31, 1 << 20))] * 2} if kind == "MaxPool" else {}
    node.output[0] = inner
    graph.node.insert(place + 1, helper.make_node(kind, [inner, *extra], [name], **side))


BROKEN = (
    ("activations", {}), ("activations", {"tensor": ["x"]}), ("layers", 5), (["layers"], {}), ("", {}),
    ("gradients", {"tensor": 1, "number": "x", "output": None}),
)  # fmt: skip


def asked(format, content, chance):
    """How often every ask of one mutant was answered, or with which code it was not; keys are "ask code"."""
    found = Counter()

    def attempt(name, ask):
        try:
            answer = ask()
        except RunClinicError as error:
            found[f"{name} {error.code}"] += 1
            return None
        found[f"{name} answered"] += 1
        return answer

    try:
        with Forked(Model(format=format, content=content)) as forked:
            _everything(ImageNetwork(forked, guess(forked.description)), forked, attempt, chance)
    except RunClinicError as error:
        found[f"load {error.code}"] += 1
    return found


def _everything(network, forked, attempt, chance):
    given = network.given
    generator = np.random.default_rng(0)
    pictures = generator.normal(size=(3, given.height, given.width, given.channels)).astype(np.float32)
    pictures[2, : given.height // 2] = chance.choice((np.nan, np.inf, 0.0))
    pixels = generator.integers(0, 256, (given.height, given.width, 3), dtype=np.uint8)
    attempt("predict", lambda: [network.probabilities(some) for some in (pictures, pictures[:1])])
    attempt("agreement", lambda: best_scaling(network, [pixels] * 2, np.array([0, 2]), 3))
    names = [layer.tensor for layer in attempt("layers", network.layers) or ()]
    for tensor in (*chance.sample(names, min(2, len(names))), *names[-1:], "nowhere", "/etc/passwd", "\x00" * 300):
        _one_layer(network, tensor, pictures[chance.randrange(3)], attempt, chance)
    for method in METHODS:
        way = Way(method=method, layer=(names or ["nowhere"])[-1], channels=4, patch=given.width // 2 + 1)
        attempt(method, lambda way=way: explain(network, pixels, way, chance.choice((0, 2, None)), ("", "")))
    for ask, options in BROKEN:
        attempt("malformed", lambda a=ask, o=options: forked._answered(a, {}, o))


def _one_layer(network, tensor, image, attempt, chance):
    attempt("activations", lambda: network.activations(image, tensor))
    attempt("features", lambda: feature_maps(network, image, tensor))
    attempt("gradients", lambda: network.gradient_map(image, tensor, chance.choice((0, 1, 999, 1 << 40))))


def main(format, folder, count, seed):
    """Ask the whole network, the files of a folder, and networks damaged so often, each in a process of its own."""
    loaders.prepare(format)
    np.seterr(all="ignore")
    content, chance = planted.FILE.read_bytes(), random.Random(int(seed))
    before = len(list(Path("/proc/self/fd").iterdir()))
    whole = asked(format, content, random.Random(0))
    named = {file.name: asked(format, file.read_bytes(), random.Random(0)) for file in Path(folder).iterdir()}
    found = sum((asked(format, damaged(content, chance), chance) for _ in range(int(count))), Counter())
    handles = len(list(Path("/proc/self/fd").iterdir())) - before
    print(json.dumps({
        "codes": found, "whole": whole, "named": named, "handles": handles,
        "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
        "own": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
