"""Measured facts about prediction sets; no verdicts. Importing this package registers its signals.

numpy and DuckDB at import time of a measurement only; scipy inside functions.
"""

from diagnostics.signals.predictions import classes, concentration, confidence, cuts, quality, residuals

__all__ = ["classes", "concentration", "confidence", "cuts", "quality", "residuals"]
