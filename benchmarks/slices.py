"""The slice search: how often it cries wolf, what it finds, and how fast it is beside its peers, in one run.

Run with ``python -m benchmarks.slices [simulation] [areas] [peers] [growth] [memory]`` (all by default). Peers are the
`sliceline` package and fairlearn's `MetricFrame` (extra ``benchmarks``) and bare ``np.bincount``; where one is not
installed its line says so. Targets: at most 5 % of 300 noise files report a slice; a planted slice of 125 rows is found
in 85 %; 100k rows 200 times as fast as sliceline, level 1 500 times as fast as MetricFrame; 1M rows level 2 no slower
than bare counting of all pairs; memory under 1 GB at 1M rows; linear growth.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from diagnostics.slices.atoms import alone, combined
from diagnostics.slices.attributes import Attribute, Kind
from diagnostics.slices.counters import rows_of
from diagnostics.slices.outcome import Outcome, errors, losses
from diagnostics.slices.overview import overview
from diagnostics.slices.permutations import shortfalls
from diagnostics.slices.search import LEVEL, Search, default_min_size
from diagnostics.types import Predictions, Roles, SourceFile, Task

COLUMNS, VALUES = 20, 10
CHART = Path(__file__).parents[1] / "docs" / "images" / "slices-growth.svg"


def category(codes: np.ndarray, size: int, name: str) -> Attribute:
    """A column that is coded already."""
    return Attribute(
        name=name, kind=Kind.CATEGORY, codes=codes.astype(np.uint8), size=size, regular=size,
        values=tuple(range(size)), coarse=np.arange(size),
    )  # fmt: skip


def best(work: Callable[[], object], repeats: int = 3) -> float:
    """The quickest of some repeats, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


# ------------------------------------------------------------------ false alarms and power
def simulated(seed: int, kind: str, rows: int = 2000) -> tuple[Search, np.ndarray]:
    """A file of eight attributes with four values: 32 values, 448 pairs of them and 48 unions of two values."""
    random = np.random.default_rng(seed)
    common = random.integers(0, 4, rows)
    codes = [random.integers(0, 4, rows) for _ in range(8)]
    if "correlated" in kind:
        codes = [np.where(random.random(rows) < 0.6, common, c) for c in codes]
    target = (codes[0] == 0) & (codes[1] == 0)
    outcome: Outcome
    if "heavy tails" in kind:
        outcome = losses(np.abs(random.standard_t(1.5, rows)), "mae")
    elif "rare errors" in kind:
        outcome = errors(random.random(rows) < 0.02)
    elif "four labels" in kind:
        outcome = losses((random.random((rows, 4)) < 0.05).mean(axis=1), "label_accuracy")
    else:
        outcome = errors(random.random(rows) < np.where(target & ("planted" in kind), 0.35, 0.15))
    columns = [category(c, 4, f"a{i}") for i, c in enumerate(codes)]
    return Search(columns, outcome.scores, min_size=default_min_size(rows)), target


def simulation(files: int = 300) -> None:
    """Share of noise files with any slice, and of files whose planted slice is found."""
    print(f"\nsimulation, {files} files of 2,000 rows each")
    for kind in (
        "noise", "noise, correlated attributes", "noise, rare errors", "noise, four labels", "noise, heavy tails",
        "noise, heavy tails, correlated attributes",
    ):  # fmt: skip
        found = [simulated(seed, kind)[0].run() for seed in range(files)]
        alarms = sum(bool(f.groups) for f in found) / files
        print(f"  {kind:45s} {alarms:6.1%} report a slice   (tested {found[0].tested})")
    hits = first = 0
    for seed in range(files):
        engine, target = simulated(seed, "planted")
        masks = [rows_of(group.terms, engine.attributes) for group in engine.run().groups]
        same = [(mask & target).sum() >= 0.5 * (mask | target).sum() for mask in masks]
        hits += any(same)
        first += bool(same) and bool(same[0])
    name = "planted, 35 % against 15 % error, 125 rows"
    print(f"  {name:45s} {hits / files:6.1%} found, {first / files:.1%} as the first")


