"""Speed and memory of the prediction engine, each line against a named peer in the same run.

    python -m benchmarks.predictions [ROWS] [--folder DIR] [--evidently PYTHON] [--parquet FILE]

Prints one line a measurement: ours, the peer's, the ratio, and the target. Takes about two minutes at 1M rows.
`--evidently` names the Python of an environment with Evidently (see `evidently_peer.py`). `--parquet` measures time
and peak memory of reading that file and of the classification page, and nothing else.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from benchmarks.prediction_data import CLASSES, write_csv
from diagnostics import queries
from diagnostics.metrics import class_report, compute
from diagnostics.metrics.scores import sweep
from diagnostics.readers import scratch
from diagnostics.readers.predictions import read
from diagnostics.readers.source import Source
from diagnostics.types import Predictions

RUNS = 3


class Peak:
    """Largest resident memory of this process above its start, sampled every 10 ms."""

    def __enter__(self) -> Peak:
        self._process = psutil.Process()
        self._start = self.bytes = self._process.memory_info().rss
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self.bytes = max(self.bytes, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def megabytes(self) -> float:
        """Growth at the peak."""
        return (self.bytes - self._start) / 1e6


def best(call: Callable[[], object], runs: int = RUNS) -> float:
    """Shortest of some runs, in seconds: the machine may be busy."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def in_turns(ours: Callable[[], object], peer: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Shortest of some runs of two calls that take turns, so that other work on the machine meets both alike."""
    times = [(best(ours, 1), best(peer, 1)) for _ in range(runs)]
    return min(mine for mine, _ in times), min(theirs for _, theirs in times)


def line(name: str, ours: float, peer: float, target: str) -> None:
    """One result."""
    print(f"{name:42s} ours {ours:8.3f} s   peer {peer:8.3f} s   ratio {peer / ours:8.1f}   target {target}")


def upload(csv: Path, folder: Path) -> Predictions:
    """Upload to stored Parquet, against pyarrow reading the csv and writing Parquet."""

    def peer() -> None:
        parquet.write_table(arrow_csv.read_csv(csv), folder / "peer.parquet")

    def ours() -> None:
        with scratch.using(folder / "stored"):
            read(Source(name=csv.name, path=csv))

    with Peak() as peak:
        ours()
    mine, theirs = in_turns(ours, peer)
    line("csv to stored Parquet with roles", mine, theirs, "at least 0.5")
    print(f"{'':42s} peak memory {peak.megabytes:.0f} MB above the start, target 300 MB")
    with scratch.using(folder / "stored"):
        (found,) = read(Source(name=csv.name, path=csv))
    return found


def curves(found: Predictions) -> None:
    """All ROC, PR, AUC and AP one-vs-rest against scikit-learn on arrays in memory."""
    from sklearn import metrics as oracle

    table = parquet.read_table(found.path, columns=[found.roles.truth, *found.roles.probabilities.values()])
    truth = np.array([int(str(name)[6:]) for name in table.column(0).to_pylist()])
    scores = [np.asarray(table.column(i + 1).to_numpy()) for i in range(CLASSES)]
    exact: list[tuple[float, float]] = []

    def peer() -> None:
        exact.clear()
        for number, score in enumerate(scores):
            own = (truth == number).astype(int)
            oracle.roc_curve(own, score)
            oracle.precision_recall_curve(own, score)
            exact.append((oracle.roc_auc_score(own, score), oracle.average_precision_score(own, score)))

    ours: list[tuple[float, float]] = []

    def mine() -> None:
        ours.clear()
        for counted in queries.score_histograms(found).values():
            curve = sweep(counted)
            assert len(curve.recall) == len(curve.precision)
            auc, ap = compute("roc_auc", histogram=counted), compute("average_precision", histogram=counted)
            ours.append((auc.value or 0.0, ap.value or 0.0))

    line("ROC, PR, AUC, AP of 10 classes", best(mine), best(peer, 1), "at least 50")
    print(f"{'':42s} largest error {np.abs(np.array(ours) - np.array(exact)).max():.1e}, target 1e-4")


def confusion(found: Predictions) -> None:
    """Confusion matrix and report against scikit-learn."""
    from sklearn import metrics as oracle

    table = parquet.read_table(found.path, columns=[found.roles.truth, found.roles.predicted])
    truth, answer = (np.array(table.column(i).to_pylist()) for i in (0, 1))

    def peer() -> None:
        oracle.confusion_matrix(truth, answer)
        oracle.classification_report(truth, answer)

    line(
        "confusion and per-class report",
        best(lambda: class_report(queries.confusion(found))),
        best(peer, 1),
        "at least 30",
    )


def threshold(found: Predictions) -> None:
    """A threshold move from a cached histogram."""
    counted = queries.score_histogram(found, found.classes[0], exact=False)

    def move() -> None:
        curve = sweep(counted)
        place = curve.at(0.37)
        assert curve.f_beta()[place] >= 0

    took = best(move, 20)
    print(f"{'threshold move from a cached histogram':42s} ours {took * 1000:8.2f} ms   target under 10 ms")


def page(found: Predictions) -> float:
    """Everything the classification page shows; returns the seconds."""

    def numbers() -> None:
        class_report(queries.confusion(found))
        for counted in queries.score_histograms(found).values():
            compute("roc_auc", histogram=counted)
        compute("ece", calibration=queries.answer_calibration(found))
        queries.page(found, where=queries.cell(found, found.classes[0], found.classes[1]))

    with Peak() as peak:
        took = best(numbers)
    print(
        f"{'all numbers of the classification page':42s} ours {took:8.3f} s, peak {peak.megabytes:.0f} MB   target 3 s"
    )
    return took


def evidently(python: Path, csv: Path, ours: float) -> None:
    """The page against Evidently's preset, which gets its data in memory; ours reads the stored file each time."""
    peer = Path(__file__).with_name("evidently_peer.py")
    told = subprocess.run([python, peer, csv], capture_output=True, text=True, check=True).stdout.split()
    line("page against Evidently's preset", ours, float(told[-2]), "at least 30")
    print(f"{'':42s} Evidently's process peaks at {told[-1]} MB")


def large(file: Path, folder: Path) -> None:
    """Reading a large Parquet file and showing its page: seconds, and memory in the whole."""
    with scratch.using(folder / "stored"), Peak() as reading:
        start = time.perf_counter()
        (found,) = read(Source(name=file.name, path=file))
        took = time.perf_counter() - start
    print(f"{found.n_rows:,} rows, {file.stat().st_size / 1e6:.0f} MB Parquet")
    print(f"{'Parquet to stored Parquet with roles':42s} ours {took:8.3f} s, process at {reading.bytes / 1e6:.0f} MB")
    with Peak() as showing:
        page(found)
    print(f"{'':42s} process at {showing.bytes / 1e6:.0f} MB at most, target 1000 MB")


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "run-clinic-benchmark")
    parser.add_argument("--evidently", type=Path)
    parser.add_argument("--parquet", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.parquet:
        large(asked.parquet, asked.folder)
        return
    csv = write_csv(asked.folder / f"predictions-{asked.rows}.csv", asked.rows)
    print(f"{asked.rows:,} rows, {csv.stat().st_size / 1e6:.0f} MB csv")
    found = upload(csv, asked.folder)
    curves(found)
    confusion(found)
    threshold(found)
    took = page(found)
    if asked.evidently:
        evidently(asked.evidently, csv, took)


if __name__ == "__main__":
    main()
