"""The development benchmark, when it lies beside the repository: the figures of CHANGELOG must not get worse."""

import importlib.util
import json
from pathlib import Path

import pytest

from diagnostics.readers import scratch
from diagnostics.readers.predictions import read
from diagnostics.readers.source import Source
from diagnostics.report.as_json import plain
from tests.rules.predictions.sets import outcomes

BENCH = Path(__file__).resolve().parents[3].parent / "shared" / "bench"


@pytest.mark.skipif(not BENCH.exists(), reason="no benchmark beside the repository")
def test_development_part(tmp_path):
    spec = importlib.util.spec_from_file_location("bench_score", BENCH / "score.py")
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    labels = [json.loads(line) for line in (BENCH / "labels.jsonl").read_text().splitlines()]
    labels = [row for row in labels if row["part"] == "predictions"]
    answers = {}
    for row in labels:
        with scratch.using(tmp_path):
            (found,) = read(Source(name=row["file"], path=BENCH / row["file"]))
        said = [f for o in outcomes(found).values() for f in o.findings if "slice" not in f.id]
        listed = [
            {"id": f.id, "subject": found.name, "confidence": f.confidence, "params": plain(f.params)} for f in said
        ]
        answers[row["file"]] = ({"findings": listed}, 0.0, None)
    report = judge.score(labels, answers, str(BENCH))
    ids = [i for i in judge.PRED_IDS if "slice" not in i]
    assert sum(report["per_id"][i]["f1"] for i in ids) / len(ids) >= 0.95
    assert report["false_alarm_rate"]["no_issue"] <= 1 / 15
    assert report["label_errors"]["precision_at_k"] >= 0.9
    assert report["outlier_rows"]["precision_at_k"] >= 0.95
