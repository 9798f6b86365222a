"""A run and its predictions read together: who belongs to whom, what is said, the typical cases on real rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnostics.knowledge import LANGUAGES, explain
from diagnostics.knowledge.loader import texts
from diagnostics.report import diagnose, to_json, to_markdown
from diagnostics.rules import rules
from diagnostics.rules.joined import belonging, read_together
from diagnostics.rules.joined.links import LINKS
from diagnostics.types import Finding, Hypothesis, Quantity, RuleOutcome, Severity, SourceFile, Status, Subject
from tests.rules.predictions.sets import classifier, columns_of, stored
from tests.support import logs

RUN = Subject(kind="run", name="log.csv", key="r")
SET = Subject(kind="predictions", name="val.csv", key="p")


def outcome(subject, rule, *findings, status=None, reason=""):
    status = status or (Status.FOUND if findings else Status.CLEAR)
    return RuleOutcome(rule=rule, subject=subject, status=status, findings=findings, reason=reason)


def finding(subject, id, *hypotheses, **more):
    causes = tuple(Hypothesis(id=h, weight=w) for h, w in hypotheses)
    return Finding(id=id, subject=subject, severity=Severity.HIGH, confidence=0.9, hypotheses=causes, **more)


def mismatch():
    return finding(
        RUN, "loss_metric_mismatch", ("rare_positive", 0.35), ("threshold_off", 0.3), ("metric_miscomputed", 0.3),
        checks=("confusion_matrix_at_threshold", "metric_by_hand"), actions=("change_metric",),
    )  # fmt: skip


def names(*names):
    return [(Subject(kind="predictions", name=n, key=n), n) for n in names]


def runs(*files):
    return [(Subject(kind="run", name=f, key=f), [f]) for f in files]


@pytest.mark.parametrize(
    ("logs_", "set_", "expected"),
    [
        (["log.csv"], "predictions.csv", "log.csv"),
        (["a/log.csv", "b/log.csv"], "b/val.csv", "b/log.csv"),
        (["a/log.csv"], "a/predictions/val.csv", "a/log.csv"),
        (["a/logs/log.csv"], "a/val.csv", "a/logs/log.csv"),
        (["one.csv", "two.csv"], "two_predictions.csv", "two.csv"),
        (["run1.csv", "run10.csv"], "run10_val.csv", "run10.csv"),
        (["one.csv", "two.csv"], "val.csv", None),
        (["a/log.csv"], "b/val.csv", None),
        (["a/log.csv"], "val.csv", None),
        (["log.csv"], "a/val.csv", None),
        (["exp/a/log.csv", "exp/b/log.csv"], "exp/val.csv", None),
    ],
)
def test_a_set_belongs_to_the_only_run_it_can_come_from(logs_, set_, expected):
    found = belonging(runs(*logs_), names(set_))
    assert [run.name for run, _ in found] == ([expected] if expected else [])


def test_the_other_file_weighs_the_causes_again_and_moves_the_check():
    threshold = finding(SET, "threshold_misplaced", evidence=(Quantity(name="f1_gain", value=0.2, n=500),))
    alone = outcome(RUN, "loss_metric_mismatch", mismatch())
    told, _, _ = read_together(
        (alone, outcome(SET, "threshold_misplaced", threshold), outcome(SET, "rare_class_low_recall")), [(RUN, SET)]
    )
    (found,) = told.findings
    assert [(h.id, h.support, h.against) for h in found.hypotheses[:2]] == [
        ("threshold_off", ("threshold_explains_it",), ()),
        ("metric_miscomputed", (), ()),
    ]
    assert found.hypotheses[-1].against == ("rare_classes_missed",)
    assert found.check == "metric_by_hand"
    assert found.joined == ("threshold_misplaced",)
    assert found.evidence[-1] == Quantity(name="f1_gain", value=0.2, n=500, of="val.csv")
    assert found.actions == ("change_metric", "tune_threshold")


@pytest.mark.parametrize(("status", "reason"), [(Status.SKIPPED, "needs_scores"), (Status.CLEAR, "overruled")])
def test_a_rule_that_could_not_look_changes_nothing(status, reason):
    alone = outcome(RUN, "loss_metric_mismatch", mismatch())
    silent = outcome(SET, "threshold_misplaced", status=status, reason=reason)
    assert read_together((alone, silent), [(RUN, SET)]) == (alone, silent)


def test_files_that_do_not_belong_together_stay_apart():
    both = (
        outcome(RUN, "loss_metric_mismatch", mismatch()),
        outcome(SET, "threshold_misplaced", finding(SET, "threshold_misplaced")),
    )
    assert read_together(both, []) == both


def test_advice_that_either_forbids_is_given_by_neither():
    rare = finding(SET, "rare_class_low_recall", ("never_learned", 0.3), actions=("train_longer", "resample"))
    turned = finding(RUN, "overfitting", ("too_little_data", 0.4), actions=("early_stopping",), avoid=("train_longer",))
    told = read_together(
        (outcome(RUN, "overfitting", turned), outcome(SET, "rare_class_low_recall", rare)), [(RUN, SET)]
    )
    both = {f.id: f for o in told for f in o.findings}
    assert "train_longer" not in both["rare_class_low_recall"].actions
    assert both["overfitting"].joined == ("rare_class_low_recall",)
    assert both["rare_class_low_recall"].joined == ("overfitting",)
    assert {"reweight_classes", "resample"} <= set(both["overfitting"].actions)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link.finding}-{link.other}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_speaks_of_rules_that_exist_and_has_its_words(link, language):
    kinds = {rule.id: rule.kind for kind in ("run", "predictions") for rule in rules(kind)}
    assert {kinds[link.finding], kinds[link.other]} == {"run", "predictions"}
    told = texts(language)
    assert told["joined"][link.finding][link.other]
    assert set(told["facts"][link.fact]) == {"yes", "no"}
    assert set(link.causes) <= set(told["hypotheses"])
    why = told["findings"][link.finding]
    assert set(link.actions) <= set(why["why"])
    assert set(link.avoid) <= set(why.get("avoid", {}))


def of_folder(item, folder):
    if hasattr(item, "curves"):
        return replace(item, sources=(SourceFile(name=f"{folder}/log.csv", format="csv", digest="0", size=1),))
    return replace(item, source=replace(item.source, name=f"{folder}/val.parquet"))


def together(run, predictions):
    return diagnose([of_folder(run, "one")], [of_folder(predictions, "one")])


def rare(folder):
    """Three classes, the rarest of which is answered as the first."""
    random, truth, p = classifier(n=3000, classes=3, strength=6.0, shares=(0.5, 0.44, 0.06))
    answer = p.argmax(axis=1)
    answer[(truth == 2) & (random.random(3000) < 0.85)] = 0
    table = columns_of(truth, p, answer)
    return stored(folder, {"y_true": table["y_true"], "y_pred": table["y_pred"]}, "rare")


def off_threshold(folder):
    random = np.random.default_rng(1)
    truth = random.random(4000) < 0.3
    score = 1 / (1 + np.exp(-(random.normal(0, 1, 4000) + 3 * truth - 2.4)))
    return stored(folder, {"label": truth, "pred": score > 0.93, "score": score.round(4)}, "cut")


def uneven(folder):
    random, truth, p = classifier(n=4000, classes=3, strength=7.0)
    device = random.choice(["phone", "tablet", "camera"], 4000, p=[0.5, 0.38, 0.12])
    answer = p.argmax(axis=1)
    wrong = (device == "camera") & (random.random(4000) < 0.5)
    answer[wrong] = (answer[wrong] + random.integers(1, 3, wrong.sum())) % 3
    table = columns_of(truth, p, answer, device=device.tolist())
    return stored(folder, {k: table[k] for k in ("y_true", "y_pred", "device")}, "uneven")


CASES = {
    "1": (logs.overfitted, rare, "overfitting", "rare_class_low_recall", "rare_classes_missed"),
    "3": (logs.mismatched, off_threshold, "loss_metric_mismatch", "threshold_misplaced", "threshold_explains_it"),
    "3, rare": (logs.mismatched, rare, "loss_metric_mismatch", "rare_class_low_recall", "rare_classes_missed"),
    "4": (logs.healthy, uneven, "weak_slice", "healthy_run", "whole_run_is_healthy"),
    "rare while the loss improves": (
        logs.healthy, rare, "rare_class_low_recall", "healthy_run", "loss_improved_anyway",
    ),
    "1, shifted": (logs.overfitted, uneven, "overfitting", "weak_slice", "subgroup_fails"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_typical_cases_are_one_diagnosis(case, tmp_path):
    make, predictions, id, other, fact = CASES[case]
    report = together(make(), predictions(tmp_path))
    found = next(f for f in report.findings if f.id == id)
    assert other in found.joined
    assert any(fact in cause.support for cause in found.hypotheses)
    alone = next(f for f in diagnose([make()], [predictions(tmp_path)]).findings if f.id == id)
    assert len(found.evidence) >= len(alone.evidence)
    for language in LANGUAGES:
        told = explain(found, language)
        assert len(told.summary) > len(explain(replace(found, params=alone.params), language).summary)
        assert "{" not in told.summary
        assert all(step.why for step in told.actions if step.id not in alone.actions)
        assert told.summary in to_markdown(report, language)
    assert f'"{other}"' in to_json(report)


def test_flat_curves_and_one_answer(tmp_path):
    random = np.random.default_rng(2)
    truth = random.random(800) < 0.4
    constant = stored(tmp_path, {"label": truth, "pred": np.ones(800, bool), "score": np.full(800, 0.41)}, "same")
    found = next(f for f in together(logs.stuck(), constant).findings if f.id == "stuck_at_chance")
    assert found.joined == ("constant_score",)
    assert found.hypotheses[0].id in ("no_gradient", "inputs_uninformative")
