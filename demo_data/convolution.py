"""A small convolutional network in numpy, enough to train real image classifiers for the demo and for tests.

3 x 3 convolutions, ReLU, max pooling, the mean over all places, one linear layer; it can be written as ONNX.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class ConvolutionalNetwork:
    """Convolutions of 3 x 3 with ReLU, each but the last followed by 2 x 2 max pooling; trained by Adam.

    Attributes
    ----------
    channels : list of int
        Of the picture, then of each convolution.
    classes : int
    rate : float
        Learning rate.
    decay : float
        L2 penalty on weights.
    seed : int
    """

    channels: list[int]
    classes: int
    rate: float = 2e-3
    decay: float = 1e-4
    seed: int = 0
    parameters: list[Array] = field(default_factory=list)
    _steps: int = 0

    def __post_init__(self) -> None:
        generator = np.random.default_rng(self.seed)
        for fan_in, fan_out in zip(self.channels, self.channels[1:], strict=False):
            self.parameters.append(generator.normal(0, np.sqrt(2 / (9 * fan_in)), (9 * fan_in, fan_out)))
            self.parameters.append(np.zeros(fan_out))
        self.parameters.append(generator.normal(0, np.sqrt(1 / self.channels[-1]), (self.channels[-1], self.classes)))
        self.parameters.append(np.zeros(self.classes))
        self._first = [np.zeros_like(p) for p in self.parameters]
        self._second = [np.zeros_like(p) for p in self.parameters]

    @property
    def depth(self) -> int:
        """Convolutions."""
        return len(self.channels) - 1

    def predict(self, images: Array) -> Array:
        """Class probabilities, shape (n, classes), of pictures (n, height, width, channels)."""
        return softmax(self._forward(images)[0])

    def step(self, images: Array, target: NDArray[np.int64]) -> float:
        """One step of Adam; the mean cross-entropy in nats before it."""
        scores, kept = self._forward(images)
        chances = softmax(scores)
        n = len(images)
        loss = -float(np.log(chances[np.arange(n), target] + 1e-12).mean())
        slope = chances.copy()
        slope[np.arange(n), target] -= 1
        self._update(self._backward(slope / n, kept))
        return loss

    def _forward(self, images: Array) -> tuple[Array, list[Any]]:
        kept: list[Any] = []
        value = images
        for number in range(self.depth):
            columns = patches(value)
            weight, bias = self.parameters[2 * number : 2 * number + 2]
            active = np.maximum(columns @ weight + bias, 0)
            if number < self.depth - 1:
                pooled, places = pool(active)
                kept.append((columns, active, places))
                value = pooled
            else:
                kept.append((columns, active, None))
                value = active
        mean = value.mean(axis=(1, 2))
        kept.append(mean)
        return mean @ self.parameters[-2] + self.parameters[-1], kept

    def _backward(self, slope: Array, kept: list[Any]) -> list[Array]:
        mean = kept[-1]
        found = [slope.sum(axis=0), mean.T @ slope]
        columns, active, _ = kept[-2]
        height, width = active.shape[1:3]
        flowing = np.broadcast_to((slope @ self.parameters[-2].T)[:, None, None, :] / (height * width), active.shape)
        for number in range(self.depth - 1, -1, -1):
            columns, active, places = kept[number]
            if places is not None:
                flowing = unpool(flowing, places, active.shape)
            flowing = flowing * (active > 0)
            flat = flowing.reshape(-1, flowing.shape[-1])
            found += [flat.sum(axis=0), columns.reshape(-1, columns.shape[-1]).T @ flat]
            if number:
                flowing = unpatched(flowing @ self.parameters[2 * number].T, self.channels[number])
        return found[::-1]

    def _update(self, slopes: list[Array]) -> None:
        self._steps += 1
        for place, (parameter, slope) in enumerate(zip(self.parameters, slopes, strict=True)):
            if parameter.ndim == 2:
                slope = slope + self.decay * parameter
            self._first[place] = 0.9 * self._first[place] + 0.1 * slope
            self._second[place] = 0.999 * self._second[place] + 0.001 * slope**2
            first = self._first[place] / (1 - 0.9**self._steps)
            second = self._second[place] / (1 - 0.999**self._steps)
            parameter -= self.rate * first / (np.sqrt(second) + 1e-8)

    def to_onnx(self, height: int, width: int) -> bytes:
        """The network as ONNX: input `image` (n, channels, height, width) in 0 to 1, output `probabilities`."""
        from onnx import TensorProto, helper, numpy_helper

        nodes, weights, value = [], {}, "image"
        for number in range(self.depth):
            kernel = self.parameters[2 * number].reshape(3, 3, self.channels[number], self.channels[number + 1])
            weights[f"conv{number + 1}.weight"] = kernel.transpose(3, 2, 0, 1)
            weights[f"conv{number + 1}.bias"] = self.parameters[2 * number + 1]
            name = f"conv{number + 1}"
            nodes.append(helper.make_node("Conv", [value, f"{name}.weight", f"{name}.bias"], [f"{name}_out"], name=name,
                                          kernel_shape=[3, 3], pads=[1, 1, 1, 1]))  # fmt: skip
            value = f"relu{number + 1}_out"
            nodes.append(helper.make_node("Relu", [f"{name}_out"], [value], name=f"relu{number + 1}"))
            if number < self.depth - 1:
                nodes.append(helper.make_node("MaxPool", [value], [f"pool{number + 1}_out"], name=f"pool{number + 1}",
                                              kernel_shape=[2, 2], strides=[2, 2]))  # fmt: skip
                value = f"pool{number + 1}_out"
        weights |= {"dense.weight": self.parameters[-2], "dense.bias": self.parameters[-1]}
        nodes += [
            helper.make_node("GlobalAveragePool", [value], ["mean"], name="mean"),
            helper.make_node("Flatten", ["mean"], ["flat"], name="flatten"),
            helper.make_node("Gemm", ["flat", "dense.weight", "dense.bias"], ["scores"], name="dense"),
            helper.make_node("Softmax", ["scores"], ["probabilities"], name="softmax", axis=1),
        ]
        graph = helper.make_graph(
            nodes, "network",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", self.channels[0], height, width])],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", self.classes])],
            [numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items()],
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        return bytes(model.SerializeToString())


def softmax(scores: Array) -> Array:
    """Row by row."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def patches(value: Array) -> Array:
    """The 3 x 3 neighbourhood of every place, zero at the border, shape (n, height, width, 9 * channels)."""
    n, height, width, channels = value.shape
    padded = np.pad(value, ((0, 0), (1, 1), (1, 1), (0, 0)))
    parts = [padded[:, y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.concatenate(parts, axis=-1).reshape(n, height, width, 9 * channels)


def unpatched(slope: Array, channels: int) -> Array:
    """What `patches` sends back."""
    n, height, width, _ = slope.shape
    padded = np.zeros((n, height + 2, width + 2, channels))
    for place in range(9):
        y, x = divmod(place, 3)
        padded[:, y : y + height, x : x + width] += slope[..., place * channels : (place + 1) * channels]
    return padded[:, 1:-1, 1:-1]


def pool(value: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The largest of each 2 x 2, and where it was (ties share)."""
    n, height, width, channels = value.shape
    parts = value.reshape(n, height // 2, 2, width // 2, 2, channels)
    found = parts.max(axis=(2, 4))
    return found, parts == found[:, :, None, :, None, :]


def unpool(slope: Array, places: NDArray[np.bool_], shape: tuple[int, ...]) -> Array:
    """What `pool` sends back."""
    shared = places / places.sum(axis=(2, 4), keepdims=True)
    return (shared * slope[:, :, None, :, None, :]).reshape(shape)
