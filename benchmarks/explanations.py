"""What an explanation costs beside the bare explainer: `python -m benchmarks.explanations [trees] [permutation]`.

Everything is measured in one process, first use apart, the best of `REPEATS`; each ratio is against a peer of the same
run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from diagnostics.explanations import binding as binding_module
from diagnostics.explanations import explaining, work
from diagnostics.explanations.binding import Binding
from diagnostics.explanations.jobs import Job
from diagnostics.explanations.known_rows import KnownRows
from diagnostics.explanations.sampling import Sample
from diagnostics.explanations.subject import ModelSubject
from diagnostics.explanations.warm import warm
from diagnostics.types import FloatArray

REPEATS = 5
ROWS, FEATURES, TREES = 1000, 20, 200
NAMES = tuple(f"feature_{i}" for i in range(FEATURES))


def table(rows: int) -> tuple[FloatArray, FloatArray]:
    """Twenty features of which six matter."""
    generator = np.random.default_rng(0)
    matrix = generator.normal(size=(rows, FEATURES))
    signal = matrix[:, 0] + matrix[:, 1] * matrix[:, 2] + np.sin(2 * matrix[:, 3]) + (matrix[:, 4] > 0) * matrix[:, 5]
    return matrix, (signal + generator.normal(0, 0.5, rows) > 0.3).astype(float)


def best(
    work_on: Callable[[], object], repeats: int = REPEATS, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds of the fastest repeat."""
    seconds = []
    for _ in range(repeats):
        started = clock()
        work_on()
        seconds.append(clock() - started)
    return min(seconds)


def told(name: str, seconds: float, against: float | None = None) -> None:
    """Print a row."""
    print(f"{name:62s} {seconds:8.3f} s" + ("" if against is None else f"   ratio {seconds / against:.2f}"))


class Timed(Job):
    """A job that notes when the first rows and when all were there."""

    def __init__(self) -> None:
        super().__init__()
        self.started = self.first = self.whole = 0.0

    def run(self, work_on: Callable[[Job], object]) -> None:
        """Do the work here and now."""
        self.started = time.perf_counter()
        work_on(self)
        self.whole = time.perf_counter() - self.started

    def tell(self, done: int, total: int, partial: object = None) -> None:
        """Note the first rows."""
        if done and not self.first:
            self.first = time.perf_counter() - self.started
        super().tell(done, total, partial)


def trees() -> None:
    """LightGBM, 1,000 rows x 20 features: what the page does for its numbers against bare TreeExplainer."""
    import lightgbm
    import shap

    matrix, target = table(4000)
    rows = matrix[:ROWS]
    model = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(matrix, target), TREES
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "model.txt"
        place.write_text(model.model_to_string(), encoding="utf-8")
        score = model.predict(rows)
        sample = Sample(
            row=np.arange(ROWS), columns=dict(zip(NAMES, rows.T, strict=True)), truth=target[:ROWS],
            answer=(score > 0.5).astype(float), scores=np.asarray(score)[:, None], classes=("0", "1"), positive=1,
            total=ROWS,
        )  # fmt: skip
        binding = Binding(columns=NAMES, features=NAMES)
        subject = ModelSubject(path=place, format="lightgbm", digests=("m", "p"), binding=binding, sample=sample,
                               number=1)  # fmt: skip
        started = time.perf_counter()
        outcome = work.explain(Job(), subject)
        told("page, cold: process started, model loaded, all rows", time.perf_counter() - started)
        bare = best(lambda: shap.TreeExplainer(model).shap_values(rows))
        told("shap.TreeExplainer(model).shap_values(rows), bare", bare)
        told("page, warm, every row known", best(lambda: work.explain(Job(), subject)), bare)
        jobs = [Timed() for _ in range(REPEATS)]
        for job in jobs:
            binding_module.known_rows = KnownRows()  # nothing is known of an earlier repeat
            job.run(lambda job: work.explain(job, subject))
        told("page, warm: reproduction, 200 rows, all rows, gap", min(job.whole for job in jobs), bare)
        told("page, warm: the first 200 rows are there", min(job.first for job in jobs), bare)
        expected = np.asarray(shap.TreeExplainer(model).shap_values(rows))
        assert outcome.explained is not None
        print(f"largest difference from shap: {np.abs(outcome.explained.attribution.values - expected).max():.1e}")
    warm.close()


def permutation() -> None:
    """Permutation SHAP of a forest against the bare cost of the same calls of the model, in processor time."""
    from sklearn.ensemble import RandomForestClassifier

    matrix, target = table(2000)
    rows = matrix[:50]
    for name, model in (
        ("forest of 100", RandomForestClassifier(100, random_state=0, n_jobs=1).fit(matrix, target)),
        ("forest of 20", RandomForestClassifier(20, max_depth=8, random_state=0, n_jobs=1).fit(matrix, target)),
    ):
        calls: list[FloatArray] = []

        def predict(asked: FloatArray, model: RandomForestClassifier = model) -> FloatArray:
            answer: FloatArray = model.predict_proba(asked)[:, 1]
            return answer

        def recorded(asked: FloatArray, calls: list[FloatArray] = calls, ask: Callable = predict) -> FloatArray:
            calls.append(np.array(asked))
            return ask(asked)

        list(explaining.by_permutations(recorded, rows, NAMES))
        asked = sum(len(call) for call in calls)
        print(f"{name}: {len(calls)} calls with {asked:,} rows for {len(rows)} rows explained")
        bare = best(lambda calls=calls, ask=predict: [ask(call) for call in calls], 3, time.process_time)
        told("  the same calls, bare", bare)
        told(
            "  permutation SHAP with its check",
            best(lambda ask=predict: list(explaining.by_permutations(ask, rows, NAMES)), 3, time.process_time), bare,
        )  # fmt: skip


PARTS: dict[str, Callable[[], None]] = {"trees": trees, "permutation": permutation}

if __name__ == "__main__":
    for part in sys.argv[1:] or list(PARTS):
        PARTS[part]()
