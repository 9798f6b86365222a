"""How soon the curves page is there: what is sent for 20 runs x 100,000 points, and 100 CSV logs end to end.

    python benchmarks/curves_page.py [--repeat N]

The peer of the first part is plotly alone: the same figure with every point. Best time of N repetitions.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import plotly.graph_objects as go  # noqa: E402

from diagnostics import diagnose, figures  # noqa: E402
from diagnostics.curves import Facet, View, facets, first_choice, places  # noqa: E402
from diagnostics.types import Axis, Curve, Report, Role, Run, Split  # noqa: E402

RUNS, POINTS = 20, 100_000
LOGS, EPOCHS = 100, 300
WORDS = figures.CurveWords(axis="step", splits={Split.TRAIN: "training", Split.VALIDATION: "validation"}, titles={})


def best(repeat: int, what: Callable[[], Any]) -> tuple[float, Any]:
    """Shortest time in seconds, and the last result."""
    times, result = [], None
    for _ in range(repeat):
        start = time.perf_counter()
        result = what()
        times.append(time.perf_counter() - start)
    return min(times), result


def long_runs() -> list[Run]:
    """Runs of noisy falling losses with a rare spike."""
    rng = np.random.default_rng(0)
    step = np.arange(POINTS, dtype=float)
    made = []
    for number in range(RUNS):
        curves = []
        for split in (Split.TRAIN, Split.VALIDATION):
            value = np.exp(-step / 20_000) + rng.normal(0, 0.05, POINTS)
            value[rng.integers(POINTS)] += 3
            curves.append(Curve(metric="loss", split=split, role=Role.LOSS, source="loss", value=value, step=step))
        made.append(Run(name=f"run {number}", curves=tuple(curves)))
    return made


def draw(runs: Sequence[Run], view: View) -> tuple[tuple[Facet, ...], str]:
    """Facets and the JSON that is sent."""
    found = facets(runs, view)
    return found, figures.curves(found, places(runs, (), view.axis), view, WORDS).to_json()


def plain(runs: Sequence[Run]) -> str:
    """Every point, as plotly sends it."""
    figure = go.Figure([{"x": c.step, "y": c.value, "mode": "lines"} for run in runs for c in run.curves])
    return str(figure.to_json())


def check(runs: Sequence[Run], found: Sequence[Facet], limit: int) -> None:
    """Stop where a curve exceeds the limit or has lost its lowest or highest point."""
    curves = {(run.name, curve.split): curve for run in runs for curve in run.curves}
    for trace in found[0].traces:
        whole = curves[trace.run, trace.split].value
        assert len(trace.x) <= limit, len(trace.x)
        assert (trace.value.min(), trace.value.max()) == (whole.min(), whole.max())


def tiny_run() -> Run:
    """A run of two points: drawing it once brings in plotly's own modules."""
    curve = Curve(
        metric="loss", split=Split.TRAIN, role=Role.LOSS, source="loss", value=np.ones(2), step=np.arange(2.0)
    )  # fmt: skip
    return Run(name="tiny", curves=(curve,))


def points_part(repeat: int) -> None:
    """Print the first table."""
    runs = long_runs()
    print(f"{RUNS} runs x 2 curves x {POINTS:,} points")
    seconds, text = best(1, lambda: plain(runs))
    print(f"  plotly, every point           {seconds:6.3f} s  {len(text) / 1e6:8.2f} MB")
    whole = View(axis=Axis.STEP, metrics=("loss",))
    views = {
        "first view": whole,
        "first view, smoothed": View(axis=Axis.STEP, metrics=("loss",), smoothing=0.9),
        "zoom to a tenth": View(axis=Axis.STEP, metrics=("loss",), window=(40_000, 50_000)),
        "zoom to 1,000 steps": View(axis=Axis.STEP, metrics=("loss",), window=(40_000, 41_000)),
        "logarithmic steps": View(axis=Axis.STEP, metrics=("loss",), log_x=True),
    }
    for name, view in views.items():
        seconds, (found, text) = best(repeat, lambda view=view: draw(runs, view))
        most = max(len(trace.x) for trace in found[0].traces)
        print(f"  {name:<29} {seconds:6.3f} s  {len(text) / 1e6:8.2f} MB  at most {most:,} points a curve")
        assert most <= view.limit
    check(runs, facets(runs, whole), whole.limit)
    one = facets(runs[:1], whole)
    check(runs[:1], one, whole.limit)
    print(f"  one run alone                 {len(one[0].traces[0].x):,} points a curve; every extreme kept")


def write_logs(folder: Path) -> list[tuple[str, bytes]]:
    """Keras CSV logs of different courses."""
    rng = np.random.default_rng(1)
    epoch = np.arange(EPOCHS)
    files = []
    for number in range(LOGS):
        loss = 2.3 * np.exp(-epoch / (20 + number)) + rng.normal(0, 0.01, EPOCHS) + 0.05
        validation = loss + 0.05 + 0.002 * (number % 4) * np.maximum(epoch - 80, 0)
        rows = [
            f"{e},{1 - a / 3:.5f},{a:.5f},{1 - b / 3:.5f},{b:.5f}"
            for e, a, b in zip(epoch, loss, validation, strict=True)
        ]
        text = "\n".join(["epoch,accuracy,loss,val_accuracy,val_loss", *rows])
        files.append((f"run-{number:03d}/training.log.csv", text.encode()))
    return files


def logs_part() -> None:
    """Print the second table: the stages a reader waits for after an upload."""
    from diagnostics.workspace import Workspace

    print(f"{LOGS} Keras CSV logs x {EPOCHS} epochs")
    with tempfile.TemporaryDirectory() as home:
        files = write_logs(Path(home))
        workspace = Workspace.open(Path(home) / "home")
        project = workspace.create_project("Benchmark").id
        stages: dict[str, float] = {}

        def stage(name: str, what: Callable[[], Any]) -> Any:
            start = time.perf_counter()
            result = what()
            stages[name] = time.perf_counter() - start
            return result

        stage("imports", lambda: draw([tiny_run()], View(axis=Axis.STEP, metrics=("loss",))))
        ids = stage("store", lambda: [workspace.add_upload(project, name, content).id for name, content in files])
        stage("read", lambda: workspace.ingest(project, ids))
        entries = stage("list", lambda: workspace.runs(project))
        runs = stage("load", lambda: [workspace.run(entry.id) for entry in entries])
        report: Report = stage("diagnose", lambda: diagnose(runs=runs))
        view = View(axis=Axis.EPOCH, metrics=first_choice(runs))
        found = stage("facets", lambda: facets(runs, view))
        marks = places(runs, report.findings, view.axis)
        text = stage("figure", lambda: figures.curves(found, marks, view, WORDS).to_json())
        workspace.close()
    for name, seconds in stages.items():
        print(f"  {name:<10} {seconds:6.3f} s")
    shown = ("list", "load", "diagnose", "facets", "figure")
    print(f"  listed, diagnosed and drawn   {sum(stages[name] for name in shown):6.3f} s  (limit 3 s)")
    before = sum(stages[name] for name in ("store", "read"))
    print(f"  stored and read before that   {before:6.3f} s;  {len(text) / 1e6:.2f} MB sent")


def main() -> None:
    """Parse the command line and print both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    points_part(given.repeat)
    logs_part()


if __name__ == "__main__":
    main()
