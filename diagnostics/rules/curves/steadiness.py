"""What "still on its way down" means, once for all rules that ask."""

from __future__ import annotations

from diagnostics.signals.runs.progress import Progress

# Kendall's tau: nine in ten pairs of rows are in falling order.
FALLING = -0.8
# Improvement of the last third over that of the middle third: below this a curve is levelling off. Exponential decay
# with this factor per third has covered three quarters of its way.
LEVELLING = 0.62
# Improvement of the middle third over that of the first: far below this the bulk was learned at the start, and what
# is left is a long tail.
TAIL = 0.4

# Improvement of the last fifth, of all progress: an even pace brings 0.2; with less than a third of that left a
# curve has levelled off.
LATE = 0.06
# Improvement of the last two thirds over that of the first, at most: so little has no pace worth comparing.
REST = 0.1


def is_steady(progress: Progress) -> bool:
    """Whether a loss falls all along and has not begun to level off."""
    if progress.pace is None or progress.opening is None:
        return progress.tau <= FALLING and progress.pace is not None and progress.pace >= LEVELLING
    return progress.tau <= FALLING and progress.pace >= LEVELLING and progress.opening >= TAIL


def has_levelled(progress: Progress) -> bool:
    """Whether the improvement has died down: each third gains much less than the one before, or nothing."""
    if progress.late_is_real and progress.late > LATE:
        return False
    # What does not stand out of the noise has no pace either.
    if not progress.late_is_real or progress.pace is None or progress.pace < LEVELLING:
        return True
    return progress.opening is not None and progress.opening * (1 + progress.pace) < REST
