"""How much the thresholds owe to the runs they were chosen on.

For each family of tasks the thresholds are chosen again on all other families, from grids that do not depend on the
shipped values, and the family is scored with them. The search is coordinate-wise from the middle of each grid; of
equally good values the one in the middle of the plateau is taken.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.diagnosis import reliability, scorer
from diagnostics import read, sources
from diagnostics.report.as_json import to_dict
from diagnostics.report.diagnosis import report_of, subject_of
from diagnostics.rules import examine, rules
from diagnostics.rules.curves import steadiness
from diagnostics.signals import Inputs
from diagnostics.types import Subject

# (rule, threshold) -> grid of values, a factor of about 1.5 apart.
GRIDS: Mapping[tuple[str, str], tuple[float, ...]] = {
    ("overfitting", "RISE"): (0.027, 0.04, 0.06, 0.09, 0.135, 0.2, 0.3),
    ("overfitting", "SHARE"): (0.005, 0.01, 0.0175, 0.025, 0.04, 0.06, 0.1),
    ("overfitting", "SCORE"): (1.5, 2.5, 3.5, 5.0, 7.0),
    ("generalization_gap", "BEHIND"): (0.1, 0.15, 0.2, 0.28, 0.4, 0.55),
    ("underfitting", "LEVEL"): (0.3, 0.4, 0.55, 0.65, 0.8),
    ("underfitting", "SKILL"): (0.4, 0.5, 0.6, 0.7, 0.8),
    ("stuck_at_chance", "LEARNED"): (0.015, 0.025, 0.04, 0.055, 0.08, 0.12),
    ("slow_training", "LEVEL"): (0.35, 0.45, 0.6, 0.75, 0.85),
    ("still_improving", "LATE"): (0.003, 0.005, 0.01, 0.02, 0.04),
    ("validation_easier", "AHEAD"): (0.05, 0.1, 0.15, 0.2, 0.3),
    ("unstable_training", "CLIMB"): (0.07, 0.1, 0.2, 0.3, 0.5),
    ("unstable_training", "SWING"): (0.007, 0.012, 0.02, 0.03, 0.05),
    ("unstable_training", "HELD_OUT_SWING"): (0.015, 0.025, 0.04, 0.06, 0.1),
    ("loss_metric_mismatch", "SHORT"): (0.1, 0.2, 0.3, 0.4, 0.5),
    ("loss_metric_mismatch", "GAIN"): (0.15, 0.25, 0.4, 0.55, 0.7),
    ("steadiness", "LEVELLING"): (0.4, 0.5, 0.62, 0.75, 0.9),
}
Thresholds = dict[tuple[str, str], float]


def _holder(name: str) -> Any:
    if name == "steadiness":
        return steadiness
    return next(rule for rule in rules("run") if rule.id == name)


@contextmanager
def using(thresholds: Mapping[tuple[str, str], float]) -> Iterator[None]:
    """Judge with other thresholds than the shipped ones."""
    before = {key: getattr(_holder(key[0]), key[1]) for key in thresholds}
    try:
        for (name, attribute), value in thresholds.items():
            setattr(_holder(name), attribute, value)
        yield
    finally:
        for (name, attribute), value in before.items():
            setattr(_holder(name), attribute, value)


class Bench:
    """The benchmark's runs, read and measured once; judged as often as needed."""

    def __init__(self, folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
        self.folder, self.score = folder, scorer(folder)
        self.rows = [row for row in rows if row["expected"] is not None]
        self.subjects: dict[str, list[tuple[Subject, Inputs]]] = {}
        for row in self.rows:
            found = read(sources([folder / row["file"]])).runs
            self.subjects[row["file"]] = [(subject_of(run), Inputs(run=run)) for run in found]

    def answers(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[dict[str, Any], float, None]]:
        """Answers of some rows, with the thresholds as they are now."""
        out = {}
        for row in rows:
            pairs = self.subjects[row["file"]]
            outcomes = [o for subject, inputs in pairs for o in examine(subject, inputs)]
            out[row["file"]] = (to_dict(report_of([s for s, _ in pairs], outcomes)), 0.0, None)
        return out

    def macro_f1(self, rows: Sequence[Mapping[str, Any]], answers: Mapping[str, Any] | None = None) -> float:
        """Macro-F1 over the ids that the rows expect."""
        result = self.score.score(rows, answers or self.answers(rows), str(self.folder))
        return float(result["macro_f1"].get("runs", 1.0))

    def choose(self, rows: Sequence[Mapping[str, Any]], rounds: int = 2) -> Thresholds:
        """Thresholds that do best on some rows."""
        chosen: Thresholds = {key: grid[len(grid) // 2] for key, grid in GRIDS.items()}
        for _ in range(rounds):
            for key, grid in GRIDS.items():
                scores = []
                for value in grid:
                    with using({**chosen, key: value}):
                        scores.append(round(self.macro_f1(rows), 6))
                best = [i for i, s in enumerate(scores) if s == max(scores)]
                chosen[key] = grid[best[len(best) // 2]]
        return chosen


def print_table(folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print, for each family, macro-F1 with the shipped thresholds and with those chosen without it."""
    bench = Bench(folder, rows)
    families = defaultdict(list)
    for row in bench.rows:
        families[row["truth"]["family"]].append(row)
    shipped = bench.answers(bench.rows)
    pooled: dict[str, Any] = {}
    print(f"\n{'family left out':20s} {'runs':>4s}  {'shipped':>7s}  {'without':>7s}")
    for family, members in sorted(families.items()):
        others = [row for row in bench.rows if row["truth"]["family"] != family]
        with using(bench.choose(others)):
            answers = bench.answers(members)
        pooled.update(answers)
        own = {row["file"]: shipped[row["file"]] for row in members}
        before, after = bench.macro_f1(members, own), bench.macro_f1(members, answers)
        print(f"{family:20s} {len(members):4d}  {before:7.3f}  {after:7.3f}")
    print(f"{'all, pooled':20s} {len(bench.rows):4d}  {bench.macro_f1(bench.rows, shipped):7.3f}  "
          f"{bench.macro_f1(bench.rows, pooled):7.3f}")  # fmt: skip
    alarms = [bench.score.score(bench.rows, a, str(folder))["false_alarm_rate"]["healthy"] for a in (shipped, pooled)]
    print("false alarms on healthy runs:", json.dumps(alarms))
    print("reliability with thresholds chosen without the family:")
    for name, n, mean, right in reliability(bench.rows, pooled):
        print(f"{name:11s} {n:3d}  {mean:.2f}   {right:.2f}")
