"""Real prediction files: roles right without help, or a question; facts checked by hand against the files."""

from pathlib import Path

import pytest

from diagnostics.exceptions import NotALog
from diagnostics.readers import scratch
from diagnostics.readers.predictions import read
from diagnostics.readers.source import Source
from diagnostics.types import Task

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "realdata"
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="no folder of real files beside the repository")

# file -> (task, truth, predicted, score, id, sets)
EXPECTED = {
    "pred_csv_metadata/dssg__aequitas__1.csv": (Task.BINARY, "label_value", "score", None, "entity_id", 1),
    "pred_csv_metadata/dssg__aequitas__2.csv": (Task.BINARY, "label_value", "score", None, None, 1),
    "pred_csv_metadata/dssg__aequitas__3.csv": (Task.BINARY, "label_value", "score", None, None, 5),
    "pred_csv_metadata/dssg__aequitas__4.csv": (Task.BINARY, "label_value", "score", None, "entity_id", 1),
    "pred_csv_metadata/dssg__aequitas__5.csv": (Task.BINARY, "label_value", "score", None, None, 2),
    "pred_csv_metadata/hayden-farquhar__PanRareWSI__1.csv": (Task.BINARY, "y_true", None, "oof_proba", None, 1),
    "pred_csv_metadata/kazhili8__predict_yolo_batch_size__1.csv": (
        Task.REGRESSION, "true_score", "pred_score", None, "json_file", 1,
    ),
    "pred_csv_metadata/kazhili8__predict_yolo_batch_size__3.csv": (
        Task.REGRESSION, "true_score", "pred_score", None, "json_file", 1,
    ),
}  # fmt: skip

# file -> questions that must be asked
ASKED = {
    "pred_csv_metadata/dssg__aequitas__6.csv": {"truth", "score"},
    "pred_csv_metadata/dssg__aequitas__3.csv": {"stacked"},
    "pred_csv_metadata/hayden-farquhar__PanRareWSI__1.csv": {"stacked"},
    "pred_csv_submission/krishmurjani__lora-agnews-classification__2.csv": {"truth_or_predicted"},
    "pred_csv_submission/AidanColvin__Medical-Image-Classification-PyTorch__2.csv": {"truth_or_predicted"},
    "pred_csv_submission/Wardat-ISU__DeepLocalize__2.csv": {"truth", "predicted"},
}


def load(name, tmp_path):
    with scratch.using(tmp_path):
        return read(Source(name=name, path=REAL / name))


@pytest.mark.parametrize("name", EXPECTED)
def test_roles_without_help(name, tmp_path):
    task, truth, predicted, score, id, count = EXPECTED[name]
    sets = load(name, tmp_path)
    assert len(sets) == count
    for found in sets:
        roles = found.roles
        assert (found.task, roles.truth, roles.predicted, roles.score, roles.id) == (task, truth, predicted, score, id)


@pytest.mark.parametrize("name", ASKED)
def test_what_is_unsure_is_asked(name, tmp_path):
    assert ASKED[name] <= {question.code for question in load(name, tmp_path)[0].questions}


def test_detection_results_are_named_and_refused(tmp_path):
    (name,) = (f"pred_coco_results/{p.name}" for p in (REAL / "pred_coco_results").iterdir())
    with pytest.raises(NotALog, match="coco_results"):
        load(name, tmp_path)
