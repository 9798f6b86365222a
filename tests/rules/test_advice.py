"""No advice that the vocabulary calls wrong, alone or together; contradictions settled once."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from diagnostics.report import diagnose
from diagnostics.rules import all_rules, rules
from diagnostics.rules.advice import WRONG_FOR, forbidden_by, reconciled
from diagnostics.rules.arbitration import FALLBACKS, OVERRULES, arbitrated
from diagnostics.types import Finding, RuleOutcome, Severity, Status, Subject
from tests.support import logs

RUN = Subject(kind="run", name="a", key="k")
VOCABULARY = Path(__file__).resolve().parents[2].parent / "shared" / "vocabulary.md"


def finding(id, severity=Severity.HIGH, actions=(), avoid=()):
    return Finding(id=id, subject=RUN, severity=severity, confidence=0.9, actions=tuple(actions), avoid=tuple(avoid))


def outcomes(*ids):
    rules_by_id = {rule.id: rule for rule in rules("run")}
    return [
        RuleOutcome(
            rule=id, subject=RUN, status=Status.FOUND, findings=(finding(id, rules_by_id[id].severity),)
        )
        for id in ids
    ]  # fmt: skip


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_no_rule_recommends_what_its_finding_forbids(rule):
    assert not set(rule.actions) & set(forbidden_by(rule.id))
    assert not set(rule.actions) & set(rule.avoid)


@pytest.mark.parametrize("pattern", sorted(logs.EXAMPLES))
def test_nor_does_any_finding_of_a_made_up_log(pattern):
    for seed in range(3) if pattern != "restarted_log" else [0]:
        findings = diagnose([logs.EXAMPLES[pattern](**({"seed": seed} if pattern != "restarted_log" else {}))]).findings
        forbidden = {a for f in findings for a in (*forbidden_by(f.id), *f.avoid)}
        assert not forbidden & {a for f in findings for a in f.actions}


def test_together_findings_recommend_nothing_that_one_of_them_forbids():
    by_id = {rule.id: rule for rule in rules("run")}
    for pair in itertools.combinations(sorted(by_id), 2):
        together = reconciled([finding(id, actions=by_id[id].actions) for id in pair])
        forbidden = {a for id in pair for a in forbidden_by(id)}
        assert not forbidden & {a for f in together for a in f.actions}, pair


def test_what_is_forbidden_is_listed_under_avoid():
    (told,) = reconciled([finding("overfitting")])
    assert set(told.avoid) == {"lower_learning_rate", "train_longer", "reduce_regularization", "increase_capacity"}


def test_a_healthy_run_carries_no_action():
    assert all(not f.actions for f in diagnose([logs.healthy()]).findings if f.id == "healthy_run")


def test_the_table_is_the_vocabulary():
    if not VOCABULARY.exists():
        pytest.skip("the vocabulary document is not beside this checkout")
    rows = re.findall(r"^\| (`[^|]+) \| [^|]* \| ([^|]+) \|$", VOCABULARY.read_text(encoding="utf-8"), re.MULTILINE)
    table = {
        action: set(re.findall(r"`(\w+)`", wrong))
        for actions, wrong in rows
        for action in re.findall(r"`(\w+)`", actions)
        if re.findall(r"`(\w+)`", wrong)
    }
    assert table
    for action, wrong in table.items():
        assert wrong <= set(WRONG_FOR[action]), action


def test_the_order_of_words_is_kept_without_cycles():
    strength = list(OVERRULES)
    for strong, weak in OVERRULES.items():
        for id in weak:
            assert strong not in OVERRULES.get(id, ()), (strong, id)
            if id in strength:
                assert strength.index(strong) < strength.index(id) or strong not in OVERRULES[id]


def test_a_silenced_finding_leaves_a_reason():
    told = {o.rule: o for o in arbitrated(outcomes("overfitting", "generalization_gap"))}
    assert told["overfitting"].status is Status.FOUND
    silenced = told["generalization_gap"]
    assert (silenced.status, silenced.reason, dict(silenced.params)) == (
        Status.CLEAR, "overruled", {"by": "overfitting"},
    )  # fmt: skip


def test_a_silenced_finding_silences_nobody():
    told = {o.rule: o.status for o in arbitrated(outcomes("nonfinite_loss", "unstable_training", "checkpoint_missed"))}
    assert told == {
        "nonfinite_loss": Status.FOUND, "unstable_training": Status.CLEAR, "checkpoint_missed": Status.CLEAR,
    }  # fmt: skip
    told = {o.rule: o for o in arbitrated(outcomes("slow_training", "underfitting", "generalization_gap"))}
    assert told["generalization_gap"].params["by"] == "slow_training"


@pytest.mark.parametrize("alarm", ["overfitting", "slow_training", "unstable_training"])
def test_healthy_is_only_said_without_an_alarm(alarm):
    told = {o.rule: o.status for o in arbitrated(outcomes("healthy_run", alarm))}
    assert told["healthy_run"] is Status.CLEAR
    assert "healthy_run" in FALLBACKS


def test_a_restart_is_no_alarm():
    told = {o.rule: o.status for o in arbitrated(outcomes("healthy_run", "restarted_log"))}
    assert told["healthy_run"] is Status.FOUND
