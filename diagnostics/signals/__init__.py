"""Measured facts about curves, predictions and slices; no verdicts."""