def areas(files: int = 100) -> None:
    """The same for ROC-AUC: 40 % positives, scores 1.2 deviations apart, useless in the planted slice."""
    print(f"\nsearch by ROC-AUC, {files} files of 2,000 rows each")
    target = ((0, (0,)), (1, (0,)))
    for kind in ("noise", "planted"):
        alarms = hits = 0
        for seed in range(files):
            engine, weak = simulated(seed, "noise")
            random = np.random.default_rng([seed, 1])
            positive = random.random(len(weak)) < 0.4
            score = np.where(weak & (kind == "planted"), 0.0, 1.2) * positive + random.normal(size=len(weak))
            found, _tested = shortfalls(
                engine.attributes, [alone(a) for a in engine.attributes], positive, score,
                combined=[combined(a) for a in engine.attributes], min_size=100, level=LEVEL,
            )  # fmt: skip
            alarms += bool(found)
            hits += any(one.terms == target for one in found)
        print(f"  {kind:45s} {alarms / files:6.1%} report a slice, {hits / files:.1%} the planted pair")


# ------------------------------------------------------------------ speed
def data(rows: int) -> tuple[list[Attribute], Outcome]:
    """Twenty columns of ten values; one pair of values is worse."""
    random = np.random.default_rng(0)
    codes = [random.integers(0, VALUES, rows).astype(np.uint8) for _ in range(COLUMNS)]
    wrong = random.random(rows) < np.where((codes[0] == 1) & (codes[1] == 2), 0.4, 0.15)
    return [category(c, VALUES, f"a{i}") for i, c in enumerate(codes)], errors(wrong)


def whole(columns: list[Attribute], outcome: Outcome, depth: int = 2) -> object:
    """The search as it is run: counts, tests, groups, refined edges."""
    return Search(columns, outcome.scores, min_size=100, depth=depth).run()


def first_level(columns: list[Attribute], outcome: Outcome) -> object:
    """Every value of every column: metric, difference and share of the loss, with intervals."""
    return [overview(c, outcome) for c in columns]


def counted(columns: list[Attribute], *, errors_too: np.ndarray | None = None) -> None:
    """Bare np.bincount over all pairs."""
    for a, b in combinations(columns, 2):
        key = a.codes.astype(np.int64) * VALUES + b.codes
        np.bincount(key, minlength=VALUES * VALUES)
        if errors_too is not None:
            np.bincount(key, weights=errors_too, minlength=VALUES * VALUES)


def peers(rows: int = 100_000) -> None:
    """The same data through sliceline and MetricFrame."""
    columns, outcome = data(rows)
    whole(columns, outcome)
    own, own_first = best(lambda: whole(columns, outcome)), best(lambda: first_level(columns, outcome))
    searched = best(lambda: whole(columns, outcome, depth=1))
    print(f"\npeers at {rows:,} rows, {COLUMNS} columns of {VALUES} values, {COLUMNS * (COLUMNS - 1) // 2} pairs")
    print(f"  search of one and two conditions  {own:8.3f} s")
    print(f"  search of single conditions       {searched:8.4f} s")
    print(f"  all values with intervals         {own_first:8.4f} s")
    table = np.column_stack([c.codes for c in columns])
    theirs = _sliceline(table, outcome.loss)
    print(f"  sliceline, two conditions         {_compared(theirs, own)}")
    theirs = _metric_frames(table, outcome.loss)
    print(f"  MetricFrame, values alone         {_compared(theirs, own_first)}")


def _compared(theirs: float | None, own: float) -> str:
    return "not installed" if theirs is None else f"{theirs:8.3f} s   {theirs / own:,.0f} times as long"


def _sliceline(table: np.ndarray, loss: np.ndarray) -> float | None:
    try:
        from sliceline.slicefinder import Slicefinder
    except ImportError:
        return None
    finder = Slicefinder(alpha=0.95, k=20, max_l=2, min_sup=100, verbose=False)
    return best(lambda: finder.fit(table, loss), repeats=1)


def _metric_frames(table: np.ndarray, loss: np.ndarray) -> float | None:
    try:
        from fairlearn.metrics import MetricFrame
        from sklearn.metrics import accuracy_score
    except ImportError:
        return None
    truth, answer = np.zeros(len(loss)), loss

    def frames() -> None:
        for column in range(table.shape[1]):
            frame = MetricFrame(
                metrics=accuracy_score, y_true=truth, y_pred=answer, sensitive_features=table[:, column]
            )
            frame.by_group  # noqa: B018

    return best(frames, repeats=1)


