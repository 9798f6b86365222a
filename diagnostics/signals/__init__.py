"""Measured facts about curves, predictions and slices; no verdicts.

A signal is a function marked `@signal`; its name is what rules ask for, its parameters are the signals it is made
of. A signal that cannot be measured raises `Missing` with the reason. Uses numpy and scipy only.
"""

from diagnostics.signals.inputs import Inputs, Missing, signal

__all__ = ["Inputs", "Missing", "signal"]
