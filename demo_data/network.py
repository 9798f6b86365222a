"""A small fully connected network in numpy: enough to train real runs that fail in known ways."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Network:
    """ReLU layers with a softmax or a linear output, trained by SGD with momentum or by Adam.

    Attributes
    ----------
    sizes : list of int
        Units of each layer, input and output included.
    regression : bool
        Linear output and half mean squared error instead of softmax and cross-entropy (nats).
    rate : float
        Learning rate.
    adam : bool
    decay : float
        L2 penalty on weights, part of the gradient but not of the reported loss.
    seed : int
    """

    sizes: list[int]
    regression: bool = False
    rate: float = 1e-3
    adam: bool = True
    decay: float = 0.0
    seed: int = 0
    gradient_norm: float = 0.0
    _steps: int = 0
    weights: list[Array] = field(default_factory=list)
    biases: list[Array] = field(default_factory=list)

    def __post_init__(self) -> None:
        generator = np.random.default_rng(self.seed)
        for fan_in, fan_out in zip(self.sizes, self.sizes[1:], strict=False):
            self.weights.append(generator.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)))
            self.biases.append(np.zeros(fan_out))
        self._first = [np.zeros_like(p) for p in (*self.weights, *self.biases)]
        self._second = [np.zeros_like(p) for p in (*self.weights, *self.biases)]

    def _forward(self, inputs: Array) -> list[Array]:
        outputs = [inputs]
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            value = outputs[-1] @ weight + bias
            outputs.append(value if number == len(self.weights) - 1 else np.maximum(value, 0))
        return outputs

    def predict(self, inputs: Array) -> Array:
        """Class probabilities of shape (n, classes), or values of shape (n,) for regression."""
        output = self._forward(inputs)[-1]
        if self.regression:
            return output[:, 0]
        shifted = np.exp(output - output.max(axis=1, keepdims=True))
        return shifted / shifted.sum(axis=1, keepdims=True)

    def loss(self, inputs: Array, target: Array) -> float:
        """Mean cross-entropy in nats, or half the mean squared error."""
        answer = self.predict(inputs)
        if self.regression:
            return float(np.mean((answer - target) ** 2) / 2)
        return float(-np.mean(np.log(np.maximum(answer[np.arange(len(target)), target.astype(int)], 1e-12))))

    def step(self, inputs: Array, target: Array) -> float:
        """Take one step of gradient descent on a batch; return the batch loss before the step."""
        outputs = self._forward(inputs)
        answer = self.predict(inputs)
        before = self.loss(inputs, target)
        if self.regression:
            error = (answer - target)[:, None] / len(target)
        else:
            error = answer.copy()
            error[np.arange(len(target)), target.astype(int)] -= 1
            error /= len(target)
        weight_gradients: list[Array] = []
        bias_gradients: list[Array] = []
        for number in reversed(range(len(self.weights))):
            weight_gradients.insert(0, outputs[number].T @ error + self.decay * self.weights[number])
            bias_gradients.insert(0, error.sum(axis=0))
            error = (error @ self.weights[number].T) * (outputs[number] > 0)
        gradients = [*weight_gradients, *bias_gradients]
        self.gradient_norm = float(np.sqrt(sum(np.sum(g**2) for g in gradients)))
        self._apply(gradients)
        return before

    def _apply(self, gradients: list[Array]) -> None:
        self._steps += 1
        for number, (parameter, gradient) in enumerate(zip((*self.weights, *self.biases), gradients, strict=True)):
            if self.adam:
                self._first[number] = 0.9 * self._first[number] + 0.1 * gradient
                self._second[number] = 0.999 * self._second[number] + 0.001 * gradient**2
                first = self._first[number] / (1 - 0.9**self._steps)
                second = self._second[number] / (1 - 0.999**self._steps)
                parameter -= self.rate * first / (np.sqrt(second) + 1e-8)
            else:
                self._first[number] = 0.9 * self._first[number] + gradient
                parameter -= self.rate * self._first[number]


@dataclass(frozen=True)
class Epoch:
    """What one epoch of training logs."""

    number: int
    step: int
    loss: float
    validation_loss: float
    metric: float
    validation_metric: float
    gradient_norm: float


def score(network: Network, inputs: Array, target: Array) -> float:
    """Accuracy, or mean absolute error for regression."""
    answer = network.predict(inputs)
    if network.regression:
        return float(np.mean(np.abs(answer - target)))
    return float(np.mean(answer.argmax(axis=1) == target))


def train(
    network: Network, data: tuple[Array, Array, Array, Array], *, epochs: int, batch: int, augment: float = 0.0
) -> list[Epoch]:
    """Train and log: training loss is the mean over the epoch's batches, validation is measured after the epoch.

    Parameters
    ----------
    network : Network
    data : tuple of arrays
        Training inputs and targets, validation inputs and targets.
    epochs, batch : int
    augment : float
        Standard deviation of noise added to the training inputs.
    """
    inputs, target, held_inputs, held_target = data
    generator = np.random.default_rng(network.seed + 1)
    log: list[Epoch] = []
    step = 0
    for number in range(epochs):
        order = generator.permutation(len(inputs))
        losses: list[float] = []
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            noise = generator.normal(0, augment, inputs[rows].shape) if augment else 0.0
            losses.append(network.step(inputs[rows] + noise, target[rows]))
            step += 1
        log.append(
            Epoch(
                number=number,
                step=step,
                loss=float(np.mean(losses)),
                validation_loss=network.loss(held_inputs, held_target),
                metric=score(network, inputs, target),
                validation_metric=score(network, held_inputs, held_target),
                gradient_norm=network.gradient_norm,
            )
        )
    return log