def growth(sizes: tuple[int, ...] = (10_000, 30_000, 100_000, 300_000, 1_000_000, 2_000_000, 5_000_000)) -> None:
    """Seconds by rows, drawn into docs/images; the last column should stay level."""
    print(
        f"\ngrowth, {COLUMNS} columns, {COLUMNS * (COLUMNS - 1) // 2} pairs (search: everything; counts: tables alone)"
    )
    heads = ("rows", "search", "counts", "bincount n", "bincount n, errors", "counts, ns a row")
    print("  {:>10s} {:>9s} {:>9s} {:>11s} {:>19s} {:>17s}".format(*heads))
    measured = []
    for rows in sizes:
        columns, outcome = data(rows)
        engine = Search(columns, outcome.scores, min_size=100)
        search, counts = best(lambda: whole(columns, outcome)), best(engine.tables)  # noqa: B023
        bare = best(lambda: counted(columns), repeats=2)  # noqa: B023
        both = best(lambda: counted(columns, errors_too=outcome.loss), repeats=2)  # noqa: B023
        print(f"  {rows:10,d} {search:8.3f}s {counts:8.3f}s {bare:10.3f}s {both:18.3f}s {counts / rows * 1e9:17,.0f}")
        measured.append((rows, search, counts, bare))
    draw(measured)


def draw(measured: list[tuple[int, float, float, float]]) -> None:
    """Seconds by rows on logarithmic axes beside a straight line of slope one."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        print("  no chart: matplotlib is not installed")
        return
    figure = Figure(figsize=(7.2, 4.5), layout="constrained")
    axes = figure.add_subplot()
    rows = np.array([m[0] for m in measured], dtype=float)
    lines = (("whole search", "#1f5fa8", "o"), ("its tables of counts", "#4f8f4f", "s"),
             ("np.bincount over all pairs, rows only", "#8a8a8a", "^"))  # fmt: skip
    for place, (name, colour, mark) in enumerate(lines, start=1):
        axes.plot(rows, [m[place] for m in measured], marker=mark, color=colour, label=name)
    axes.plot(rows, rows * measured[-1][1] / rows[-1], "--", color="#1f5fa8", alpha=0.6, label="linear")
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds", title="Slice search, 20 columns, 190 pairs")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(frameon=False)
    CHART.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(CHART, metadata={"Date": None})
    print(f"  drawn into {CHART.relative_to(CHART.parents[2])}")


def memory(rows: int = 1_000_000) -> None:
    """Largest resident sizes of fresh processes: the search of coded rows, and each way to look at a stored file."""
    code = f"from benchmarks.slices import data, whole, resident; whole(*data({rows})); print(resident())"
    print(f"\nmemory at {rows:,} rows: {_child(code)} MB for coded rows (data included)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        _child(f"from benchmarks.slices import stored; stored({str(path)!r}, {rows}, make=True); print(0)")
        for name, call in (
            ("search of one and two conditions", "survey(found)"), ("of three", "survey(found, depth=3)"),
            ("by ROC-AUC", "survey(found, 'roc_auc')"), ("tree", "tree(found)"),
        ):  # fmt: skip
            start = time.perf_counter()
            size = _child(
                "from benchmarks.slices import resident, stored\n"
                "from diagnostics.slices.surveying import survey, tree\n"
                f"found = stored({str(path)!r}, {rows}); {call}; print(resident())"
            )
            print(f"  stored file, {name:34s} {size} MB, {time.perf_counter() - start:.1f} s with the start of Python")


def _child(code: str) -> str:
    """What a fresh process prints: a number, with thousands marked."""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return f"{int(out):,}"


def stored(path: str, rows: int, *, make: bool = False) -> Predictions:
    """A binary set of ten texts and ten numbers with a score."""
    names = [f"c{i}" for i in range(10)] + [f"x{i}" for i in range(10)]
    if make:
        random = np.random.default_rng(0)
        columns = {f"c{i}": pa.array(random.integers(0, 10, rows)).cast(pa.string()) for i in range(10)}
        columns |= {f"x{i}": pa.array(random.normal(size=rows)) for i in range(10)}
        truth, wrong = random.integers(0, 2, rows), random.random(rows) < 0.15
        columns |= {"y": pa.array(truth), "p": pa.array(np.where(wrong, 1 - truth, truth))}
        columns |= {"s": pa.array(random.random(rows)), "__row__": pa.array(np.arange(rows))}
        parquet.write_table(pa.table(columns), path)
    roles = Roles(
        truth="y", predicted="p", score="s", score_kind="probability", positive="1", attributes=tuple(names)
    )  # fmt: skip
    return Predictions(
        name="rows", task=Task.BINARY, path=Path(path), roles=roles, n_rows=rows, classes=("0", "1"), digest="d" * 64,
        source=SourceFile(name="rows", format="parquet", digest="d", size=1),
    )  # fmt: skip


def resident() -> int:
    """Largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


PARTS: dict[str, Callable[[], None]] = {
    "simulation": simulation, "areas": areas, "peers": peers, "growth": growth, "memory": memory,
}  # fmt: skip


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
