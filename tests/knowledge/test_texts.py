"""Both languages say the same things, every code has its text, and every hole is filled."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from diagnostics import knowledge
from diagnostics.knowledge import loader, templates
from diagnostics.report import diagnose
from diagnostics.rules import rules
from diagnostics.rules.advice import WRONG_FOR
from diagnostics.types import Role
from tests.support import logs

EFFORTS = {"minutes", "run", "hours", "days"}
PER_FINDING = ("summary", "title")


def flat(tree, path=()):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, (*path, key))
        else:
            yield (*path, key), value


ENGLISH = dict(flat(loader.texts("en")))
OTHERS = [language for language in loader.LANGUAGES if language != "en"]


def gradients(value):
    return logs.curve(value, metric="gradient_norm", split=None, role=Role.GRADIENT_NORM)


def example_findings():
    made = [make() for make in logs.EXAMPLES.values()]
    made += [logs.restarted(fresh=True), logs.swinging(), logs.run(logs.decay(40, 2.0, 0.6), logs.decay(40, 0.6, 0.01))]
    burst = np.ones(60)
    burst[30:40] = 500.0
    flat_loss = logs.noisy(np.full(60, 2.3), 0.002, 0)
    made += [logs.run(flat_loss, flat_loss, gradients(v)) for v in (np.zeros(60), np.geomspace(1, 1e-6, 60), burst)]
    broken = logs.decay(30, 2.0, 0.2)
    broken[20:] = np.nan
    blown = logs.decay(40, 2.0, 0.2)
    blown[30:] = 500.0
    made += [logs.run(broken), logs.run(logs.decay(30, 2.0, 0.2), None, gradients(broken)), logs.run(blown, blown)]
    dead = logs.decay(30, 2.0, 0.4)
    dead[15:] = 0.0
    made += [logs.run(dead), logs.run(logs.decay(40, 2.0, 0.2), logs.overfitted(rise=0.06, sigma=0.001).curves[1])]
    return [f for run in made for f in diagnose([run]).findings]


@pytest.mark.parametrize("language", loader.LANGUAGES)
def test_no_entry_is_given_twice(language):
    assert loader.duplicates(language) == ()


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_entries(language):
    other = dict(flat(loader.texts(language)))
    assert set(other) ^ set(ENGLISH) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_holes(language):
    other = dict(flat(loader.texts(language)))
    wrong = [
        path for path, text in ENGLISH.items()
        if isinstance(text, str) and path in other and templates.holes(text) != templates.holes(other[path])
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("language", loader.LANGUAGES)
def test_the_voice_is_calm(language):
    for path, text in flat(loader.texts(language)):
        assert "!" not in str(text), path
        assert not re.search(r"\b(AI|IA)\b", str(text)), path


def test_every_filter_exists():
    used = {part.split("|")[1] for text in ENGLISH.values() for part in templates.holes(str(text)) if "|" in part}
    assert used <= templates.filters()


def test_everything_a_rule_about_runs_names_has_a_text():
    for rule in rules("run"):
        assert ("findings", rule.id, "title") in ENGLISH
        for action in rule.actions:
            assert ("actions", action, "what") in ENGLISH, action
            assert ENGLISH["actions", action, "effort"] in EFFORTS
            assert ("findings", rule.id, "why", action) in ENGLISH, (rule.id, action)
        for check in {*rule.checks, *rule.separates.values()}:
            assert ("checks", check, "what") in ENGLISH, check
        for pair in rule.separates:
            assert {("hypotheses", cause) for cause in pair} <= set(ENGLISH), pair


def test_every_forbidden_action_says_why():
    for action, findings in WRONG_FOR.items():
        for finding in findings:
            assert ("findings", finding, "avoid", action) in ENGLISH, (finding, action)


@pytest.mark.parametrize("language", loader.LANGUAGES)
def test_explanations_are_complete_in_each_language(language):
    findings = example_findings()
    assert {f.id for f in findings} == {rule.id for rule in rules("run")}
    for finding in findings:
        told = knowledge.explain(finding, language)
        assert told.title and told.summary and told.severity and told.confidence
        assert len(told.hypotheses) == len(finding.hypotheses)
        assert len(told.evidence) == len(finding.evidence)
        for step in told.actions:
            assert step.what and step.why and step.effort and step.where, (finding.id, step.id)
        assert all(caution.why for caution in told.avoid), finding.id
        assert all(check.what for check in told.checks), finding.id
        words = " ".join(str(value) for value in flat_texts(told))
        assert "{" not in words and "[[" not in words and "  " not in words, words
        assert "None" not in words and "nan" not in words.replace("NaN", "")
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", words.replace(str(finding.params.get("curve", "")), "")), words


def flat_texts(told):
    for value in dataclasses.asdict(told).values():
        yield from _strings(value)


def _strings(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key != "id":
                yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
    elif value is not None:
        yield value


@pytest.mark.parametrize("language", loader.LANGUAGES)
def test_every_skip_has_its_sentence(language):
    logs_with_skips = [logs.healthy(n=2), logs.reinforcement(), logs.run(logs.decay(12, 2.0, 0.2)), logs.slow(n=12)]
    for run in logs_with_skips:
        for outcome in diagnose([run]).outcomes:
            if outcome.status in ("skipped", "crashed"):
                assert ("reasons", outcome.reason) in ENGLISH, outcome.reason
                said = knowledge.reason(outcome, language)
                assert said.endswith((".", "?")) and "{" not in said


def test_an_overruled_finding_names_the_one_that_overruled_it():
    told = {o.rule: o for o in diagnose([logs.overfitted()]).outcomes}
    assert "Overfitting" in knowledge.reason(told["generalization_gap"])
    assert "Sobreajuste" in knowledge.reason(told["generalization_gap"], "pt")
