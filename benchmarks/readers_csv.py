"""Speed of the table readers beside pyarrow's own CSV reader, in the same run.

Run with ``python -m benchmarks.readers_csv [rows]``. Two cases: one Lightning log of 2 million sparse rows (limit:
three times pyarrow), and 100 Keras logs of 300 epochs (limit: well under a second in all).
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyarrow import csv as arrow_csv

from diagnostics.readers.assembly import assemble
from diagnostics.readers.draft import Draft
from diagnostics.readers.registry import read_file
from diagnostics.readers.source import Source
from diagnostics.types import Run

REPEATS = 3


def write_lightning(path: Path, rows: int) -> None:
    """A sparse log: training values on most rows, validation on every hundredth."""
    draw = random.Random(7)
    with path.open("w") as stream:
        stream.write("epoch,step,train_loss_step,train_loss_epoch,val_loss,val_acc,lr-Adam\n")
        for row in range(rows):
            epoch, loss = row // 100, 2 * math.exp(-row / rows) + draw.random() / 10
            if row % 100 == 99:
                stream.write(f"{epoch},{row},,{loss},{loss + 0.1},{draw.random()},\n")
            else:
                stream.write(f"{epoch},{row},{loss},,,,{0.001 * (1 - row / rows)}\n")


def write_keras(folder: Path, files: int, epochs: int) -> list[Path]:
    """Small dense logs."""
    draw = random.Random(11)
    paths = []
    for number in range(files):
        path = folder / f"run_{number}.csv"
        lines = [f"{e},{draw.random()},{draw.random()},{draw.random()},{draw.random()}" for e in range(epochs)]
        path.write_text("epoch,accuracy,loss,val_accuracy,val_loss\n" + "\n".join(lines) + "\n")
        paths.append(path)
    return paths


def read(path: Path) -> Run:
    """From file to run, as an upload is read."""
    drafts = read_file(Source(name=path.name, path=path))[1]
    return assemble([d for d in drafts if isinstance(d, Draft)])


def best(work: Callable[[], object]) -> float:
    """The quickest of some repeats, in seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Measure both cases and print the ratios."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        big = folder / "metrics.csv"
        write_lightning(big, rows)
        paths = write_keras(folder, 100, 300)
        read(paths[0])
        peer, ours = best(lambda: arrow_csv.read_csv(big)), best(lambda: read(big))
        print(f"Lightning CSV, {rows:,} rows, {big.stat().st_size / 1e6:.0f} MB")
        print(f"  pyarrow {peer:.2f} s   reader {ours:.2f} s   ratio {ours / peer:.2f} (limit 3)")
        peer = best(lambda: [arrow_csv.read_csv(p) for p in paths])
        ours = best(lambda: [read(p) for p in paths])
        print("100 Keras CSVs of 300 epochs")
        print(f"  pyarrow {peer:.2f} s   reader {ours:.2f} s   ratio {ours / peer:.2f}")


if __name__ == "__main__":
    main()
