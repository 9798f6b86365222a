"""What "still on its way down" means, once for all rules that ask."""

from __future__ import annotations

from diagnostics.signals.runs.progress import Progress

# Kendall's tau: nine in ten pairs of rows are in falling order.
FALLING = -0.8
# Improvement of the last third over that of the middle third: below this a curve is levelling off. Exponential decay
# with this factor per third has covered three quarters of its way.
LEVELLING = 0.62


def is_steady(progress: Progress) -> bool:
    """Whether a loss falls all along and has not begun to level off."""
    return progress.tau <= FALLING and progress.pace is not None and progress.pace >= LEVELLING


def has_levelled(progress: Progress) -> bool:
    """Whether the improvement has died down: each third gains much less than the one before, or nothing."""
    return progress.pace is None or progress.pace < LEVELLING or progress.tau > -0.2
