"""How well run logs are diagnosed: the benchmark in one process, public logs, reliability, families left out.

    python benchmarks/diagnosis.py [--shared DIR] [--leave-out] [--answers FILE]

Reads `DIR/bench` (labels, runs, score.py) and `DIR/realdata` (INDEX.csv with labels); DIR is `../shared` by default.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from diagnostics import diagnose, read, sources  # noqa: E402
from diagnostics.report.as_json import to_dict  # noqa: E402
from diagnostics.types import Report, Status  # noqa: E402

# Which findings agree with a label that a person gave a public log after looking at its curves.
AGREES: Mapping[str, frozenset[str]] = {
    "healthy": frozenset({"healthy_run", "still_improving", "validation_easier"}),
    "overfitting": frozenset({"overfitting", "generalization_gap"}),
    "underfitting": frozenset({"underfitting", "stuck_at_chance"}),
    "plateau": frozenset({"underfitting", "stuck_at_chance", "healthy_run"}),
    "slow": frozenset({"slow_training", "still_improving"}),
    "divergence": frozenset({"unstable_training", "nonfinite_loss"}),
    "nan": frozenset({"nonfinite_loss"}),
    "oscillation": frozenset({"unstable_training"}),
    "loss_metric_mismatch": frozenset({"loss_metric_mismatch"}),
}
# What may be said of a log of one or two rows.
OF_SHORT_LOGS = frozenset({"restarted_log", "nonfinite_loss"})
BINS = (0.0, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.01)


def scorer(bench: Path) -> ModuleType:
    """The benchmark's own score.py, imported from where it is."""
    spec = importlib.util.spec_from_file_location("bench_score", bench / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labels(bench: Path) -> list[dict[str, Any]]:
    """The rows of labels.jsonl about run logs."""
    rows = map(json.loads, (bench / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["part"] == "runs"]


def answer(path: Path) -> tuple[dict[str, Any], float, None]:
    """The JSON report of one file and the seconds it took, as score.py wants them."""
    start = time.perf_counter()
    result = read(sources([path]))
    report = to_dict(diagnose(result.runs, result.predictions), failures=result.failures)
    return report, time.perf_counter() - start, None


def reliability(rows: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[tuple[str, int, float, float]]:
    """Confidence against how often a finding was right, in bins: (bin, n, mean confidence, share right)."""
    pairs: list[tuple[float, bool]] = []
    known = {"checkpoint_missed", "vanishing_gradients", "exploding_gradients"}
    for row in rows:
        if row["expected"] is None:
            continue
        right = {*row["expected"], *row["acceptable"]}
        found = answers[row["file"]][0]["findings"]
        pairs += [(f["confidence"], f["id"] in right) for f in found if f["id"] not in known]
    out = []
    for low, high in pairwise(BINS):
        inside = [(c, r) for c, r in pairs if low <= c < high]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            out.append((f"{low:.2f}-{min(high, 1):.2f}", len(inside), mean, sum(r for _, r in inside) / len(inside)))
    return out


def agrees(label: str, report: Report) -> bool:
    """Whether a report agrees with at least one of the labels of a public log ("overfitting;plateau")."""
    ids = {f.id for f in report.findings}
    names = label.split(";")
    if "too_short" in names:
        return not ids - OF_SHORT_LOGS
    if any(o.reason == "reinforcement_run" for o in report.outcomes):
        # Train and validation rules have nothing to say there, and must say so.
        return not ids
    return any(ids & AGREES[name] for name in names)


def public_logs(realdata: Path) -> Iterable[tuple[dict[str, str], bool, Report | None]]:
    """Every labelled public log: its INDEX row, whether the report agrees, and the report (None: not read)."""
    with (realdata / "INDEX.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row.get("label")]
    for row in rows:
        result = read(sources([realdata / row["file"]]))
        report = diagnose(result.runs) if result.runs else None
        yield row, report is not None and agrees(row["label"], report), report


def print_public(realdata: Path) -> None:
    """The agreement with people's labels, per label, and every disagreement."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row, good, report in public_logs(realdata):
        total[row["label"]] += 1
        right[row["label"]] += good
        if not good:
            ids = sorted({f.id for f in report.findings}) if report is not None else "not read"
            skipped = Counter(o.reason for o in report.outcomes if o.status is Status.SKIPPED) if report else {}
            print(f"  {row['file']}: {row['label']} but {ids} {dict(skipped)}")
    for label in sorted(total):
        print(f"  {label:36s} {right[label]:3d} of {total[label]:3d}")
    print(f"public logs: {sum(right.values())} of {sum(total.values())} agree")


def main() -> None:
    """Run the benchmark and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--leave-out", action="store_true", help="also choose thresholds without each family in turn")
    parser.add_argument("--answers", type=Path, help="keep the answers for forbidden.py")
    options = parser.parse_args()
    bench = options.shared / "bench"
    rows = labels(bench)
    answers = {row["file"]: answer(bench / row["file"]) for row in rows}
    score = scorer(bench)
    score.show(score.score(rows, answers, str(bench)), True)
    print("\nconfidence   n   mean  right")
    for name, n, mean, right in reliability(rows, answers):
        print(f"{name:11s} {n:3d}  {mean:.2f}   {right:.2f}")
    if options.answers:
        lines = [json.dumps({"file": f, "out": a[0], "seconds": a[1], "error": a[2]}) for f, a in answers.items()]
        options.answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print()
    print_public(options.shared / "realdata")
    if options.leave_out:
        from benchmarks.leave_one_out import print_table

        print_table(bench, rows)


if __name__ == "__main__":
    main()
