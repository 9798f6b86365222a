"""How sure a rule may be: by how far its numbers are past their thresholds."""

from __future__ import annotations

import math

# Ends of the scale, from the reliability table of benchmarks/diagnosis.py: a finding just past its threshold was
# right seven times in ten there, one far past it nearly always.
AT_THRESHOLD = 0.7
FAR_BEYOND = 0.98


def certainty(*margins: float) -> float:
    """Confidence in [0.7, 0.98] from margins, each a value over its threshold (1 at the threshold).

    The weakest margin decides: ``0.7 + 0.28 * (1 - exp(-2 (m - 1)))``.

    Examples
    --------
    >>> round(certainty(1.0), 2), round(certainty(1.5, 9.0), 2), round(certainty(5.0), 2)
    (0.7, 0.88, 0.98)
    """
    weakest = max(0.0, min(margins, default=1.0) - 1.0)
    return AT_THRESHOLD + (FAR_BEYOND - AT_THRESHOLD) * (1 - math.exp(-2 * weakest))


def below(value: float, threshold: float) -> float:
    """Margin of a value that has to be below its threshold."""
    return threshold / max(value, 1e-3 * abs(threshold), 1e-12)
