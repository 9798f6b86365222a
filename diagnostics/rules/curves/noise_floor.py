"""Whether a loss that levelled off high up stands on the noise of its data or is held there by the model.

Both look alike: flat, and validation with training. Only a few things tell them apart, and where none of them shows
nobody can say from a log.
"""

from __future__ import annotations

from diagnostics.signals.runs.gap import Gap
from diagnostics.signals.runs.held_out_size import HeldOutSize
from diagnostics.signals.runs.progress import Progress
from diagnostics.signals.runs.regime import Regime
from diagnostics.signals.runs.skill import UNSURE, Skill

# Accuracy from chance (0) to perfect (1), or without one the level of validation, from which something was learned
# that a floor could be made of.
LEARNED = 0.2
LEARNED_LEVEL = 0.75
# Share of the progress of training that validation did not follow, the part of it that opened after the first quarter
# of the rows (a validation set that is harder is so from the start), and standard errors of the validation loss where
# the size of the set is known: whoever learns rows by heart has room to spare.
BY_HEART = 0.1
OPENED = 0.25
ERRORS = 1.64
# Loss over that of equally sure answers: around 1 every row is as doubtful as the next, as labels wrong at random make
# it. Far above (`UNSURE`), the answers are less sure than they might be, as strong weight decay makes them.
EVEN = (0.95, 1.15)
# Share of the progress by which validation is ahead: training is held back by what validation is spared.
SPARED = 0.13
# Rate at the end, of its peak, below which any curve is flat.
RATE_LEFT = 0.05


def held_back(skill: Skill | None, gap: Gap | None) -> bool:
    """Whether something is seen that holds training back: a loss far less sure, or far higher, than it could be."""
    unsure = skill is not None and (skill.evenness or 0.0) > UNSURE
    return unsure or (gap is not None and gap.ahead > SPARED)


def learned_something(progress: Progress, skill: Skill | None) -> bool:
    """Whether validation left the level of guessing far behind."""
    if skill is not None and skill.above_chance is not None:
        return skill.above_chance >= LEARNED
    return progress.limit <= LEARNED_LEVEL


def sign_of_floor(
    progress: Progress, skill: Skill | None, gap: Gap | None, size: HeldOutSize | None, regime: Regime
) -> str:
    """The reason for which a high level is no proof of underfitting; empty where there is none.

    Parameters
    ----------
    progress : Progress
        Of validation, or of training where nothing is held out.

    Returns
    -------
    str
        "learns_by_heart": training went below validation, so the model could express more than the data repeat.
        "evenly_doubtful": the loss is the entropy of the accuracy, as wrong labels at random make it.
        "rate_ran_out": the rate had come down to nothing, which flattens every curve.
    """
    if held_back(skill, gap) or not learned_something(progress, skill):
        return ""
    by_chance = 0.0 if size is None else ERRORS * size.relative_error
    opened = gap is not None and gap.behind >= BY_HEART and gap.opened >= OPENED * gap.behind
    if opened and gap is not None and gap.ratio - 1 > by_chance:
        return "learns_by_heart"
    if skill is not None and skill.evenness is not None and EVEN[0] <= skill.evenness <= EVEN[1]:
        return "evenly_doubtful"
    if regime.schedule is not None and regime.schedule.left < RATE_LEFT:
        return "rate_ran_out"
    return ""
