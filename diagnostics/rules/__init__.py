"""Signals in, findings out: one class a finding, thresholds as class attributes."""
