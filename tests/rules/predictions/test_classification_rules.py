"""Each classification rule with a set that makes it fire and sets that must leave it quiet."""

import numpy as np
import pytest

from tests.rules.predictions.sets import classifier, columns_of, findings, outcomes, softmax, stored

NOISE = (
    "confused_pair",
    "sink_class",
    "rare_class_low_recall",
    "threshold_misplaced",
    "miscalibration",
    "suspected_label_errors",
)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("classes", [2, 3, 8])
def test_honest_models_are_left_alone(tmp_path, seed, classes):
    random, truth, p = classifier(n=int(400 + 300 * seed), classes=classes, seed=seed)
    found = findings(stored(tmp_path, columns_of(truth, p, group=random.integers(0, 5, len(truth)))))
    assert not set(NOISE) & set(found)
    assert "no_issue" in found


def test_confused_pair_is_named(tmp_path):
    random, truth, p = classifier(classes=6)
    both = np.isin(truth, (1, 4)) & (random.random(len(truth)) < 0.6)
    swap = both & (random.random(len(truth)) < 0.5)
    p[swap] = p[swap][:, [0, 4, 2, 3, 1, 5]]
    found = findings(stored(tmp_path, columns_of(truth, p)))
    assert set(found["confused_pair"].params["classes"]) == {"c1", "c4"}
    assert found["confused_pair"].params["rate_low"] > 0.1
    assert "sink_class" not in found


def test_two_classes_cannot_be_a_confused_pair(tmp_path):
    _, truth, p = classifier(classes=2, strength=0.7)
    assert "confused_pair" not in findings(stored(tmp_path, columns_of(truth, p)))


def test_sink_class_is_named_and_swallows_the_pairs(tmp_path):
    random, truth, p = classifier(classes=6)
    empty = random.random(len(truth)) < 0.2
    p[empty] = softmax(np.array([[0, 0, 2.0, 0, 0, 0]]))
    found = findings(stored(tmp_path, columns_of(truth, p)))
    assert found["sink_class"].params["class"] == "c2"
    assert found["sink_class"].hypotheses[0].id == "empty_inputs"  # all these rows have the same scores
    assert "confused_pair" not in found


def test_rare_class_is_named(tmp_path):
    random, truth, p = classifier(classes=4, shares=[0.05, 0.35, 0.3, 0.3])
    lost = (truth == 0) & (random.random(len(truth)) < 0.8)
    p[lost] = softmax(np.array([[0.0, 3, 0, 0]]))
    found = findings(stored(tmp_path, columns_of(truth, p)))
    assert found["rare_class_low_recall"].params["class"] == "c0"
    assert found["rare_class_low_recall"].params["instead"] == "c1"


def test_a_frequent_class_with_low_recall_is_not_rare(tmp_path):
    random, truth, p = classifier(classes=4)
    lost = (truth == 0) & (random.random(len(truth)) < 0.8)
    p[lost] = softmax(np.array([[0.0, 3, 0, 0]]))
    assert "rare_class_low_recall" not in findings(stored(tmp_path, columns_of(truth, p)))


@pytest.mark.parametrize("cut", [0.1, 0.9])
def test_moved_threshold_is_found_with_its_gain(tmp_path, cut):
    _, truth, p = classifier(classes=2, strength=1.5, shares=[0.7, 0.3])
    found = findings(stored(tmp_path, columns_of(truth, p, (p[:, 1] > cut).astype(int))))
    finding = found["threshold_misplaced"]
    assert finding.params["used"] == pytest.approx(cut, abs=0.02)
    assert 0.2 < finding.params["best"] < 0.7
    assert 0 < finding.params["gain_low"] < finding.params["gain"]
    assert "rare_class_low_recall" not in found


@pytest.mark.parametrize(("power", "direction"), [(3.0, "over"), (0.4, "under")])
def test_miscalibration_and_its_direction(tmp_path, power, direction):
    _, truth, p = classifier(classes=4, strength=2.0)
    found = findings(stored(tmp_path, columns_of(truth, softmax(power * np.log(p + 1e-9)))))
    assert found["miscalibration"].params["direction"] == direction
    assert found["miscalibration"].params["temperature"] == pytest.approx(power, rel=0.15)
    assert "suspected_label_errors" not in found


@pytest.mark.parametrize("scores", ["all", "confidence"])
def test_flipped_labels_are_listed_most_suspect_first(tmp_path, scores):
    random, truth, p = classifier(n=2500, classes=5, strength=6.0)
    flipped = random.choice(len(truth), 100, replace=False)
    noisy = truth.copy()
    noisy[flipped] = (truth[flipped] + random.integers(1, 5, 100)) % 5
    columns = columns_of(noisy, p, site=random.choice(["a", "b", "c"], len(truth)).tolist())
    if scores == "confidence":
        columns = {k: v for k, v in columns.items() if not k.startswith("proba")} | {"confidence": p.max(axis=1)}
    found = findings(stored(tmp_path, columns))
    rows = found["suspected_label_errors"].params["rows"]
    assert np.isin(rows[:50], flipped).mean() >= 0.85
    assert np.isin(flipped, rows).mean() > (0.6 if scores == "all" else 0.4)
    assert found["suspected_label_errors"].actions[0] == "check_labels"


def test_suspects_in_one_subgroup_are_left_to_the_slices(tmp_path):
    random, truth, p = classifier(n=2500, classes=5, strength=6.0)
    site = random.choice(["a", "b", "c", "d"], len(truth))
    wrong = (site == "a") & (random.random(len(truth)) < 0.2)
    noisy = np.where(wrong, (truth + 1) % 5, truth)
    assert "suspected_label_errors" not in findings(stored(tmp_path, columns_of(noisy, p, site=site.tolist())))


def test_multilabel_outputs_are_judged_one_by_one(tmp_path):
    random = np.random.default_rng(0)
    columns = {}
    for name, cut in (("spam", 0.5), ("urgent", 0.93)):
        p = random.beta(1.2, 2, 2000)
        columns |= {f"y_true_{name}": (random.random(2000) < p).astype(int), f"y_pred_{name}": (p > cut).astype(int)}
        columns[f"score_{name}"] = p
    found = findings(stored(tmp_path, columns))
    assert found["threshold_misplaced"].params["label"] == "urgent"


def test_what_is_missing_is_said(tmp_path):
    _, truth, p = classifier(classes=3)
    columns = columns_of(truth, p)
    bare = outcomes(stored(tmp_path, {k: columns[k] for k in ("y_true", "y_pred")}))
    assert (bare["miscalibration"].status.value, bare["miscalibration"].reason) == ("skipped", "needs_probabilities")
    assert bare["biased_residuals"].reason == "needs_regression"
    assert bare["confused_pair"].status.value == "clear"
