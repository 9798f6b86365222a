"""The benchmark's own numbers, held: run logs with a known fault, and public logs that people looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import diagnosis
from diagnostics.rules.advice import forbidden_by

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
BENCH, REALDATA = SHARED / "bench", SHARED / "realdata"


@pytest.fixture(scope="module")
def judged():
    if not (BENCH / "labels.jsonl").exists():
        pytest.skip("the benchmark is not beside this checkout")
    rows = diagnosis.labels(BENCH)
    return rows, {row["file"]: diagnosis.answer(BENCH / row["file"]) for row in rows}


def test_macro_f1_and_false_alarms(judged):
    rows, answers = judged
    result = diagnosis.scorer(BENCH).score(rows, answers, str(BENCH))
    assert not result["errors"]
    assert result["macro_f1"]["runs"] >= 0.95
    assert result["false_alarm_rate"]["healthy"] * 26 <= 1
    assert result["exact_match"]["runs, clear"] >= 0.97


def test_no_file_is_given_an_action_that_its_cause_forbids(judged):
    rows, answers = judged
    for row in rows:
        found = [f for f in answers[row["file"]][0]["findings"] if f["severity"] in ("high", "medium")]
        actions = {action for f in found for action in f["actions"]}
        expected = row["expected"] or []
        wrong = actions if "healthy_run" in expected else actions & {a for e in expected for a in forbidden_by(e)}
        assert not wrong, (row["file"], expected, wrong)


def test_confidence_is_not_overstated(judged):
    for name, n, mean, right in diagnosis.reliability(*judged):
        assert n < 5 or right >= mean - 0.15, name


def test_public_logs_agree_with_what_people_saw():
    if not (REALDATA / "INDEX.csv").exists():
        pytest.skip("the public logs are not beside this checkout")
    good = [agree for _, agree, _ in diagnosis.public_logs(REALDATA)]
    assert len(good) >= 70
    assert sum(good) / len(good) >= 0.9
