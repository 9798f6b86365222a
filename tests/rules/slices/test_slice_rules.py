"""What the slice rules say of small sets with a known fault, and that they keep quiet on the rest."""

import numpy as np
import pytest

from diagnostics.knowledge import explain
from diagnostics.knowledge.conditions import conditions_text
from diagnostics.rules.slices.inconsistent_labels_slice import InconsistentLabelsSlice
from diagnostics.rules.slices.weak_slice import WeakSlice
from diagnostics.signals import Inputs
from diagnostics.types import Condition, Severity, Status, Subject
from tests.slices.support import binary

N = 2400
WHO = Subject(kind="predictions", name="set")


@pytest.fixture
def random():
    return np.random.default_rng(21)


def outcomes(predictions):
    inputs = Inputs(predictions=predictions)
    return WeakSlice().run(WHO, inputs), InconsistentLabelsSlice().run(WHO, inputs), inputs


@pytest.mark.parametrize(
    ("column", "kind", "first"),
    [
        ("camera", "domain", "unify_preprocessing"),
        ("token_count", "length", "longer_context"),
        ("brightness", "quality", "slice_augmentation"),
        ("income", "missing", "check_pipeline"),
        ("country", "general", "collect_slice_data"),
    ],
)
def test_each_pattern_has_its_causes_and_actions(tmp_path, random, column, kind, first):
    numbers = random.integers(0, 200, N).astype(float)
    if kind in ("domain", "general"):
        values = random.choice(["p", "q", "r", "s"], N)
        target = values == "q"
    elif kind == "length":
        values, target = numbers, numbers > 160
    elif kind == "quality":
        values, target = numbers, numbers < 40
    else:
        values = np.where(random.random(N) < 0.15, np.nan, numbers)
        target = np.isnan(values)
    weak, labels, inputs = outcomes(binary(tmp_path, {column: values}, random.random(N) < np.where(target, 0.45, 0.1)))
    assert weak.status is Status.FOUND
    assert labels.status is Status.CLEAR
    (finding,) = weak.findings
    assert finding.params["pattern"] == kind
    assert finding.actions[0] == first
    assert finding.hypotheses
    assert finding.check in finding.checks
    assert finding.severity is Severity.HIGH
    assert inputs.measured("found_slices")[0].predicate == finding.params["predicate"]
    for language in ("en", "pt_BR"):
        told = explain(finding, language)
        assert column in told.title
        assert "–" not in told.summary
        assert all(" " in h.text for h in told.hypotheses)
        assert all(c.what for c in told.checks)
        least = "< 0.001" if language == "en" else "< 0,001"
        assert any(line.endswith(least) for line in told.evidence)
        assert not any("E-" in line for line in (*told.evidence, told.summary))


def labelled(tmp_path, random, *, flipped):
    """A model that is right as often as it believes; in the slice labels are flipped, or inputs are hard."""
    site = random.choice(["a", "b", "c", "d"], N)
    target = site == "c"
    belief = 1 / (1 + np.exp(-np.abs(random.normal(size=N) * 4)))
    if flipped:
        wrong = (random.random(N) > belief) ^ (target & (random.random(N) < 0.3))
    else:
        belief = np.where(target, 0.5 + (belief - 0.5) * 0.5, belief)
        wrong = random.random(N) > belief
    truth = np.random.default_rng(0).integers(0, 2, N)
    answer = np.where(wrong, 1 - truth, truth)
    score = np.where(answer == 1, belief, 1 - belief)
    return binary(
        tmp_path, {"site": site, "s": score}, wrong, score="s", score_kind="probability", attributes=("site",)
    )


def test_confident_contradictions_are_a_matter_of_labels(tmp_path, random):
    weak, labels, _ = outcomes(labelled(tmp_path, random, flipped=True))
    assert (weak.status, labels.status) == (Status.CLEAR, Status.FOUND)
    (finding,) = labels.findings
    assert finding.actions[0] == "check_labels"
    assert "increase_capacity" in finding.avoid
    assert finding.hypotheses[0].id == "labels_inconsistent"
    for language in ("en", "pt_BR"):
        told = explain(finding, language)
        assert "site" in told.summary
        assert told.check.what


def test_hesitant_errors_are_a_weak_slice(tmp_path, random):
    weak, labels, _ = outcomes(labelled(tmp_path, random, flipped=False))
    assert (weak.status, labels.status) == (Status.FOUND, Status.CLEAR)


def test_even_quality_is_no_finding(tmp_path, random):
    weak, labels, inputs = outcomes(
        binary(tmp_path, {"site": random.choice(["a", "b"], N), "x": random.normal(size=N)}, random.random(N) < 0.2)
    )
    assert (weak.status, labels.status) == (Status.CLEAR, Status.CLEAR)
    assert inputs.get("found_slices") == ()
    assert inputs.get("slice_search").tested > 50


def test_files_without_attributes_or_rows_are_skipped_with_the_reason(tmp_path, random):
    bare, _, _ = outcomes(binary(tmp_path, {"key": [f"k{i}" for i in range(N)]}, random.random(N) < 0.2))
    assert (bare.status, bare.reason) == (Status.SKIPPED, "slices_need_attributes")
    assert bare.params["left_out"] == ["key"]
    few, _, _ = outcomes(binary(tmp_path, {"site": ["a", "b"] * 20}, np.arange(40) % 4 == 0))
    assert (few.status, few.reason) == (Status.SKIPPED, "slices_need_rows")


def test_conditions_in_words():
    told = [
        Condition(column="age", op=">=", value=18), Condition(column="age", op="<", value=65.5),
        Condition(column="site", op="in", value=("a", None)), Condition(column="new", op="==", value=True),
        Condition(column="income", op="is_null"),
    ]  # fmt: skip
    assert conditions_text(told) == "18 ≤ age < 65.5, site ∈ {a, missing}, new = yes, income missing"
    assert conditions_text(told, "pt_BR") == "18 ≤ age < 65,5, site ∈ {a, ausente}, new = sim, income ausente"
    assert conditions_text([{"column": "k", "op": "between", "value": (1, 2)}]) == "1 ≤ k ≤ 2"
    assert conditions_text([]) == "all rows"
