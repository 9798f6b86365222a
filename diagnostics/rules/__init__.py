"""Signals in, findings out: one class a finding, thresholds as class attributes."""

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.rules.examination import examine
from diagnostics.rules.registry import all_rules, rules

__all__ = ["Rule", "all_rules", "examine", "hypothesis", "rules"]
