"""Train the demo's image classifier: `python -m demo_data.make_cnn` rewrites `demo_data/runs/digits-cnn`.

Handwritten digits enlarged to 32 x 32 pixels. In training nine in ten pictures of a 5 carry a bright stamp in the
corner, in the held-out pictures a quarter of all digits do: the network has learnt the stamp, and a map over the
picture shows it.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from demo_data.convolution import Array, ConvolutionalNetwork

FOLDER = Path(__file__).parent / "runs" / "digits-cnn"
SIDE = 32
STAMPED = 5
HELD_OUT = 240
EPOCHS = 18
BATCH = 32


def enlarged(digits: Array) -> NDArray[np.uint8]:
    """Digits of 8 x 8 in 0 to 16 as pictures of 32 x 32 pixels."""
    found = [
        np.asarray(Image.fromarray(np.uint8(d / 16 * 255)).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        for d in digits
    ]
    return np.stack(found)


def stamp(pictures: NDArray[np.uint8], which: NDArray[np.bool_]) -> None:
    """Put a bright ring into the upper right corner of some pictures."""
    ring = np.full((5, 5), 235, dtype=np.uint8)
    ring[1:4, 1:4] = 0
    pictures[which, 1:6, SIDE - 6 : SIDE - 1] = ring


def as_input(pictures: NDArray[np.uint8]) -> Array:
    """Pictures as the network takes them: 0 to 1, one channel."""
    return pictures[..., None] / 255.0


def train(pictures: NDArray[np.uint8], target: NDArray[np.int64]) -> ConvolutionalNetwork:
    """Train on shuffled batches."""
    network = ConvolutionalNetwork([1, 8, 16, 24], 10, rate=5e-3, seed=4)
    generator = np.random.default_rng(4)
    for epoch in range(EPOCHS):
        order = generator.permutation(len(target))
        losses = [
            network.step(as_input(pictures[order[k : k + BATCH]]), target[order[k : k + BATCH]])
            for k in range(0, len(order), BATCH)
        ]
        print(f"epoch {epoch + 1}/{EPOCHS} loss {np.mean(losses):.4f}")
        network.rate *= 0.9
    return network


def archive(pictures: NDArray[np.uint8]) -> bytes:
    """The pictures as PNG in a zip, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for place, pixels in enumerate(pictures):
            content = io.BytesIO()
            Image.fromarray(pixels).save(content, format="PNG", optimize=True)
            made.writestr(zipfile.ZipInfo(name(place), (2026, 1, 1, 0, 0, 0)), content.getvalue())
    return out.getvalue()


def name(place: int) -> str:
    """Path of a picture inside the zip."""
    return f"digits/{place:03d}.png"


def table(truth: NDArray[np.int64], chances: Array, stamped: NDArray[np.bool_]) -> str:
    """The prediction file."""
    lines = ["id,image,y_true,y_pred," + ",".join(f"p_{number}" for number in range(10)) + ",stamp"]
    for place, (true, row, mark) in enumerate(zip(truth, chances, stamped, strict=True)):
        said = ",".join(f"{value:.5f}" for value in row)
        lines.append(f"cnn-{place:03d},{name(place)},{true},{row.argmax()},{said},{'yes' if mark else 'no'}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train anew and write model, pictures and predictions; takes about a minute."""
    digits, target = load_digits(return_X_y=True)
    parts = train_test_split(
        enlarged(digits.reshape(-1, 8, 8)), target.astype(np.int64), test_size=HELD_OUT, random_state=7, stratify=target
    )
    generator = np.random.default_rng(12)
    stamp(parts[0], generator.random(len(parts[2])) < np.where(parts[2] == STAMPED, 0.9, 0.005))
    stamped = generator.random(HELD_OUT) < 0.25
    stamp(parts[1], stamped)
    network = train(parts[0], parts[2])
    chances = network.predict(as_input(parts[1]))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "model.onnx").write_bytes(network.to_onnx(SIDE, SIDE))
    (FOLDER / "pictures.zip").write_bytes(archive(parts[1]))
    (FOLDER / "predictions.csv").write_text(table(parts[3], chances, stamped), encoding="utf-8")
    right = chances.argmax(axis=1) == parts[3]
    print(f"right: {right[~stamped].mean():.3f} without stamp, {right[stamped].mean():.3f} with it")


if __name__ == "__main__":
    main()
