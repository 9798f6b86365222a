"""What every rule can rely on: inputs by name, skips with a reason, crashes that stop nobody."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import ClassVar

import pytest

from diagnostics.rules import Rule, hypothesis, registry, rules
from diagnostics.rules.base import Separations
from diagnostics.rules.certainty import certainty
from diagnostics.signals import Inputs, Missing, signal
from diagnostics.types import Severity, Status, Subject

RUN = Subject(kind="run", name="a", key="k")


@signal
def doubled_for_test(number):
    if number < 0:
        raise Missing("too_short", n=number)
    return 2 * number


class Large(Rule):
    """Reports numbers above its threshold."""

    id = "large_for_test"
    kind = "test"
    severity = Severity.LOW
    actions = ("first", "second")
    checks = ("cheap", "dear")
    separates: ClassVar[Separations] = {("a", "b"): "dear"}
    LIMIT = 10

    def check(self, doubled_for_test, absent_for_test=None):
        if absent_for_test is not None:
            raise AssertionError
        if doubled_for_test <= self.LIMIT:
            return None
        return self.found(
            confidence=1.7, params={"n": doubled_for_test}, hypotheses=(hypothesis("b", 0.2), hypothesis("a", 0.4))
        )


@signal
def absent_for_test(number):
    raise Missing("needs_loss")


def test_a_finding_takes_what_it_is_not_given_from_the_class():
    outcome = Large().run(RUN, Inputs(number=6))
    (found,) = outcome.findings
    assert outcome.status is Status.FOUND
    assert (found.id, found.subject, found.severity, found.confidence) == ("large_for_test", RUN, Severity.LOW, 1.0)
    assert found.actions == ("first", "second")
    assert [h.id for h in found.hypotheses] == ["a", "b"]
    assert found.check == "dear"


def test_a_rule_with_nothing_to_say_is_clear():
    assert Large().run(RUN, Inputs(number=2)).status is Status.CLEAR


def test_a_missing_input_is_a_skip_with_its_reason():
    outcome = Large().run(RUN, Inputs(number=-3))
    assert (outcome.status, outcome.reason, dict(outcome.params)) == (Status.SKIPPED, "too_short", {"n": -3})


def test_an_exception_is_a_crash_that_stops_nobody(caplog):
    class Broken(Rule):
        """Divides by zero."""

        id = "broken_for_test"

        def check(self, number):
            return number / 0

    with caplog.at_level(logging.CRITICAL):
        outcome = Broken().run(RUN, Inputs(number=1))
    assert (outcome.status, outcome.params["error"]) == (Status.CRASHED, "ZeroDivisionError")


def test_an_input_is_measured_once():
    calls = []

    @signal
    def counted_for_test(number):
        calls.append(number)
        return number

    inputs = Inputs(number=1)
    assert inputs.get("counted_for_test") == inputs.get("counted_for_test") == 1
    assert len(calls) == 1
    assert inputs.measured("counted_for_test") == 1
    assert inputs.measured("doubled_for_test") is None


def test_a_missing_input_is_not_measured_again():
    inputs = Inputs(number=-1)
    for _ in range(2):
        with pytest.raises(Missing):
            inputs.get("doubled_for_test")


def test_an_unknown_input_is_a_mistake():
    with pytest.raises(LookupError):
        Inputs().get("no_such_signal")


def test_two_signals_of_one_name_are_refused():
    def doubled_for_test():
        return 0

    doubled_for_test.__module__ = "elsewhere"
    with pytest.raises(ValueError, match="two signals"):
        signal(doubled_for_test)


def test_evidence_moves_the_weight_both_ways():
    assert hypothesis("x", 0.2, one=True, two=True).weight == pytest.approx(0.8)
    assert hypothesis("x", 0.2, one=False).weight == pytest.approx(0.1)
    assert hypothesis("x", 0.2, one=None).weight == pytest.approx(0.2)
    assert hypothesis("x", 0.9, one=True).weight == 1.0


def test_certainty_grows_with_the_weakest_margin():
    assert certainty(1.0) == pytest.approx(0.7)
    assert certainty(1.0, 50.0) == certainty(1.0)
    assert certainty(1.2) < certainty(1.5) < certainty(9.0) <= 0.98


@pytest.mark.parametrize("kind", list(registry.PACKAGES))
def test_every_rule_names_inputs_that_exist(kind):
    from diagnostics.signals.inputs import _parameters, registered

    given = {"run", "predictions", "runs"}
    for rule in rules(kind):
        for name, _ in _parameters(type(rule).check):
            assert name in registered() or name in given, f"{rule.id} asks for {name}"


def test_rules_about_runs_need_no_heavy_library():
    code = (
        "import sys; from diagnostics.rules import rules; rules('run');"
        "heavy = {'sklearn', 'duckdb', 'scipy', 'pandas', 'plotly', 'streamlit', 'pyarrow'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
