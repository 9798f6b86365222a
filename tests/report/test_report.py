"""Reports: order, interventions, JSON that any reader takes, Markdown in both languages."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest

import diagnostics
from diagnostics.exceptions import UnreadableFile
from diagnostics.report import diagnose, to_json, to_markdown
from diagnostics.report.as_json import plain
from diagnostics.report.interventions import proposed
from diagnostics.types import Condition, Finding, Severity, Subject
from tests.support import logs

RUN = Subject(kind="run", name="a", key="k")


def finding(id, severity, confidence, *actions):
    return Finding(id=id, subject=RUN, severity=severity, confidence=confidence, actions=actions)


def strict(text):
    def refuse(token):
        raise AssertionError(token)

    return json.loads(text, parse_constant=refuse)


def test_findings_come_by_severity_then_confidence():
    report = diagnose([logs.easier(), logs.overfitted(), logs.underfitted()])
    order = [list(Severity).index(f.severity) for f in report.findings]
    assert order == sorted(order)
    assert report.findings[0].id == "overfitting"
    assert len(report.subjects) == 3
    assert {f.id for f in report.of(report.subjects[1])} >= {"overfitting"}


def test_json_has_what_other_scripts_rely_on():
    broken = logs.decay(30, 2.0, 0.2)
    broken[20:] = np.nan
    told = strict(to_json(diagnose([logs.overfitted(), logs.run(broken)])))
    assert {"findings", "slices", "outcomes", "skipped", "interventions", "subjects", "errors"} <= set(told)
    found = {f["id"]: f for f in told["findings"]}
    turned = found["overfitting"]
    assert {"subject", "severity", "confidence", "params", "evidence", "marks", "actions", "avoid", "checks"} <= set(
        turned
    )
    assert turned["actions"][0] == "early_stopping"
    assert "lower_learning_rate" in turned["avoid"]
    assert found["nonfinite_loss"]["params"]["at"] == 20.0
    assert all(o["status"] == "skipped" and o["reason"] for o in told["skipped"])


@pytest.mark.parametrize("pattern", sorted(logs.EXAMPLES))
def test_json_is_strict_for_every_pattern(pattern):
    strict(to_json(diagnose([logs.EXAMPLES[pattern]()]), indent=2))


def test_values_become_plain():
    value = {
        "a": np.float64("nan"), "b": np.array([1, 2]), "c": Condition(column="x", op="<", value=np.int64(3)),
        "d": (math.inf, True, None), "e": Severity.HIGH, 3: {"x"},
    }  # fmt: skip
    assert plain(value) == {
        "a": None, "b": [1, 2], "c": {"column": "x", "op": "<", "value": 3}, "d": [None, True, None], "e": "high",
        "3": ["x"],
    }  # fmt: skip


def test_files_that_could_not_be_read_are_in_both_forms():
    error = UnreadableFile("no_reader", file="notes.txt", remedy="see_formats", refusals={"keras_csv": "no_rows"})
    report = diagnose([])
    told = strict(to_json(report, failures=[error]))
    assert told["errors"][0]["file"] == "notes.txt"
    assert told["errors"][0]["refusals"] == {"keras_csv": "no_rows"}
    assert "notes.txt" in to_markdown(report, failures=[error])


def test_markdown_speaks_both_languages_and_keeps_its_numbers():
    report = diagnose([logs.overfitted()])
    english, portuguese = to_markdown(report), to_markdown(report, "pt-BR")
    assert "▲ Overfitting from epoch" in english
    assert "▲ Sobreajuste a partir da época" in portuguese
    assert "What not to do" in english and "O que não fazer" in portuguese
    assert "The two changes to make first" in english
    assert "{" not in english + portuguese


def test_skipped_rules_say_what_to_log():
    assert "val_loss" in to_markdown(diagnose([logs.run(logs.decay(20, 2.0, 0.2))]))


def test_two_different_interventions_cheap_and_wanted_first():
    chosen = proposed([
        finding("overfitting", Severity.HIGH, 0.9, "early_stopping", "more_data"),
        finding("checkpoint_missed", Severity.LOW, 0.9, "early_stopping"),
    ])  # fmt: skip
    assert [i.action for i in chosen] == ["early_stopping", "more_data"]
    assert chosen[0].findings == ("overfitting", "checkpoint_missed")


def test_effort_counts_against_an_action():
    dear_first = finding("x", Severity.HIGH, 0.9, "more_data", "early_stopping")
    assert proposed([dear_first])[0].action == "early_stopping"


def test_nothing_is_proposed_for_a_healthy_run():
    assert diagnose([logs.healthy()]).interventions == ()


def test_the_public_names_are_few_and_all_there():
    assert len(diagnostics.__all__) <= 15
    for name in diagnostics.__all__:
        assert getattr(diagnostics, name) is not None
    with pytest.raises(AttributeError):
        diagnostics.no_such_name  # noqa: B018


def test_importing_the_engine_costs_nothing():
    code = "import sys, diagnostics; assert not {'numpy', 'pandas', 'duckdb'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
