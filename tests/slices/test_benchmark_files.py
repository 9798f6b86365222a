"""The slice part of the development benchmark, scored in process by its own scorer."""

import importlib.util
import json

import pytest

from diagnostics.readers.predictions import read
from diagnostics.readers.source import Source
from diagnostics.rules.slices.inconsistent_labels_slice import InconsistentLabelsSlice
from diagnostics.rules.slices.weak_slice import WeakSlice
from diagnostics.signals import Inputs
from diagnostics.types import Subject
from tests.slices.support import SHARED

BENCH = SHARED / "bench"
OWN = ("weak_slice", "inconsistent_labels_slice")


@pytest.mark.skipif(not BENCH.exists(), reason="the development benchmark is not beside the repository")
def test_planted_slices_are_first_and_clean_files_stay_quiet():
    spec = importlib.util.spec_from_file_location("bench_score", BENCH / "score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    labels = [json.loads(line) for line in (BENCH / "labels.jsonl").read_text().splitlines()]
    labels = [row for row in labels if row["part"] == "predictions"]
    clean = {row["file"] for row in labels if not row["expected"]}
    listed = 0
    results = {}
    for row in labels:
        path = BENCH / row["file"]
        row["expected"] = [i for i in row["expected"] if i in OWN]
        (predictions,) = read(Source(name=path.name, path=path))
        inputs = Inputs(predictions=predictions)
        who = Subject(kind="predictions", name=path.name)
        outcomes = [rule.run(who, inputs) for rule in (WeakSlice(), InconsistentLabelsSlice())]
        assert not [o for o in outcomes if o.status == "crashed"]
        slices = inputs.measured("found_slices") or inputs.get("found_slices")
        answer = {
            "findings": [{"id": f.id, "confidence": f.confidence} for o in outcomes for f in o.findings],
            "slices": [
                {"predicate": [{"column": c.column, "op": c.op, "value": c.value} for c in s.predicate]} for s in slices
            ],
        }
        listed += bool(slices) and row["file"] in clean
        results[row["file"]] = (answer, 0.0, None)
    report = scorer.score(labels, results, str(BENCH))
    for kind in OWN:
        assert report["slice_recall"][kind]["at_1"] >= 0.9
        assert report["per_id"][kind]["recall"] >= 0.9
    assert sum(report["per_id"][kind]["fp"] for kind in OWN) <= 2
    assert len(clean) == 15
    assert listed <= 1
