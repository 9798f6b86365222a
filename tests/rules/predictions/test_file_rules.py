"""Findings about the file itself."""

import numpy as np
import pytest

from tests.rules.predictions.sets import classifier, columns_of, findings, softmax, stored


def test_missing_labels_are_counted_with_their_rows(tmp_path):
    _, truth, p = classifier(classes=3)
    columns = columns_of(truth, p)
    for row in (3, 50, 700):
        columns["y_true"][row] = None
    found = findings(stored(tmp_path, columns))["missing_labels"]
    assert (found.params["missing"], found.params["rows"]) == (3, [3, 50, 700])


def test_repeated_rows_are_found_despite_a_running_number(tmp_path):
    random, truth, p = classifier(n=500, classes=3)
    columns = columns_of(truth, p, length=random.normal(size=500), row=np.arange(500))
    columns = {k: list(v) + list(v)[:50] for k, v in columns.items()}
    columns["row"] = list(range(550))
    found = findings(stored(tmp_path, columns))["duplicate_rows"]
    assert found.params["repeated"] == 50 and found.params["rows"][:2] == [500, 501]


def test_equal_rows_that_nothing_tells_apart_are_expected(tmp_path):
    random, truth, p = classifier(classes=3)
    columns = columns_of(truth, p, site=random.integers(0, 3, len(truth)))
    assert "duplicate_rows" not in findings(stored(tmp_path, columns))
    assert "duplicate_rows" not in findings(stored(tmp_path, {k: columns[k] for k in ("y_true", "y_pred")}))


def test_constant_score(tmp_path):
    _, truth, _ = classifier(classes=2)
    found = findings(stored(tmp_path, {"label": truth, "pred": truth, "score": np.full(len(truth), 0.5)}))
    assert "constant_score" in found and "threshold_misplaced" not in found


@pytest.mark.parametrize("variant", ["logit", "percent", "sums_differ", "softmax_twice"])
def test_scores_that_are_no_probabilities(tmp_path, variant):
    _, truth, p = classifier(classes=5)
    scores = {"logit": np.log(p + 1e-6) + 3, "percent": 100 * p, "sums_differ": 0.8 * p, "softmax_twice": softmax(p)}[
        variant
    ]
    found = findings(stored(tmp_path, columns_of(truth, scores)))
    assert found["not_probabilities"].params["variant"] == variant


def test_probabilities_are_left_alone(tmp_path):
    _, truth, p = classifier(classes=5)
    assert "not_probabilities" not in findings(stored(tmp_path, columns_of(truth, p)))


def test_imbalance_is_information_and_no_alarm(tmp_path):
    _, truth, p = classifier(classes=3, shares=[0.05, 0.45, 0.5], strength=8.0)
    found = findings(stored(tmp_path, columns_of(truth, p)))
    assert found["class_imbalance"].severity.value == "info"
    assert "no_issue" in found
