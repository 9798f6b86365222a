"""Pointing game: how often the hottest place of a map lies in the patch that decides the class.

`python -m benchmarks.pointing [PICTURES]`; Grad-CAM needs the extra `vision`.
"""

from __future__ import annotations

import sys
import time

from diagnostics.explanations.images.explaining import METHODS, NEEDS_GRADIENTS, Way, explain
from diagnostics.explanations.images.network import default_layer, has_gradients, opened
from diagnostics.explanations.images.preparing import guess
from diagnostics.explanations.sandbox import Model, Worker
from diagnostics.metrics.intervals import wilson
from tests.support import planted


def main(count: int) -> None:
    """Print a table row for each method."""
    content = planted.FILE.read_bytes()
    with Worker(Model(format="onnx", content=content)) as worker:
        assert worker.description is not None
        given = guess(worker.description)
    pixels, _, corners = planted.pictures(count, seed=77)
    for method in METHODS:
        if method in NEEDS_GRADIENTS and not has_gradients():
            print(f"| {method} | not run: the extra vision is not installed | |")
            continue
        with opened(content, given, gradients=method in NEEDS_GRADIENTS) as network:
            layer = default_layer(network.layers())
            assert layer is not None
            way = Way(method=method, layer=layer.tensor)
            started, hits = time.perf_counter(), 0
            for picture, corner in zip(pixels, corners, strict=True):
                place = explain(network, picture, way, None, ("", "")).saliency.hottest
                hits += place is not None and planted.inside(corner, place)
            taken = (time.perf_counter() - started) / count
        low, high = wilson(hits, count) or (0.0, 1.0)
        print(f"| {method} | {hits / count:.3f} ({low:.3f} to {high:.3f}, n = {count}) | {1000 * taken:.0f} ms |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
