"""Real logs: every series as another route (plain csv and json, columns assigned by hand) reads it."""

import json
import math
from pathlib import Path

import pytest

from diagnostics.exceptions import NotALog
from diagnostics.readers.assembly import assemble
from diagnostics.readers.draft import Draft
from diagnostics.readers.registry import read_file
from diagnostics.readers.source import Source
from tests.readers.logs import SHARED

REAL = SHARED / "realdata"
EXPECTED = json.loads((Path(__file__).parent / "expected" / "tables_and_json.json").read_text())

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="needs the collection of real logs beside the checkout")


def drafts(file):
    path = REAL / file
    return [d for d in read_file(Source(name=path.name, path=path))[1] if isinstance(d, Draft)]


def same(value, wanted):
    return math.isnan(value) if wanted is None else math.isclose(value, wanted, rel_tol=1e-9)


@pytest.mark.parametrize("file", EXPECTED)
def test_real_logs(file):
    expected = EXPECTED[file]
    found = assemble(drafts(file))
    curves = {c.source: c for c in found.curves}
    for source, metric, split, n, first, last in expected["series"]:
        curve = curves[source]
        assert metric in (None, curve.metric)
        assert split in (None, curve.split), source
        assert len(curve) == n and same(curve.value[0], first) and same(curve.value[-1], last), source
    assert len(found.segments) == expected["segments"]
    assert found.setting == expected.get("setting", "supervised")
    assert found.name == expected.get("name", found.name)
    if "last_step" in expected:
        assert found.curves[0].step[-1] == expected["last_step"]


def test_a_table_of_runs_is_a_run_a_row():
    found = drafts("wandb_runs_table_csv/tidiane-camaret__autoML_switch_opt__2.csv")
    assert len(found) == 119 and found[0].name == "noble-sweep-119" and found[-1].config["lr"] == 0.01


def test_numbers_without_a_header_are_asked_about():
    found = assemble(drafts("keras_csvlogger/Wardat-ISU__DeepLocalize__4.csv"))
    assert found.unplaced == ("column 2", "column 3", "column 4", "column 5") and len(found.curves[0]) == 5


@pytest.mark.parametrize(
    ("file", "code"),
    [("catboost_tsv/1M50RRY__dfdc-kaggle-solution__3.tsv", "seems_timing"),
     ("pred_coco_results/KaneLindsay__OrbitalObjectDetector__1.json", "coco_results"),
     ("pred_llm_samples_jsonl/adhikarinarayan__EM_phase_transition__2.jsonl", "no_curve")],
)  # fmt: skip
def test_files_that_are_no_logs_are_named(file, code):
    with pytest.raises(NotALog) as error:
        drafts(file)
    assert error.value.code.endswith(code) and error.value.remedy


def test_predictions_are_left_to_their_reader():
    for path in sorted(REAL.glob("pred_csv*/*.csv")):
        assert not [d for d in drafts(path.relative_to(REAL)) if isinstance(d, Draft)], path.name


BENCH = SHARED / "bench"


@pytest.mark.skipif(not BENCH.is_dir(), reason="needs the benchmark beside the checkout")
def test_restarts_of_the_benchmark_are_all_found_and_no_others():
    labels = [json.loads(line) for line in (BENCH / "labels.jsonl").read_text().splitlines()]
    wrong = []
    for label in labels:
        if label["part"] != "runs":
            continue
        path = BENCH / label["file"]
        found = assemble([d for d in read_file(Source(name=path.name, path=path))[1] if isinstance(d, Draft)])
        again = "restarted_log" in (label["expected"] or [])
        if (len(found.segments) > 1) != again or not found.curves or found.curves[0].metric != "loss":
            wrong.append(label["file"])
        if any(c.role == "metric" and c.split is None for c in found.curves) or found.unplaced:
            wrong.append(label["file"])
    assert not wrong
