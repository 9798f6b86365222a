"""Pictures whose class is decided by one small patch, and a network trained on them.

`python -m tests.support.planted` trains the network anew and writes `planted.onnx` beside this file.
"""

from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".onnx")
SIDE, PATCH = 32, 8
CLASSES = ("across", "down", "squares")
_PATTERNS = (
    np.kron(np.array([[1, 0] * 4]).T, np.ones((1, PATCH))),
    np.kron(np.array([[1, 0] * 4]), np.ones((PATCH, 1))),
    np.kron(np.indices((4, 4)).sum(axis=0) % 2, np.ones((2, 2))),
)


def pictures(count, seed):
    """Noise with one patch each: pixels (n, 32, 32, 3), class numbers (n,), upper left corners (n, 2)."""
    generator = np.random.default_rng(seed)
    target = generator.integers(0, len(CLASSES), count)
    pixels = np.clip(generator.normal(115, 30, (count, SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
    corners = generator.integers(0, SIDE - PATCH + 1, (count, 2))
    for picture, number, (row, column) in zip(pixels, target, corners, strict=True):
        picture[row : row + PATCH, column : column + PATCH] = (255 * _PATTERNS[number])[..., None]
    return pixels, target, corners


def inside(corner, place):
    """Whether a place lies in the patch with this corner."""
    return all(0 <= at - first < PATCH for at, first in zip(place, corner, strict=True))


def main():
    """Train until the loss is gone."""
    from demo_data.convolution import ConvolutionalNetwork

    network = ConvolutionalNetwork([3, 8, 16, 16], len(CLASSES), rate=4e-3, seed=1)
    pixels, target, _ = pictures(600, seed=0)
    generator = np.random.default_rng(1)
    for _ in range(12):
        order = generator.permutation(len(target))
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            network.step(pixels[part] / 255, target[part])
    FILE.write_bytes(network.to_onnx(SIDE, SIDE))


if __name__ == "__main__":
    main()
