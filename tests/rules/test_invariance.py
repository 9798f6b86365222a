"""Findings do not depend on the unit of the loss or of the counter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.report import diagnose
from diagnostics.types import Role
from tests.support import logs

# Cross-entropy has a unit (nats); everything without accuracy must not care.
FREE = sorted(set(logs.EXAMPLES) - {"loss_metric_mismatch", "stuck_at_chance"})


def told(run):
    return sorted((f.id, f.severity, f.confidence) for f in diagnose([run]).findings)


@pytest.mark.parametrize("pattern", FREE)
@given(factor=st.floats(1e-6, 1e6))
@settings(max_examples=15, deadline=None)
def test_the_unit_of_the_loss_does_not_matter(pattern, factor):
    run = logs.EXAMPLES[pattern]()
    scaled = replace(
        run, curves=tuple(replace(c, value=c.value * factor) if c.role is Role.LOSS else c for c in run.curves)
    )
    assert [t[0] for t in told(scaled)] == [t[0] for t in told(run)]


@pytest.mark.parametrize("pattern", sorted(set(logs.EXAMPLES) - {"restarted_log"}))
@given(factor=st.sampled_from([0.01, 3.0, 250.0, 1e5]), offset=st.sampled_from([0.0, 1.0, 1000.0]))
@settings(max_examples=12, deadline=None)
def test_the_unit_of_the_counter_does_not_matter(pattern, factor, offset):
    run = logs.EXAMPLES[pattern]()
    moved = replace(run, curves=tuple(replace(c, epoch=c.epoch * factor + offset) for c in run.curves))
    assert told(moved) == told(run)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=40),
       st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=40))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_numbers_make_a_rule_crash(train, held_out):
    report = diagnose([logs.run(np.array(train), np.array(held_out))])
    assert not [o for o in report.outcomes if o.status == "crashed"]
    assert all(0.0 <= f.confidence <= 1.0 for f in report.findings)
